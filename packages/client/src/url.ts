import { WiremuxError } from '@wiremux/framing';

const SCHEMES: Readonly<Record<string, string>> = { 'ws:': 'ws:', 'wss:': 'wss:', 'http:': 'ws:', 'https:': 'wss:' };

/**
 * The WebSocket address for `address`, which may be relative to `base` and may be http(s).
 * @throws WiremuxError `connect-failed` if it is none.
 */
export function socketUrl(address: string | URL, base: string | undefined): string {
  let url: URL;
  try {
    url = new URL(address, base);
  } catch (cause) {
    throw new WiremuxError('connect-failed', `"${address}" is not an address. Use one like ws://127.0.0.1:8080/mux.`, {
      cause,
    });
  }
  const scheme = SCHEMES[url.protocol];
  if (scheme === undefined) {
    throw new WiremuxError(
      'connect-failed',
      `"${address}" begins with ${url.protocol}//; use ws:// or wss://, as in ws://127.0.0.1:8080/mux.`,
    );
  }
  url.protocol = scheme;
  url.hash = '';
  return url.href;
}

/** The HTTP address of a WebSocket address: the same place. */
export function httpUrl(url: string): string {
  return url.replace(/^ws/, 'http');
}

/** The address of the process that keeps a session: a balancer reads its name from the query (SPEC 8.8). */
export function withNode(url: string, node: string | undefined): string {
  if (node === undefined) return url;
  const address = new URL(url);
  address.searchParams.set('node', node);
  return address.href;
}
