import type { Duplex } from 'node:stream';
import { refuseConnection, type TextAnswer } from './respond.js';

const ANSWERS: Readonly<Record<string, TextAnswer>> = {
  HPE_HEADER_OVERFLOW: { status: 431, body: 'The headers of this request are too large.\n' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, body: 'The request took too long to arrive.\n' },
};
const NOT_HTTP: TextAnswer = {
  status: 400,
  body: 'This is no HTTP request. A wiremux gateway listens here: open it in a browser, or connect a WebSocket to /mux.\n',
};

/** Answers what could not be read as a request with one sentence, and ends its connection. */
export function refuseUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  refuseConnection(socket, ANSWERS[error.code ?? ''] ?? NOT_HTTP);
}
