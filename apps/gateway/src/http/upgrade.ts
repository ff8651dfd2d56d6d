import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Dialect } from '@wiremux/framing';
import { type ServerOptions, WebSocketServer } from 'ws';
import { MuxSocket } from '../transport/ws-transport.js';
import { addressOf } from './address.js';
import { type OriginPolicy, refuseOrigin } from './origin.js';
import { refuseConnection } from './respond.js';
import { MUX_PATH, pathOf } from './router.js';
import { negotiate, unknownDialects } from './subprotocol.js';

/** Largest message accepted, bytes: one frame of the largest size ever negotiated and a batch of small ones (SPEC 7.1). */
const MESSAGE_BYTES = 1024 * 1024 + 64 * 1024;
/** How long a peer has to answer a close frame before its socket is dropped, ms. */
const CLOSE_TIMEOUT = 5_000;

/** Body of the 429 for an address that has to wait. */
export const TOO_MANY_FAILURES =
  'Too many attempts from this address were refused: check the token, and try again after a while.\n';

/** Why handshakes are refused; labels of a metric. */
export const REFUSALS = ['path', 'origin', 'closing', 'capacity', 'failures', 'dialect', 'handshake'] as const;
export type Refusal = (typeof REFUSALS)[number];

/** What decides over handshakes, and who gets the connections. */
export interface UpgradeSources {
  readonly origins: OriginPolicy;
  readonly dialects: readonly Dialect[];
  /** Whether nobody is let in any more who speaks this dialect. */
  isClosing(dialect: Dialect | undefined): boolean;
  isFull(): boolean;
  /** Seconds that this address has to wait after what it tried; 0: none. */
  wait(address: string): number;
  refused(reason: Refusal): void;
  accepted(connection: AcceptedSocket): void;
}

/** A WebSocket that has passed the handshake. */
export interface AcceptedSocket {
  readonly socket: MuxSocket;
  /** The stream below it. */
  readonly stream: Duplex;
  readonly dialect: Dialect;
  readonly request: IncomingMessage;
}

/** Takes what `node:http` calls an upgrade: either a WebSocket comes of it, or an answer that says why not. */
export function createUpgrader(
  sources: UpgradeSources,
): (request: IncomingMessage, stream: Duplex, head: Buffer) => void {
  const options: ServerOptions<typeof MuxSocket> & { readonly closeTimeout: number } = {
    WebSocket: MuxSocket,
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MESSAGE_BYTES,
    closeTimeout: CLOSE_TIMEOUT,
    handleProtocols: (_offered, request) => negotiate(offerOf(request), sources.dialects)?.name ?? false,
  };
  const sockets = new WebSocketServer(options);
  const refuse = (stream: Duplex, reason: Refusal, status: number, body: string, wait = status === 503 ? 5 : 0) => {
    sources.refused(reason);
    refuseConnection(stream, { status, body, ...(wait > 0 ? { headers: { 'Retry-After': `${wait}` } } : {}) });
  };
  sockets.on('wsClientError', (error, stream) => refuse(stream, 'handshake', 400, `${error.message}.\n`));

  return (request, stream, head) => {
    // Before the socket is a WebSocket nobody else listens, and a reset during the answer would end the process.
    stream.on('error', destroy);
    if (pathOf(request) !== MUX_PATH) {
      return refuse(stream, 'path', 404, `There is no WebSocket here: connect to ${MUX_PATH}.\n`);
    }
    const foreign = refuseOrigin(sources.origins, request.headers.origin, request.headers.host);
    if (foreign !== undefined) return refuse(stream, 'origin', 403, foreign);
    const dialect = negotiate(offerOf(request), sources.dialects);
    if (sources.isClosing(dialect))
      return refuse(stream, 'closing', 503, 'The gateway is closing: connect again in a moment.\n');
    if (sources.isFull()) {
      return refuse(stream, 'capacity', 503, 'The gateway has as many connections as --max-connections allows.\n');
    }
    const wait = sources.wait(addressOf(request));
    if (wait > 0) return refuse(stream, 'failures', 429, TOO_MANY_FAILURES, wait);
    if (dialect === undefined) {
      return refuse(stream, 'dialect', 400, unknownDialects(offerOf(request), sources.dialects));
    }
    sockets.handleUpgrade(request, stream, head, (socket) => {
      // The socket listens itself from now on.
      stream.off('error', destroy);
      sources.accepted({ socket, stream, dialect, request });
    });
  };
}

function destroy(this: Duplex): void {
  this.destroy();
}

function offerOf(request: IncomingMessage): string | undefined {
  return request.headers['sec-websocket-protocol'];
}
