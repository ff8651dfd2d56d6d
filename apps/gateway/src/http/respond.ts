import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/** A whole answer in plain text. */
export interface TextAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Headers of every answer: nothing is guessed, framed or kept. */
export const COMMON_HEADERS: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

function textHeaders({ body, headers }: TextAnswer): Record<string, string> {
  return {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(body)),
    'Cache-Control': 'no-store',
    ...COMMON_HEADERS,
    ...headers,
  };
}

/** Sends bytes; to HEAD their headers only. */
export function sendBody(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array | string,
): void {
  response.writeHead(status, { ...COMMON_HEADERS, ...headers });
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** Sends plain text. */
export function sendText(request: IncomingMessage, response: ServerResponse, answer: TextAnswer): void {
  sendBody(request, response, answer.status, textHeaders(answer), answer.body);
}

/** Sends plain text. Whatever body the refused request has is not read. */
export function refuse(request: IncomingMessage, response: ServerResponse, answer: TextAnswer): void {
  closeBehindBody(request, response);
  sendText(request, response, answer);
}

/** Has the connection end with the answer where the request has a body that nobody reads: it might never end. */
export function closeBehindBody({ headers }: IncomingMessage, response: ServerResponse): void {
  if ('content-length' in headers || 'transfer-encoding' in headers) response.setHeader('Connection', 'close');
}

/** Answers on a connection that carries no request, or one for an upgrade, with plain text, and ends it. */
export function refuseConnection(socket: Duplex, answer: TextAnswer): void {
  const headers = { ...textHeaders(answer), Connection: 'close' };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}\r\n${lines.join('')}\r\n`;
  socket.once('finish', () => socket.destroy());
  socket.end(head + answer.body);
}
