import { once } from 'node:events';
import { request } from 'node:http';
import { WebSocket } from 'ws';
import type { Wire, WireHandlers } from './their-client.js';

/** Carries frames to a gateway's WebSocket as exp-framing-0006 (SPEC 2.4, 7.2). */
export async function connectWebSocket(port: number, handlers: WireHandlers): Promise<Wire> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/mux`, 'exp-framing-0006', { perMessageDeflate: false });
  socket.on('message', (data: Buffer) => handlers.bytes(data));
  socket.on('close', (code, reason) => handlers.ended(`${code} ${reason.toString()}`));
  await once(socket, 'open');
  return { send: (bytes) => socket.send(bytes), close: () => socket.close(1000) };
}

/** Carries frames to a gateway and back in one HTTP exchange, as exp-framing-0006. */
export async function connectHttp(port: number, handlers: WireHandlers): Promise<Wire> {
  const mediaType = 'application/mercurial-exp-framing-0006';
  const exchange = request({
    host: '127.0.0.1',
    port,
    path: '/mux',
    method: 'POST',
    headers: { 'content-type': mediaType },
  });
  exchange.on('error', (error) => handlers.ended(error.message));
  exchange.on('response', (response) => {
    const { statusCode, headers } = response;
    if (statusCode !== 200 || headers['content-type'] !== mediaType) {
      handlers.ended(`status ${statusCode}, ${headers['content-type']}`);
      response.resume();
      return;
    }
    response.on('data', (data: Buffer) => handlers.bytes(data));
    response.on('error', (error) => handlers.ended(error.message));
    response.on('end', () => handlers.ended('the body ended'));
  });
  return {
    send: (bytes) => exchange.write(bytes),
    finish: () => exchange.end(),
    close: () => exchange.destroy(),
  };
}
