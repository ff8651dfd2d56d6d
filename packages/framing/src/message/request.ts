import {
  type ByteRange,
  type CborLimits,
  CborWriter,
  decodeOne,
  giveWriter,
  isOwn,
  takeWriter,
  utf8Encode,
} from '../cbor/index.js';
import { WiremuxError } from '../errors.js';
import { asFields, asText, type Fields, field, isFields, isUint } from './fields.js';
import { parseRedirectOffer, type RedirectOffer, writeRedirectOffer } from './redirect.js';
import { MAX_CREDIT, MIN_CREDIT } from './settings.js';
import { isSlowMode, MAX_KEEP, type SlowMode } from './slow.js';
import { isTraceparent, TRACE_BYTES } from './trace.js';

/** The most bytes of a channel's name (SPEC 8.11.1). */
const CHANNEL_BYTES = 64;
/** The longest deadline, ms (SPEC 8.11.5). */
export const MAX_DEADLINE = 2_147_483_647;
/** The most bytes of an idempotency key (SPEC 8.11.10). */
export const IDEM_BYTES = 64;

/** A request as its map says it (SPEC 3.2, 8.11). */
export interface RequestMessage {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly channel?: string | undefined;
  /** Initial credit of the answer, bytes; absent: that of the opener's settings. */
  readonly credit?: number | undefined;
  /** Its frames and those of its answer are never encoded (SPEC 4.12). */
  readonly plain?: boolean | undefined;
  /** Time left when its first frame is scheduled, 1 to 2,147,483,647 ms. */
  readonly deadline?: number | undefined;
  /** Idempotency key, 1 to 64 bytes. */
  readonly idem?: Uint8Array | undefined;
  /** What becomes of values that come faster than they are taken; absent: the command waits. */
  readonly slow?: SlowMode | undefined;
  /** How many of them are kept, 1 to 65,536. */
  readonly keep?: number | undefined;
  /** W3C `traceparent` (see `isTraceparent`). */
  readonly trace?: string | undefined;
  /** Where its opener could be sent instead (SPEC 3.2.7). */
  readonly redirect?: RedirectOffer | undefined;
}

/** What the request maps of a dialect may have beside name and arguments. */
export interface RequestFeatures {
  /** The extras of SPEC 8.11. */
  readonly extended: boolean;
  /** `redirect` (SPEC 3.2.7). */
  readonly redirects: boolean;
}

/** Writes the value of an argument as the dialect's peers can read it (SPEC 3.1.3). */
export type WriteArgument = (out: CborWriter, value: unknown) => void;

/** A request map, and where in its bytes the value of its deadline is: at no place where it has none. */
export interface EncodedRequest extends ByteRange {
  readonly deadlineFrom: number;
  readonly deadlineTo: number;
}

/**
 * The request map, keys sorted by their content (SPEC 3.1.1).
 * @throws {WiremuxError} `unsupported` if `write` cannot write an argument
 */
export function encodeRequest(request: RequestMessage, write: WriteArgument): EncodedRequest {
  const out = takeWriter();
  try {
    return writeRequest(out, request, write);
  } finally {
    giveWriter(out);
  }
}

function writeRequest(out: CborWriter, request: RequestMessage, write: WriteArgument): EncodedRequest {
  const { args, channel, credit, deadline, idem, keep, name, plain, redirect, slow, trace } = request;
  const map = out.openMap();
  let size = writeArguments(out, args, write) + writeBytes(out, 'channel', channel) + writeUint(out, 'credit', credit);
  size += writeUint(out, 'deadline', deadline);
  const deadlineEnd = out.size;
  size += writeBytes(out, 'idem', idem) + writeUint(out, 'keep', keep) + writeBytes(out, 'name', name);
  if (plain === true) {
    out.bytes('plain');
    out.bool(true);
    size++;
  }
  if (redirect !== undefined) {
    out.bytes('redirect');
    writeRedirectOffer(out, redirect);
    size++;
  }
  size += writeBytes(out, 'slow', slow) + writeBytes(out, 'trace', trace);
  out.closeMap(map, size);
  const deadlineBytes = deadline === undefined ? 0 : uintOf(deadline).length;
  const { bytes, from, to } = out.takeRange();
  const deadlineTo = from + deadlineEnd;
  return { bytes, from, to, deadlineFrom: deadlineTo - deadlineBytes, deadlineTo };
}

/** Like all that follow it writes one entry, or none: how many. */
function writeArguments(out: CborWriter, args: RequestMessage['args'], write: WriteArgument): number {
  const keys = argumentNames(args);
  if (keys.length === 0) return 0;
  out.bytes('args');
  out.mapHead(keys.length);
  for (const key of keys) {
    out.bytes(key);
    write(out, args[key]);
  }
  return 1;
}

/** The same request with another deadline; as it is where it has none. */
export function withDeadline(request: EncodedRequest, deadline: number): EncodedRequest {
  const { bytes, from, to, deadlineFrom, deadlineTo } = request;
  if (deadlineFrom === deadlineTo) return request;
  const out = new CborWriter();
  out.raw(bytes.subarray(from, deadlineFrom));
  out.uint(deadline);
  const deadlineEnd = out.size;
  out.raw(bytes.subarray(deadlineTo, to));
  const range = out.takeRange();
  const at = range.from - from;
  return { ...range, deadlineFrom: deadlineFrom + at, deadlineTo: range.from + deadlineEnd };
}

function uintOf(value: number): Uint8Array {
  const out = new CborWriter();
  out.uint(value);
  return out.take();
}

function writeBytes(out: CborWriter, key: string, value: string | Uint8Array | undefined): number {
  if (value === undefined) return 0;
  out.bytes(key);
  out.bytes(value);
  return 1;
}

function writeUint(out: CborWriter, key: string, value: number | undefined): number {
  if (value === undefined) return 0;
  out.bytes(key);
  out.uint(value);
  return 1;
}

/** The names of the arguments of the request before, as they came and as they were sent: calls of one kind come in runs. */
let lastNames: readonly string[] = [];
let lastSorted: readonly string[] = [];

/** The names of the arguments that are there, in the order they are sent. */
export function argumentNames(args: RequestMessage['args']): readonly string[] {
  let count = 0;
  for (const key in args) {
    if (!isOwn(args, key) || args[key] === undefined) continue;
    if (lastNames[count] !== key) return sortNames(args);
    count++;
  }
  return count === lastNames.length ? lastSorted : sortNames(args);
}

function sortNames(args: RequestMessage['args']): readonly string[] {
  const names = Object.keys(args).filter((key) => args[key] !== undefined);
  const sorted = sortByContent([...names]);
  if (names.length <= FEW_KEYS) {
    lastNames = names;
    lastSorted = sorted;
  }
  return sorted;
}

/** More are sorted with what sorts any number of them well. */
const FEW_KEYS = 12;

/** By the bytes of their UTF-8, which is the order of their code points. */
function sortByContent(keys: string[]): string[] {
  if (keys.length > FEW_KEYS) return keys.sort(compareCodePoints);
  for (let next = 1; next < keys.length; next++) {
    const key = keys[next] as string;
    let at = next;
    for (; at > 0 && compareCodePoints(keys[at - 1] as string, key) > 0; at--) keys[at] = keys[at - 1] as string;
    keys[at] = key;
  }
  return keys;
}

/** UTF-16 units sort as code points do, but for surrogates, which stand for more than any single unit. */
function compareCodePoints(a: string, b: string): number {
  const common = Math.min(a.length, b.length);
  for (let index = 0; index < common; index++) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left === right) continue;
    const surrogates = isSurrogate(left) === isSurrogate(right);
    return surrogates ? left - right : isSurrogate(left) ? 1 : -1;
  }
  return a.length - b.length;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}

/** What a request map turned out to be: a request, refused on its own, or a broken protocol. */
export type ParsedRequest =
  | { readonly kind: 'request'; readonly request: RequestMessage }
  | { readonly kind: 'refused'; readonly error: WiremuxError }
  | { readonly kind: 'fault'; readonly rule: string; readonly message: string };

/** Reads a complete request map (SPEC 3.2.4, 3.2.7, 3.1.7, 8.11.3). */
export function parseRequest(bytes: Uint8Array, limits: CborLimits, features: RequestFeatures): ParsedRequest {
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
  if (features.extended) return withExtras(name, args, redirect, map);
  return { kind: 'request', request: { name, args, redirect } };
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
