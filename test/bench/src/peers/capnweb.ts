import { once } from 'node:events';
import { newWebSocketRpcSession, RpcTarget } from 'capnweb';
import { WebSocket, WebSocketServer } from 'ws';
import { type Peer, PIECE_BYTES, type Row, rowOf } from '../peer.js';
import { portOf } from './sockets.js';

type Listener = (update: Row) => void;
const listeners = new Set<Listener & { dup(): Listener }>();
// It compares states with constants of the platform's WebSocket, which Node 20 has not.
globalThis.WebSocket ??= WebSocket as unknown as typeof globalThis.WebSocket;

const PIECE = new Uint8Array(PIECE_BYTES).fill(7);

class Api extends RpcTarget {
  echo(row: Row): Row {
    return row;
  }

  rows(count: number): ReadableStream<Row> {
    return counted(count, rowOf);
  }

  bulk(count: number): ReadableStream<Uint8Array> {
    return counted(count, () => PIECE);
  }

  subscribe(listener: Listener & { dup(): Listener }): void {
    listeners.add(listener.dup() as Listener & { dup(): Listener });
  }
}

function counted<T>(count: number, make: (at: number) => T): ReadableStream<T> {
  let at = 0;
  return new ReadableStream<T>({
    pull(controller) {
      if (at === count) controller.close();
      else controller.enqueue(make(at++));
    },
  });
}

/** Method calls; streams are its own ReadableStreams, with its flow control. */
export const capnweb: Peer = {
  name: "Cap'n Web",
  about: 'calls are methods, streams are ReadableStreams with its own flow control',
  packages: ['capnweb'],

  async serve() {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    server.on('connection', (socket) => {
      newWebSocketRpcSession(socket as unknown as globalThis.WebSocket, new Api());
    });
    await once(server, 'listening');
    return {
      port: portOf(server),
      publish: (update) => {
        for (const listener of listeners) listener(update);
      },
    };
  },

  async connect(port) {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
    await once(socket, 'open');
    const api = newWebSocketRpcSession<Api>(socket as unknown as globalThis.WebSocket);
    return {
      echo: (row) => api.echo(row),
      rows: async (count, onRow) => {
        for await (const row of (await api.rows(count)) as unknown as ReadableStream<Row>) onRow(row);
      },
      bulk: async (pieces, onPiece) => {
        const stream = (await api.bulk(pieces)) as unknown as ReadableStream<Uint8Array>;
        for await (const piece of stream) onPiece(piece.byteLength);
      },
      subscribe: async (onUpdate) => {
        await api.subscribe(onUpdate as unknown as Listener & { dup(): Listener });
      },
      close: () => socket.terminate(),
    };
  },
};
