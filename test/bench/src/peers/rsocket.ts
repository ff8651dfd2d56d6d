import { once } from 'node:events';
import rsocketCore, {
  type OnExtensionSubscriber,
  type OnNextSubscriber,
  type OnTerminalSubscriber,
} from 'rsocket-core';
import rsocketClient from 'rsocket-websocket-client';
import rsocketServer from 'rsocket-websocket-server';
import { WebSocket, WebSocketServer } from 'ws';
import { type Peer, PIECE_BYTES, type Row, rowOf } from '../peer.js';
import { portOf } from './sockets.js';

const { RSocketConnector, RSocketServer } = rsocketCore;
type Subscriber = OnTerminalSubscriber & OnNextSubscriber & OnExtensionSubscriber;

const PIECE = Buffer.alloc(PIECE_BYTES, 7);
/** Values asked for at once, and asked for again when half have come: its way of flow control. */
const DEMAND = 256;
const ignore = (): undefined => undefined;

/** Request-response for calls, request-stream for streams, JSON in the payloads. */
export const rsocket: Peer = {
  name: 'RSocket',
  about: `request-response and request-stream with a demand of ${DEMAND}; JSON payloads, binary data as it is`,
  packages: ['rsocket-core', 'rsocket-websocket-server', 'rsocket-websocket-client'],

  async serve() {
    let listening: WebSocketServer | undefined;
    const transport = new rsocketServer.WebsocketServerTransport({
      wsCreator: () => {
        listening = new WebSocketServer({ port: 0, host: '127.0.0.1' });
        return listening as never;
      },
    });
    const server = new RSocketServer({
      transport,
      acceptor: {
        accept: async () => ({
          requestResponse: ({ data }, responder) => {
            responder.onNext({ data: encode(decode(data)) }, true);
            return { cancel: ignore, onExtension: ignore };
          },
          requestStream: ({ data }, demand, responder) => {
            const { method, count } = decode<{ method: string; count: number }>(data);
            return counted(count, demand, responder, method === 'bulk' ? () => PIECE : (at) => encode(rowOf(at)));
          },
        }),
      },
    });
    const bound = server.bind();
    const socketServer = listening as unknown as WebSocketServer;
    if (socketServer.address() === null) await once(socketServer, 'listening');
    await bound;
    return { port: portOf(socketServer), publish: ignore };
  },

  async connect(port) {
    const transport = new rsocketClient.WebsocketClientTransport({
      url: `ws://127.0.0.1:${port}`,
      wsCreator: (url) => new WebSocket(url) as never,
    });
    const socket = await new RSocketConnector({ transport }).connect();
    const receive = (method: string, count: number, take: (data: Buffer) => void): Promise<void> =>
      new Promise((resolve, reject) => {
        let untilMore = DEMAND / 2;
        const requester = socket.requestStream({ data: encode({ method, count }) }, DEMAND, {
          onNext: ({ data }, isComplete) => {
            if (data) take(data);
            if (isComplete) resolve();
            else if (--untilMore === 0) {
              untilMore = DEMAND / 2;
              requester.request(DEMAND / 2);
            }
          },
          onComplete: resolve,
          onError: reject,
          onExtension: ignore,
        });
      });
    return {
      echo: (row) =>
        new Promise((resolve, reject) => {
          socket.requestResponse(
            { data: encode(row) },
            {
              onNext: ({ data }) => resolve(decode<Row>(data)),
              onComplete: ignore,
              onError: reject,
              onExtension: ignore,
            },
          );
        }),
      rows: (count, onRow) => receive('rows', count, (data) => onRow(decode<Row>(data))),
      bulk: (pieces, onPiece) => receive('bulk', pieces, (data) => onPiece(data.length)),
      close: () => socket.close(),
    };
  },
};

function counted(count: number, demand: number, responder: Subscriber, make: (at: number) => Buffer) {
  let at = 0;
  let cancelled = false;
  const send = (more: number): void => {
    for (let left = more; left > 0 && at < count && !cancelled; left--) {
      at++;
      responder.onNext({ data: make(at - 1) }, at === count);
    }
  };
  setImmediate(send, demand);
  return {
    request: send,
    cancel: () => {
      cancelled = true;
    },
    onExtension: ignore,
  };
}

function encode(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function decode<T>(data: Buffer | null | undefined): T {
  return JSON.parse((data ?? Buffer.alloc(0)).toString()) as T;
}
