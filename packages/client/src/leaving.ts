import type { DrainNotice } from '@wiremux/framing';

/** What a line's gateway said when it was about to leave (SPEC 8.10). Times in ms. */
export interface Leaving {
  readonly after: number;
  readonly jitter: number;
  readonly reason?: string;
  /** Where to go; undefined: where the client would connect by itself. */
  readonly to: string | undefined;
}

/**
 * What a notice means to a client.
 * @param from the WebSocket address of the connection it came on
 * @param hosts those it may send the client to, each a name or `name:port`; undefined: that of `from`
 */
export function leavingOf(
  { after, jitter, reason, at }: DrainNotice,
  from: string,
  hosts: readonly string[] | undefined,
): Leaving {
  const to = at === undefined ? undefined : addressFor(at, new URL(from), hosts);
  return { after, jitter, to, ...(reason === undefined ? {} : { reason }) };
}

/** The address that `at` names, if the client may follow it there (SPEC 8.10.6). */
function addressFor(at: string, from: URL, hosts: readonly string[] | undefined): string | undefined {
  const address = complete(at, from);
  if (address === undefined || address.username !== '' || address.password !== '') return undefined;
  if (address.protocol !== 'wss:' && (address.protocol !== 'ws:' || from.protocol === 'wss:')) return undefined;
  const allowed = hosts ?? [from.hostname];
  return allowed.includes(address.hostname) || allowed.includes(hostAndPort(address)) ? address.href : undefined;
}

/** A URL, or `host:port`: what is missing is as in `from`. */
function complete(at: string, from: URL): URL | undefined {
  const isUrl = at.includes('://');
  try {
    const address = new URL(isUrl || at.startsWith('/') ? at : `//${at}`, from);
    address.protocol = address.protocol.replace('http', 'ws');
    if (!isUrl && address.pathname === '/') {
      address.pathname = from.pathname;
      address.search = from.search;
    }
    return address;
  } catch {
    return undefined;
  }
}

function hostAndPort({ hostname, port, protocol }: URL): string {
  return `${hostname}:${port === '' ? (protocol === 'wss:' ? 443 : 80) : port}`;
}
