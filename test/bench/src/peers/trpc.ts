import { once } from 'node:events';
import { createTRPCClient, createWSClient, wsLink } from '@trpc/client';
import { initTRPC } from '@trpc/server';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import { Subject } from 'rxjs';
import { WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import { type Peer, PIECE_BYTES, type Row, rowOf } from '../peer.js';
import { portOf } from './sockets.js';

const PIECE = Buffer.alloc(PIECE_BYTES, 7);
const rowSchema = z.object({
  id: z.number(),
  symbol: z.string(),
  price: z.number(),
  size: z.number(),
  side: z.string(),
});
const updates = new Subject<Row>();

const t = initTRPC.create();
const router = t.router({
  echo: t.procedure.input(rowSchema).query(({ input }) => input),
  rows: t.procedure.input(z.number()).subscription(async function* ({ input }) {
    for (let at = 0; at < input; at++) yield rowOf(at);
  }),
  bulk: t.procedure.input(z.number()).subscription(async function* ({ input }) {
    for (let at = 0; at < input; at++) yield PIECE.toString('base64');
  }),
  updates: t.procedure.subscription(async function* ({ signal }) {
    const waiting: (Row | true)[] = [true];
    let wake: (() => void) | undefined;
    const subscription = updates.subscribe((row) => {
      waiting.push(row);
      wake?.();
    });
    signal?.addEventListener('abort', () => {
      subscription.unsubscribe();
      wake?.();
    });
    while (signal?.aborted !== true) {
      yield* waiting.splice(0);
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }),
});

/** Queries and subscriptions over one wsLink. */
export const trpc: Peer = {
  name: 'tRPC',
  about: 'wsLink; calls are queries with a zod schema, streams are subscriptions by async generators',
  packages: ['@trpc/server', '@trpc/client'],

  async serve() {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    applyWSSHandler({ wss: server, router });
    await once(server, 'listening');
    return { port: portOf(server), publish: (update) => updates.next(update) };
  },

  async connect(port) {
    // Its client takes WebSocket from the platform, which Node 20 has not.
    const wsClient = createWSClient({
      url: `ws://127.0.0.1:${port}`,
      WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
    });
    const client = createTRPCClient<typeof router>({ links: [wsLink({ client: wsClient })] });
    return {
      echo: (row) => client.echo.query(row),
      rows: (count, onRow) =>
        new Promise((resolve, reject) => {
          client.rows.subscribe(count, { onData: onRow, onComplete: resolve, onError: reject });
        }),
      bulk: (pieces, onPiece) =>
        new Promise((resolve, reject) => {
          client.bulk.subscribe(pieces, {
            onData: (text) => onPiece(Buffer.from(text, 'base64').length),
            onComplete: resolve,
            onError: reject,
          });
        }),
      subscribe: (onUpdate) =>
        new Promise((resolve, reject) => {
          client.updates.subscribe(undefined, {
            onData: (update) => (update === true ? resolve() : onUpdate()),
            onError: reject,
          });
        }),
      close: () => void wsClient.close(),
    };
  },
};
