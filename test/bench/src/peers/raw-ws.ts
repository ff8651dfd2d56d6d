import { once } from 'node:events';
import { WebSocket, WebSocketServer } from 'ws';
import { type Peer, PIECE_BYTES, rowOf, type Session } from '../peer.js';
import { drained, portOf } from './sockets.js';

const Kind = { Echo: 0, Rows: 1, Bulk: 2, Subscribe: 3 } as const;
const ROW = Buffer.from(JSON.stringify(rowOf(1)));
const PIECE = Buffer.alloc(PIECE_BYTES, 7);
const END = Buffer.from([0]);

/** The floor: binary messages made beforehand, nothing encoded and nothing decoded. */
export const rawWs: Peer = {
  name: 'raw ws',
  about: 'binary messages prepared beforehand, no decoding, no ids: what the socket itself can do',
  packages: ['ws'],

  async serve() {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
    const subscribers = new Set<WebSocket>();
    server.on('connection', (socket) => {
      socket.on('close', () => subscribers.delete(socket));
      socket.on('message', (message: Buffer) => {
        const count = message.length >= 5 ? message.readUInt32LE(1) : 0;
        if (message[0] === Kind.Rows) void stream(socket, ROW, count);
        else if (message[0] === Kind.Bulk) void stream(socket, PIECE, count);
        else {
          if (message[0] === Kind.Subscribe) subscribers.add(socket);
          socket.send(message);
        }
      });
    });
    await once(server, 'listening');
    return {
      port: portOf(server),
      publish: () => {
        for (const socket of subscribers) socket.send(ROW);
      },
    };
  },

  async connect(port) {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`, { perMessageDeflate: false });
    await once(socket, 'open');
    let streaming: ((message: Buffer) => void) | undefined;
    const calls: (() => void)[] = [];
    socket.on('message', (message: Buffer) => {
      if (streaming !== undefined && message.length !== 5) streaming(message);
      else calls.shift()?.();
    });
    const call = (kind: number): Promise<void> =>
      new Promise((resolve) => {
        calls.push(resolve);
        const request = Buffer.alloc(5);
        request[0] = kind;
        socket.send(request);
      });
    const receive = (kind: number, count: number, take: (bytes: number) => void): Promise<void> =>
      new Promise((resolve) => {
        streaming = (message) => {
          if (message.length > 1) take(message.length);
          else resolve();
        };
        const request = Buffer.alloc(6);
        request[0] = kind;
        request.writeUInt32LE(count, 1);
        socket.send(request);
      });
    const session: Session = {
      echo: (row) => call(Kind.Echo).then(() => row),
      rows: (count, onRow) => receive(Kind.Rows, count, () => onRow(SAMPLE)),
      bulk: (pieces, onPiece) => receive(Kind.Bulk, pieces, onPiece),
      subscribe: (onUpdate) => {
        streaming = onUpdate;
        return call(Kind.Subscribe);
      },
      close: () => socket.terminate(),
    };
    return session;
  },
};

const SAMPLE = rowOf(1);

async function stream(socket: WebSocket, message: Buffer, count: number): Promise<void> {
  for (let sent = 0; sent < count; sent++) {
    socket.send(message);
    if (socket.bufferedAmount > 1_048_576) await drained(socket);
  }
  socket.send(END);
}
