import { fileURLToPath } from 'node:url';
import type { Status } from '@wiremux/client';
import { firstValueFrom } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Fault, Heading } from '../chaos/faults.js';
import { ChaosProxy } from '../chaos/proxy.js';
import { connectForTest } from '../support/clients.js';
import { type GatewayProcess, startGateway } from '../support/wiremux.js';

const COMMANDS = fileURLToPath(new URL('../support/commands.ts', import.meta.url));

/** After two of these the client knows; the gateway waits for two of 15 s, ms. */
const PING = 200;
/** More values than are taken, and how many are when the connection is back. */
const ENDLESS = 1_000_000_000;
const MORE = 100;

interface Row {
  readonly attached: boolean;
  readonly requests: readonly { readonly command: string }[];
}

describe('a connection that went silent', () => {
  let gateway: GatewayProcess;
  beforeEach(async () => {
    gateway = await startGateway(['--commands', COMMANDS]);
  });
  afterEach(() => gateway.child.destroy());

  it.each<[Fault['kind'] & ('vanish' | 'swallow'), Heading]>([
    ['vanish', 'down'],
    ['swallow', 'down'],
    ['swallow', 'up'],
  ])('SPEC 8.9.1, 8.8.6 is noticed by the client, and its session taken over: %s %s', async (kind, heading) => {
    const fault = { heading, at: heading === 'up' ? 700 : 50_000, fault: { kind } };
    const proxy = await ChaosProxy.listen(gateway.port, (connection) => (connection === 0 ? [fault] : []));
    onTestFinished(() => proxy.close());
    const mux = connectForTest(proxy.mux, {
      reconnect: { initial: 20, max: 200 },
      transport: 'websocket',
      limits: { pingInterval: PING },
    });
    const states: Status['state'][] = [];
    mux.status$.subscribe(({ state }) => {
      if (state !== states.at(-1)) states.push(state);
    });

    const numbers: number[] = [];
    let left = MORE;
    for await (const { seq } of mux.iterate('ticks', { label: kind, count: ENDLESS, size: 40 })) {
      numbers.push(seq);
      if (states.length > 3) left -= 1;
      if (left === 0) break;
    }
    expect(numbers).toEqual(numbers.map((_, at) => at));
    expect(states).toEqual(['connecting', 'open', 'resuming', 'open']);
    expect(proxy.log.map((happened) => happened.fault.kind)).toEqual([kind]);

    // There is one session, over the newer transport.
    const observer = connectForTest(gateway.mux);
    const rows = (await firstValueFrom(observer.call('gateway.connections' as never))) as readonly Row[];
    expect(rows.map(({ attached }) => attached)).toEqual([true, true]);
  });
});
