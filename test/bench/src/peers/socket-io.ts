import { once } from 'node:events';
import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { io } from 'socket.io-client';
import { type Peer, PIECE_BYTES, type Row, rowOf } from '../peer.js';
import { portOf } from './sockets.js';

/** Values between two waits for the transport: without them everything would be queued at once. */
const BURST = 256;
const PIECE = Buffer.alloc(PIECE_BYTES, 7);

/** Events with acknowledgements; a stream is one event a value. */
export const socketIo: Peer = {
  name: 'Socket.IO',
  about: 'WebSocket transport only; calls are emits with an acknowledgement, streams one event a value',
  packages: ['socket.io', 'socket.io-client'],

  async serve() {
    const http = createServer();
    const server = new Server(http, { transports: ['websocket'], serveClient: false, perMessageDeflate: false });
    server.on('connection', (socket) => {
      const stream = async (event: string, count: number, make: (at: number) => unknown): Promise<void> => {
        for (let at = 0; at < count; at++) {
          socket.emit(event, make(at));
          if (at % BURST === BURST - 1) await new Promise((resolve) => socket.conn.once('drain', resolve));
        }
      };
      socket.on('echo', (row: Row, reply: (row: Row) => void) => reply(row));
      socket.on('rows', (count: number, done: () => void) => void stream('row', count, rowOf).then(done));
      socket.on('bulk', (count: number, done: () => void) => void stream('piece', count, () => PIECE).then(done));
      socket.on('subscribe', async (done: () => void) => {
        await socket.join('updates');
        done();
      });
    });
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    return { port: portOf(http), publish: (update) => void server.to('updates').emit('update', update) };
  },

  async connect(port) {
    const socket = io(`http://127.0.0.1:${port}`, { transports: ['websocket'], forceNew: true, reconnection: false });
    await new Promise<void>((resolve) => socket.on('connect', () => resolve()));
    const receive = <T>(method: string, event: string, count: number, take: (value: T) => void): Promise<void> =>
      new Promise((resolve) => {
        socket.off(event);
        socket.on(event, take);
        socket.emit(method, count, () => resolve());
      });
    return {
      echo: (row) => new Promise((resolve) => void socket.emit('echo', row, resolve)),
      rows: (count, onRow) => receive<Row>('rows', 'row', count, onRow),
      bulk: (pieces, onPiece) => receive<Buffer>('bulk', 'piece', pieces, (piece) => onPiece(piece.byteLength)),
      subscribe: (onUpdate) => {
        socket.on('update', onUpdate);
        return new Promise((resolve) => void socket.emit('subscribe', () => resolve()));
      },
      close: () => void socket.disconnect(),
    };
  },
};
