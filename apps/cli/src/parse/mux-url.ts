import { usageError } from '../exit-status.js';

const SOCKET_SCHEMES: Readonly<Record<string, string>> = {
  'ws:': 'ws:',
  'wss:': 'wss:',
  'http:': 'ws:',
  'https:': 'wss:',
};
const DEFAULT_PATH = '/mux';

/** The WebSocket address for a URL as people type it: http for ws, and `/mux` where there is no path. Throws `usage`. */
export function parseMuxUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && (url.username !== '' || url.password !== '')) {
    throw usageError('The address holds a user name or password, which an address must not: leave them out.');
  }
  const scheme = SOCKET_SCHEMES[url?.protocol ?? ''];
  if (url === undefined || scheme === undefined || url.hostname === '') {
    throw usageError(`"${text}" is not the address of a gateway; write one like ws://127.0.0.1:8080/mux.`);
  }
  const path = url.pathname === '/' ? DEFAULT_PATH : url.pathname;
  return `${scheme}//${url.host}${path}${url.search}`;
}
