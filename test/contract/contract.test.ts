import { connect, type TransportKind } from '@wiremux/client';
import { type Dialect, EXP_FRAMING_0005, EXP_FRAMING_0006, WIREMUX_1 } from '@wiremux/client/dialects';
import { connectShared } from '@wiremux/client/shared-worker';
import { createGateway } from '@wiremux/gateway';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { TestMux } from '../support/aborts.js';
import { type contract, makeCommands } from '../support/commands.js';
import { startTabWorker } from '../support/tab-worker.js';
import { casesFor } from './cases.js';
import { dialMemory } from './memory-server.js';

const SPOKEN = [WIREMUX_1, EXP_FRAMING_0006, EXP_FRAMING_0005];
const TRANSPORTS: readonly TransportKind[] = ['websocket', 'http'];

/** Runs every case that applies against the commands of `support/commands.ts`. */
function holdContract(
  transport: TransportKind,
  dialect: Dialect,
  makeMux: (dialects: readonly Dialect[]) => TestMux,
): void {
  const open: TestMux[] = [];
  const connectOne = (): TestMux => {
    const mux = makeMux([dialect]);
    open.push(mux);
    return mux;
  };
  afterEach(() => {
    for (const mux of open.splice(0)) mux.close();
  });
  it.each(casesFor(transport, dialect.name))('$title', async ({ run, expected }) => {
    expect(await run(connectOne(), connectOne)).toEqual(expected);
  });
}

describe.each(SPOKEN)('$name in memory', (dialect) => {
  const transport = dialMemory(makeCommands());
  holdContract('websocket', dialect, (dialects) =>
    connect<typeof contract>('ws://in.memory/', { dialects, transport, reconnect: false }),
  );
});

describe.each(TRANSPORTS)('over %s in Node', (transport) => {
  describe.each(SPOKEN)('$name', (dialect) => {
    const gateway = createGateway({ port: 0, grace: 0, logLevel: 'silent', commands: makeCommands() });
    let url = '';
    beforeAll(async () => {
      ({ url } = await gateway.listen());
    });
    afterAll(() => gateway.close());
    holdContract(transport, dialect, (dialects) =>
      connect<typeof contract>(`${url}mux`, { dialects, transport, reconnect: false }),
    );
  });
});

describe('wiremux.1 through a shared worker in Node', () => {
  const gateway = createGateway({ port: 0, logLevel: 'silent', commands: makeCommands() });
  const openWorker = startTabWorker({ reconnect: false });
  let url = '';
  beforeAll(async () => {
    ({ url } = await gateway.listen());
  });
  afterAll(() => gateway.close());
  holdContract('websocket', WIREMUX_1, () =>
    connectShared<typeof contract>(openWorker, `${url}mux`, { reconnect: false }),
  );
});
