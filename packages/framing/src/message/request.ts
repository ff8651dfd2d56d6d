import { type ByteRange, CborWriter, giveWriter, isOwn, takeWriter } from '../cbor/index.js';
import type { RedirectOffer } from './redirect.js';
import type { SlowMode } from './slow.js';
import { encodeField, writeField } from './write-field.js';

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
    writeField(out, { hashes: redirect.hashes, targets: redirect.targets });
    size++;
  }
  size += writeBytes(out, 'slow', slow) + writeBytes(out, 'trace', trace);
  out.closeMap(map, size);
  const deadlineBytes = deadline === undefined ? 0 : encodeField(deadline).length;
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
