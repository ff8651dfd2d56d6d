import {
  CloseCode,
  type RequestAnswerer,
  Responder,
  type ResponderEvent,
  type ServableCommands,
  type ServingHost,
} from '@wiremux/framing';
import { describe, expect, it } from 'vitest';
import { TestGateway } from './support/gateway.js';

/** One connection that a {@link CommandNames} serves. */
interface Served {
  readonly host: ServingHost;
  readonly events: ResponderEvent[];
  readonly cancels: string[];
}

/** Commands that answer with their own names, and keep what they are told. */
class CommandNames extends Map<string, object> implements ServableCommands {
  readonly served: Served[] = [];

  constructor(...names: readonly string[]) {
    super(names.map((name) => [name, {}]));
  }

  serve(commands: ReadonlyMap<string, object>, host: ServingHost): RequestAnswerer {
    const served: Served = { host, events: [], cancels: [] };
    this.served.push(served);
    host.peer.serve(Responder);
    return {
      handle(event) {
        served.events.push(event);
        if (event.kind !== 'request') return;
        host.peer.sendValue(event.id, commands.has(event.name) ? event.name : 'no such command');
        if (event.name !== 'hang') host.peer.endAnswer(event.id);
      },
      cancelAll: ({ code }) => void served.cancels.push(code),
    };
  }
}

/** Has the gateway ask for a command, and returns the values of its answer, or the code of its error. */
async function ask(gateway: TestGateway, name: string): Promise<unknown> {
  const id = gateway.end.peer.open({ name });
  await gateway.settle();
  const failure = gateway.end.all('failed').findLast((event) => event.id === id);
  return failure?.error.code ?? gateway.end.all('values').findLast((event) => event.id === id)?.values;
}

describe('SPEC 8.4.1 a client', () => {
  it('that serves nothing answers `unknown-command`', async () => {
    const gateway = new TestGateway();
    await gateway.open();
    expect(await ask(gateway, 'confirm')).toBe('unknown-command');
  });

  it('serves what it was given before it was connected', async () => {
    const gateway = new TestGateway();
    gateway.connect().handle(new CommandNames('confirm'));
    await gateway.settle();
    expect(await ask(gateway, 'confirm')).toEqual(['confirm']);
  });

  it('serves what it is given later, even after it had nothing to serve', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    expect(await ask(gateway, 'confirm')).toBe('unknown-command');
    mux.handle(new CommandNames('confirm'));
    expect(await ask(gateway, 'confirm')).toEqual(['confirm']);
    mux.handle(new CommandNames('print'));
    expect(await ask(gateway, 'print')).toEqual(['print']);
    expect(await ask(gateway, 'confirm')).toEqual(['confirm']);
  });

  it('serves no more what was taken back', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    const [first, second] = [new CommandNames('confirm'), new CommandNames('print')];
    const stop = mux.handle(first);
    mux.handle(second);
    expect(await ask(gateway, 'confirm')).toEqual(['confirm']);
    stop();
    expect(await ask(gateway, 'confirm')).toEqual(['no such command']);
    expect(await ask(gateway, 'print')).toEqual(['print']);
    mux.handle(first);
    stop();
    expect(await ask(gateway, 'confirm')).toEqual(['confirm']);
  });

  it('refuses a name that it serves already, and the set that has it', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    mux.handle(new CommandNames('confirm'));
    expect(() => mux.handle(new CommandNames('print', 'confirm'))).toThrow(
      expect.objectContaining({
        code: 'bad-arguments',
        message: expect.stringContaining('`confirm`') as string,
      }) as Error,
    );
    expect(await ask(gateway, 'print')).toEqual(['no such command']);
  });

  it('serves on the connections that follow', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    const set = new CommandNames('confirm');
    mux.handle(set);
    expect(await ask(gateway, 'confirm')).toEqual(['confirm']);
    gateway.end.transport.terminate();
    await gateway.clock.advance(1_000);
    expect(gateway.ends).toHaveLength(2);
    expect(await ask(gateway, 'confirm')).toEqual(['confirm']);
    expect(set.served.map(({ host }) => host.connection)).toEqual(['1', '2']);
  });

  it('hands its commands their data, and tells them of a cancel', async () => {
    const gateway = new TestGateway();
    const set = new CommandNames('hang');
    (await gateway.open()).handle(set);
    const { peer } = gateway.end;
    const id = peer.open({ name: 'hang', hasData: true });
    peer.sendData(id, new Uint8Array(3));
    peer.endData(id);
    await gateway.settle();
    peer.cancel(id, { code: 'bored' });
    await gateway.settle();
    expect(set.served[0]!.events).toMatchObject([
      { kind: 'request', name: 'hang' },
      { kind: 'data', bytes: new Uint8Array(3) },
      { kind: 'data-end' },
      { kind: 'cancelled', error: { code: 'bored' } },
    ]);
  });

  it('tells its commands when the connection ends', async () => {
    const gateway = new TestGateway();
    const mux = gateway.connect();
    const set = new CommandNames('hang');
    mux.handle(set);
    await gateway.settle();
    await ask(gateway, 'hang');
    gateway.end.transport.terminate();
    await gateway.settle();
    expect(set.served[0]!.events.at(-1)).toMatchObject({ kind: 'cancelled', error: { code: 'connection-lost' } });
    await gateway.clock.advance(1_000);
    await ask(gateway, 'hang');
    mux.close();
    expect(set.served[1]!.cancels).toEqual(['connection-lost']);
    await gateway.settle();
    expect(gateway.end.closed?.code).toBe(CloseCode.Normal);
  });

  it('gives its commands its log', async () => {
    const gateway = new TestGateway();
    const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
    const set = new CommandNames('confirm');
    (await gateway.open({ log })).handle(set);
    await ask(gateway, 'confirm');
    expect(set.served[0]!.host.log).toBe(log);
  });
});
