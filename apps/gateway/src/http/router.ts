import type { IncomingMessage, ServerResponse } from 'node:http';
import { type OriginPolicy, refuseOrigin } from './origin.js';
import type { Page } from './page.js';
import { closeBehindBody, refuse, sendBody, sendText } from './respond.js';

/** Where WebSockets connect, and where frames are posted. */
export const MUX_PATH = '/mux';

/** What the endpoints tell of. */
export interface HttpSources {
  readonly origins: OriginPolicy;
  /** Undefined: there is no page, and `noPage` says why. */
  readonly page: Page | undefined;
  readonly noPage: string;
  isClosing(): boolean;
  /** Takes POST and OPTIONS at {@link MUX_PATH}. */
  exchange(request: IncomingMessage, response: ServerResponse): void;
  /** The figures of `/metrics`, with their media type. */
  metrics(): Promise<{ readonly type: string; readonly text: string }>;
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** Answers everything that is no upgrade. The promise rejects only if an endpoint does. */
export function createRouter(
  sources: HttpSources,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const endpoints = createEndpoints(sources);
  return async (request, response) => {
    const path = pathOf(request);
    const isReading = request.method === 'GET' || request.method === 'HEAD';
    const refused = isReading ? undefined : refuseOrigin(sources.origins, request.headers.origin, request.headers.host);
    if (refused !== undefined) return refuse(request, response, { status: 403, body: refused });
    if (path === MUX_PATH && (request.method === 'POST' || request.method === 'OPTIONS')) {
      return sources.exchange(request, response);
    }
    closeBehindBody(request, response);
    const endpoint = endpoints.get(path);
    if (endpoint === undefined && !sources.page?.has(path)) return notFound(sources, path, request, response);
    if (!isReading) return wrongMethod(path, request, response);
    if (endpoint !== undefined) return await endpoint(request, response);
    sources.page?.serve(path, request, response);
  };
}

/** The path of a request without its query. Never decoded: every path served is plain ASCII. */
export function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').split('?', 1)[0] ?? '';
}

function createEndpoints(sources: HttpSources): ReadonlyMap<string, Answer> {
  return new Map<string, Answer>([
    ['/livez', (request, response) => sendText(request, response, { status: 200, body: 'live\n' })],
    [
      '/readyz',
      (request, response) =>
        sendText(
          request,
          response,
          sources.isClosing() ? { status: 503, body: 'closing\n' } : { status: 200, body: 'ready\n' },
        ),
    ],
    [
      '/metrics',
      async (request, response) => {
        const { type, text } = await sources.metrics();
        sendBody(request, response, 200, { 'Content-Type': type, 'Cache-Control': 'no-store' }, text);
      },
    ],
    [
      MUX_PATH,
      (request, response) =>
        sendText(request, response, {
          status: 426,
          body: 'This is where WebSockets connect: ask for an upgrade.\n',
          headers: { Upgrade: 'websocket', Connection: 'Upgrade, close' },
        }),
    ],
  ]);
}

function notFound(sources: HttpSources, path: string, request: IncomingMessage, response: ServerResponse): void {
  const body =
    path === '/'
      ? sources.noPage
      : `There is nothing here. Try /, ${MUX_PATH} (WebSocket, POST), /livez, /readyz or /metrics.\n`;
  refuse(request, response, { status: 404, body });
}

function wrongMethod(path: string, request: IncomingMessage, response: ServerResponse): void {
  const isMux = path === MUX_PATH;
  const body = isMux
    ? `${path} takes frames: connect a WebSocket, or POST them.\n`
    : `${path} can only be read: use GET or HEAD.\n`;
  const headers = { Allow: isMux ? 'GET, HEAD, POST, OPTIONS' : 'GET, HEAD' };
  refuse(request, response, { status: 405, body, headers });
}
