import type { Transport } from '@wiremux/framing';
import type { WebSocket } from 'ws';

/** A client's transport over an open `ws` socket: nothing but what the tests need. */
export function clientTransport(socket: WebSocket): Transport {
  return {
    start: (handlers) => {
      socket.on('message', (data: Buffer) => handlers.bytes(data));
      socket.on('close', (code: number, reason: Buffer) => handlers.closed(code, reason.toString()));
    },
    send: (chunks) => {
      if (socket.readyState === socket.OPEN) socket.send(Buffer.concat(chunks));
    },
    get bufferedBytes() {
      return socket.bufferedAmount;
    },
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    close: (code, reason) => socket.close(code, reason),
    terminate: () => socket.terminate(),
  };
}
