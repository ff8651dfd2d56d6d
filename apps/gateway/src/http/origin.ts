import { isIP } from 'node:net';

/** Which pages may connect. */
export interface OriginPolicy {
  /** Origins in their canonical form, or `*`. */
  readonly allowOrigin: readonly string[];
  /** Host names in lower case. */
  readonly publicHost: readonly string[];
  /** Address or name listened on. */
  readonly host: string;
}

/**
 * Why a request from a page is refused, as the body of the 403; undefined: it is not. Programs other than browsers send
 * no Origin and are let through. The gateway's own pages are let through only under a host name that is known to be the
 * gateway's: under any other name, the Host header proves nothing, because whoever owns a name can point it here (DNS
 * rebinding).
 */
export function refuseOrigin(
  policy: OriginPolicy,
  origin: string | undefined,
  hostHeader: string | undefined,
): string | undefined {
  if (origin === undefined || policy.allowOrigin.includes('*')) return undefined;
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  if (url === undefined || url.origin === 'null') {
    return 'Pages without an origin of their own (files, sandboxed frames) may not connect. --allow-origin * lets in any page.\n';
  }
  if (policy.allowOrigin.includes(url.origin)) return undefined;
  if (!isSameHost(url, hostHeader)) {
    return `Pages of ${url.origin} may not connect. To allow them, start the gateway with --allow-origin ${url.origin}\n`;
  }
  if (isKnownHost(policy, url.hostname)) return undefined;
  return `This gateway does not know that it is reached as ${url.hostname}. If it is, start it with --public-host ${url.hostname}\n`;
}

/** The Host header is read under the page's scheme, whose default port it leaves out behind a TLS proxy too. */
function isSameHost(page: URL, hostHeader: string | undefined): boolean {
  const own = `${page.protocol}//${hostHeader ?? ''}`;
  return URL.canParse(own) && new URL(own).host === page.host;
}

function isKnownHost(policy: OriginPolicy, hostname: string): boolean {
  const isLoopbackName = hostname === 'localhost' || hostname.endsWith('.localhost');
  const isAddress = isIP(hostname.replace(/^\[(.*)\]$/, '$1')) !== 0;
  return isLoopbackName || isAddress || hostname === policy.host.toLowerCase() || policy.publicHost.includes(hostname);
}
