import { connect, type DialectName, type TransportKind } from '@wiremux/client';
import { createGateway } from '@wiremux/gateway';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { TestMux } from '../support/aborts.js';
import { type contract, makeCommands } from '../support/commands.js';
import { casesFor } from './cases.js';
import { dialMemory } from './memory-server.js';

const DIALECTS: readonly DialectName[] = ['wiremux.1', 'exp-framing-0006', 'exp-framing-0005'];
const TRANSPORTS: readonly TransportKind[] = ['websocket', 'http'];

/** Runs every case that applies against the commands of `support/commands.ts`. */
function holdContract(
  transport: TransportKind,
  dialect: DialectName,
  makeMux: (dialects: readonly DialectName[]) => TestMux,
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
  it.each(casesFor(transport, dialect))('$title', async ({ run, expected }) => {
    expect(await run(connectOne(), connectOne)).toEqual(expected);
  });
}

describe.each(DIALECTS)('%s in memory', (dialect) => {
  const transport = dialMemory(makeCommands());
  holdContract('websocket', dialect, (dialects) =>
    connect<typeof contract>('ws://in.memory/', { dialects, transport, reconnect: false }),
  );
});

describe.each(TRANSPORTS)('over %s in Node', (transport) => {
  describe.each(DIALECTS)('%s', (dialect) => {
    const gateway = createGateway({ port: 0, logLevel: 'silent', commands: makeCommands() });
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
