import { type CborLimits, decodeOne, utf8Encode } from '../cbor/index.js';
import { WiremuxError } from '../errors.js';
import { asFields, asText, type Fields, field, isFields, isUint } from './fields.js';
import { parseRedirectOffer, type RedirectOffer } from './redirect.js';
import { IDEM_BYTES, MAX_DEADLINE, type RequestMessage } from './request.js';
import { MAX_CREDIT, MIN_CREDIT } from './settings.js';
import { isSlowMode, MAX_KEEP } from './slow.js';
import { isTraceparent, TRACE_BYTES } from './trace.js';
import { readUsualRequest } from './usual-request.js';

/** The most bytes of a channel's name (SPEC 8.11.1). */
const CHANNEL_BYTES = 64;

/** What the request maps of a dialect may have beside name and arguments. */
export interface RequestFeatures {
  /** The extras of SPEC 8.11. */
  readonly extended: boolean;
  /** `redirect` (SPEC 3.2.7). */
  readonly redirects: boolean;
}

/** What a request map turned out to be: a request, refused on its own, or a broken protocol. */
export type ParsedRequest =
  | { readonly kind: 'request'; readonly request: RequestMessage }
  | { readonly kind: 'refused'; readonly error: WiremuxError }
  | { readonly kind: 'fault'; readonly rule: string; readonly message: string };

/** Reads a complete request map (SPEC 3.2.4, 3.2.7, 3.1.7, 8.11.3). */
export function parseRequest(bytes: Uint8Array, limits: CborLimits, features: RequestFeatures): ParsedRequest {
  const usual = readUsualRequest(bytes, limits);
  if (usual !== undefined) return { kind: 'request', request: usual };
  const decoded = decodeOne(bytes, limits);
  if (!decoded.ok) {
    const { code, message } = decoded.error;
    if (code === 'too-deep' || code === 'too-many-items' || code === 'too-big') return refused('too-big', message);
    return { kind: 'fault', rule: '3.2.4', message: `A request map was refused: ${message}` };
  }
  const map = asFields(decoded.value);
  if (map === undefined) return { kind: 'fault', rule: '3.2.4', message: 'A request is not a map.' };
  const name = asText(field(map, 'name'));
  if (name === undefined || name === '') {
    return { kind: 'fault', rule: '3.2.4', message: 'A request has no name.' };
  }
  const args = field(map, 'args', {});
  if (args instanceof Map) return refused('bad-arguments', 'An argument name is not UTF-8 text.');
  if (!isFields(args)) return { kind: 'fault', rule: '3.2.4', message: 'The arguments of a request are not a map.' };

  const offered = features.redirects ? field(map, 'redirect') : undefined;
  const redirect = parseRedirectOffer(offered);
  if (offered !== undefined && redirect === undefined) {
    return refused('bad-arguments', '`redirect` is not a map with lists of names.');
  }
  if (features.extended && saysMore(map)) return withExtras(name, args, redirect, map);
  return { kind: 'request', request: { name, args, redirect } };
}

/** Whether there is more than a name and arguments: in most maps there is not. */
function saysMore(map: Fields): boolean {
  for (const key in map) if (key !== 'name' && key !== 'args') return true;
  return false;
}

/** Adds the extras of SPEC 8.11. */
function withExtras(
  name: string,
  args: RequestMessage['args'],
  redirect: RedirectOffer | undefined,
  map: Fields,
): ParsedRequest {
  const channel = field(map, 'channel');
  const channelName = asText(channel);
  if (channel !== undefined && (channelName === undefined || utf8Encode(channelName).length > CHANNEL_BYTES)) {
    return refused('bad-arguments', '`channel` is not a name of at most 64 bytes.');
  }
  const credit = field(map, 'credit');
  if (credit !== undefined && !isUint(credit, MIN_CREDIT, MAX_CREDIT)) {
    return refused('bad-arguments', '`credit` is not between 1,024 and 16,777,216.');
  }
  const deadline = field(map, 'deadline');
  if (deadline !== undefined && !isUint(deadline, 1, MAX_DEADLINE)) {
    return refused('bad-arguments', '`deadline` is not between 1 and 2,147,483,647 ms.');
  }
  const key = field(map, 'idem');
  const idem = typeof key === 'string' ? utf8Encode(key) : key;
  if (idem !== undefined && !(idem instanceof Uint8Array && idem.length >= 1 && idem.length <= IDEM_BYTES)) {
    return refused('bad-arguments', '`idem` is not a key of 1 to 64 bytes.');
  }
  const keep = field(map, 'keep');
  if (keep !== undefined && !isUint(keep, 1, MAX_KEEP)) {
    return refused('bad-arguments', '`keep` is not between 1 and 65,536 values.');
  }
  const mode = field(map, 'slow');
  const slow = asText(mode);
  if (mode !== undefined && !isSlowMode(slow)) {
    return refused('bad-arguments', '`slow` is neither block nor latest, drop or fail.');
  }
  const plain = field(map, 'plain', false);
  if (typeof plain !== 'boolean') return refused('bad-arguments', '`plain` is neither true nor false.');
  const parent = field(map, 'trace');
  const parentBytes = typeof parent === 'string' ? utf8Encode(parent) : parent;
  if (parentBytes !== undefined && !(parentBytes instanceof Uint8Array && parentBytes.length <= TRACE_BYTES)) {
    return refused('bad-arguments', '`trace` is not a text of at most 256 bytes.');
  }
  const trace = asText(parent);
  return {
    kind: 'request',
    request: {
      name,
      args,
      channel: channelName,
      credit,
      plain: plain || undefined,
      deadline,
      idem,
      keep,
      slow: isSlowMode(slow) ? slow : undefined,
      trace: trace !== undefined && isTraceparent(trace) ? trace : undefined,
      redirect,
    },
  };
}

function refused(code: 'too-big' | 'bad-arguments', message: string): ParsedRequest {
  return { kind: 'refused', error: new WiremuxError(code, message) };
}
