import { once } from 'node:events';
import { type PerMessageDeflateOptions, WebSocket, WebSocketServer } from 'ws';
import { type Peer, type PeerOptions, PIECE_BYTES, type Row, rowOf } from '../peer.js';
import { drained, portOf } from './sockets.js';

interface Request {
  readonly id: number;
  readonly method: string;
  readonly params: unknown;
}

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly end?: boolean;
}

const PIECE = Buffer.alloc(PIECE_BYTES, 7);

/** What people write by hand: ids, JSON, one message an answer; binary data as base64. */
export const wsJson: Peer = {
  name: 'ws + JSON',
  about: 'hand-rolled: ids and JSON, one message a value, binary data as base64',
  packages: ['ws'],

  async serve({ compress }) {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: deflate(compress) });
    const subscribers = new Map<WebSocket, number>();
    server.on('connection', (socket) => {
      socket.on('close', () => subscribers.delete(socket));
      socket.on('message', (message: Buffer) => {
        const { id, method, params } = JSON.parse(message.toString()) as Request;
        switch (method) {
          case 'echo':
            send(socket, { id, result: params });
            return;
          case 'rows':
            void stream(socket, id, params as number, (at) => rowOf(at));
            return;
          case 'bulk':
            void stream(socket, id, params as number, () => PIECE.toString('base64'));
            return;
          case 'subscribe':
            subscribers.set(socket, id);
            send(socket, { id, result: true });
            return;
        }
      });
    });
    await once(server, 'listening');
    return {
      port: portOf(server),
      publish: (update) => {
        for (const [socket, id] of subscribers) send(socket, { id, result: update });
      },
    };
  },

  async connect(port, { compress }) {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`, { perMessageDeflate: deflate(compress) });
    await once(socket, 'open');
    const open = new Map<number, (answer: Answer) => void>();
    let lastId = 0;
    socket.on('message', (message: Buffer) => {
      const answer = JSON.parse(message.toString()) as Answer;
      open.get(answer.id)?.(answer);
    });
    const request = (method: string, params: unknown, onAnswer: (answer: Answer, id: number) => void): void => {
      const id = ++lastId;
      open.set(id, (answer) => onAnswer(answer, id));
      socket.send(JSON.stringify({ id, method, params } satisfies Request));
    };
    const receive = (method: string, count: number, take: (result: unknown) => void): Promise<void> =>
      new Promise((resolve) => {
        request(method, count, ({ result, end }, id) => {
          if (end !== true) {
            take(result);
            return;
          }
          open.delete(id);
          resolve();
        });
      });
    return {
      echo: (row) =>
        new Promise((resolve) => {
          request('echo', row, ({ result }, id) => {
            open.delete(id);
            resolve(result as Row);
          });
        }),
      rows: (count, onRow) => receive('rows', count, (row) => onRow(row as Row)),
      bulk: (pieces, onPiece) =>
        receive('bulk', pieces, (text) => onPiece(Buffer.from(text as string, 'base64').length)),
      subscribe: (onUpdate) =>
        new Promise((resolve) => {
          request('subscribe', undefined, ({ result }) => (result === true ? resolve() : onUpdate()));
        }),
      hold: () =>
        new Promise((resolve) => {
          request('subscribe', undefined, () => resolve());
        }),
      close: () => socket.terminate(),
    };
  },
};

/** For small messages too; the side that connects says whether contexts live on. */
function deflate(compress: PeerOptions['compress']): false | PerMessageDeflateOptions {
  if (compress === undefined) return false;
  if (compress === 'contexts') return { threshold: 0 };
  return { threshold: 0, serverNoContextTakeover: true, clientNoContextTakeover: true };
}

function send(socket: WebSocket, answer: Answer): void {
  socket.send(JSON.stringify(answer));
}

async function stream(socket: WebSocket, id: number, count: number, make: (at: number) => unknown): Promise<void> {
  for (let at = 0; at < count; at++) {
    send(socket, { id, result: make(at) });
    if (socket.bufferedAmount > 1_048_576) await drained(socket);
  }
  send(socket, { id, end: true });
}
