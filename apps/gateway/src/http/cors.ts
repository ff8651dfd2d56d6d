import type { IncomingMessage, ServerResponse } from 'node:http';
import { closeBehindBody } from './respond.js';

/** How long a browser may remember the answer to a preflight, s. */
const PREFLIGHT_AGE = 600;

/** Lets the page read the answer whose origin was let through (see `refuseOrigin`); programs send none. */
export function allowOriginOf({ headers: { origin } }: IncomingMessage): Record<string, string> {
  return origin === undefined
    ? { Vary: 'Origin' }
    : {
        Vary: 'Origin',
        'Access-Control-Allow-Origin': origin,
        'Access-Control-Expose-Headers': 'Retry-After',
      };
}

/** Answers OPTIONS, and with it the preflight that a browser sends before a page may post frames. */
export function answerPreflight(request: IncomingMessage, response: ServerResponse, mediaTypes: string): void {
  closeBehindBody(request, response);
  const methods = 'GET, HEAD, POST, OPTIONS';
  response.writeHead(204, {
    Allow: methods,
    'Accept-Post': mediaTypes,
    'Cache-Control': 'no-store',
    ...allowOriginOf(request),
    'Access-Control-Allow-Methods': methods,
    'Access-Control-Allow-Headers': 'Content-Type',
    'Access-Control-Max-Age': String(PREFLIGHT_AGE),
  });
  response.end();
}
