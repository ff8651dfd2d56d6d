import { type ConnectOptions, connect } from '@wiremux/client';
import { encodeValue } from '@wiremux/framing';
import { zlib } from '@wiremux/framing/zlib';
import { createGateway } from '@wiremux/gateway';
import { command, defineCommands, type EncodedValue, implement, preEncoded } from '@wiremux/server';
import { filter, firstValueFrom, NEVER, Subject, startWith } from 'rxjs';
import { z } from 'zod';
import { type Peer, PIECE_BYTES, type Row, rowOf } from '../peer.js';

const PIECE = new Uint8Array(PIECE_BYTES).fill(7);
const row = z.object({ id: z.number(), symbol: z.string(), price: z.number(), size: z.number(), side: z.string() });
const updates = new Subject<Row | EncodedValue>();

const commands = defineCommands({
  'bench.echo': command({ args: row, yields: row }),
  'bench.rows': command({ args: z.object({ count: z.number() }), yields: row }),
  'bench.bulk': command({ args: z.object({ pieces: z.number() }), yields: z.instanceof(Uint8Array), channel: 'bulk' }),
  'bench.updates': command({ args: z.object({}), yields: row }),
  'bench.hold': command({ args: z.object({}), yields: row }),
});

/** Requests open at once in the work that asks for so many. */
const OPEN_REQUESTS = 16_384;

/** Calls and streams as a page would write them. */
export const wiremux: Peer = {
  name: 'wiremux',
  about:
    'wiremux.1; calls are call(), streams are call().subscribe(), handlers are functions and generators, an update is encoded once',
  packages: [],

  async serve() {
    const gateway = createGateway({
      port: 0,
      grace: 0,
      host: '127.0.0.1',
      page: false,
      logLevel: 'silent',
      maxConnections: 20_000,
      openRequests: OPEN_REQUESTS,
      commands: implement(commands, {
        'bench.echo': (args) => args,
        'bench.rows': function* ({ count }) {
          for (let at = 0; at < count; at++) yield rowOf(at);
        },
        'bench.bulk': function* ({ pieces }) {
          for (let at = 0; at < pieces; at++) yield PIECE;
        },
        'bench.updates': () => updates.pipe(startWith(rowOf(0))),
        'bench.hold': () => NEVER.pipe(startWith(rowOf(0))),
      }),
    });
    const { port } = await gateway.listen();
    return { port, publish: (update) => updates.next(preEncoded(encodeValue(update))) };
  },

  async connect(port, { compress }) {
    const options: ConnectOptions = {
      limits: { openRequests: OPEN_REQUESTS },
      codecs: compress === undefined ? [] : [zlib()],
    };
    const mux = connect<typeof commands>(`ws://127.0.0.1:${port}/mux`, options);
    await firstValueFrom(mux.status$.pipe(filter(({ state }) => state === 'open')));
    return {
      echo: (value) => firstValueFrom(mux.call('bench.echo', value)),
      rows: (count, onRow) =>
        new Promise((resolve, reject) => {
          mux.call('bench.rows', { count }).subscribe({ next: onRow, complete: resolve, error: reject });
        }),
      bulk: (pieces, onPiece) =>
        new Promise((resolve, reject) => {
          const next = ({ byteLength }: Uint8Array): void => onPiece(byteLength);
          mux.call('bench.bulk', { pieces }).subscribe({ next, complete: resolve, error: reject });
        }),
      subscribe: (onUpdate) => firstThenEach(mux.call('bench.updates', {}), onUpdate),
      hold: () => firstThenEach(mux.call('bench.hold', {}), () => undefined),
      close: () => mux.close(),
    };
  },
};

/** Resolves with the first value; `take` gets each that follows. */
function firstThenEach(
  source: { subscribe(observer: { next(): void; error(thrown: unknown): void }): unknown },
  take: () => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let begun = false;
    source.subscribe({
      next: () => {
        if (begun) take();
        begun = true;
        resolve();
      },
      error: reject,
    });
  });
}
