import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Dialect } from '@wiremux/framing';
import { HttpExchangeTransport } from '../transport/http-exchange-transport.js';
import { addressOf } from './address.js';
import { allowOriginOf, answerPreflight } from './cors.js';
import { dialectOfMediaType, unknownMediaType } from './media-type.js';
import { COMMON_HEADERS, refuse } from './respond.js';
import { type Refusal, TOO_MANY_FAILURES } from './upgrade.js';

/** What decides over exchanges, and who gets them. */
export interface ExchangeSources {
  readonly dialects: readonly Dialect[];
  /** Bounds of {@link HttpExchangeTransport}, ms. */
  readonly uploadIdle: number;
  readonly answerIdle: number;
  isClosing(): boolean;
  isFull(): boolean;
  /** Seconds that this address has to wait after what it tried; 0: none. */
  wait(address: string): number;
  refused(reason: Refusal): void;
  accepted(exchange: AcceptedExchange): void;
}

/** A request whose body is frames of a dialect that is enabled. */
export interface AcceptedExchange {
  readonly transport: HttpExchangeTransport;
  readonly dialect: Dialect;
  readonly request: IncomingMessage;
}

/**
 * Takes POST and OPTIONS at the path of frames: frames in, frames out (SPEC 7.6). The origin of the page, if it comes
 * from one, has been let through.
 */
export function createExchanger(
  sources: ExchangeSources,
): (request: IncomingMessage, response: ServerResponse) => void {
  const mediaTypes = sources.dialects.map(({ mediaType }) => mediaType).join(', ');
  return (request, response) => {
    if (request.method === 'OPTIONS') return answerPreflight(request, response, mediaTypes);
    const turnAway = (reason: Refusal, status: number, body: string, headers: Readonly<Record<string, string>>) => {
      sources.refused(reason);
      refuse(request, response, { status, body, headers: { ...allowOriginOf(request), ...headers } });
    };
    if (sources.isClosing()) {
      return turnAway('closing', 503, 'The gateway is closing: ask again in a moment.\n', RETRY);
    }
    if (sources.isFull()) {
      return turnAway('capacity', 503, 'The gateway has as many connections as --max-connections allows.\n', RETRY);
    }
    const wait = sources.wait(addressOf(request));
    if (wait > 0) return turnAway('failures', 429, TOO_MANY_FAILURES, { 'Retry-After': `${wait}` });
    const { 'content-type': type, 'content-encoding': encoding = 'identity' } = request.headers;
    const dialect = dialectOfMediaType(type, sources.dialects);
    if (dialect === undefined) {
      return turnAway('dialect', 415, unknownMediaType(type, sources.dialects), { 'Accept-Post': mediaTypes });
    }
    if (encoding.toLowerCase() !== 'identity') {
      const body = `Frames are posted as they are, not as ${encoding}: their streams have encodings of their own.\n`;
      return turnAway('handshake', 415, body, { 'Accept-Encoding': 'identity' });
    }
    if (!hasBody(request)) {
      return turnAway('handshake', 400, 'There is no body: post the frames of at least one request.\n', {});
    }
    if (request.headers.expect !== undefined) response.writeContinue();
    const { uploadIdle, answerIdle } = sources;
    const headers = { ...COMMON_HEADERS, ...allowOriginOf(request) };
    const options = { mediaType: dialect.mediaType, headers, uploadIdle, answerIdle };
    sources.accepted({ transport: new HttpExchangeTransport(request, response, options), dialect, request });
  };
}

const RETRY = { 'Retry-After': '5' };

function hasBody({ headers }: IncomingMessage): boolean {
  return 'transfer-encoding' in headers || Number(headers['content-length'] ?? 0) > 0;
}
