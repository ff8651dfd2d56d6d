import { type CborLimits, CborWriter, decodeOne, encodeValue } from '../cbor/index.js';
import { WiremuxError } from '../errors.js';
import { DEFAULT_LIMITS } from '../limits.js';
import { asFields, asList, asProse, asText, cutText, type Fields, field, isUint } from './fields.js';
import { formatOutput, type OutputAtom, outputAtom, parseOutput, writeOutput } from './output.js';
import { parseRedirectLocation, type RedirectLocation } from './redirect.js';

/** The most bytes of an error's text (SPEC 3.5.1). */
export const MESSAGE_BYTES = 8_192;
/** What an error's `data` may be (SPEC 3.9.1): it is read inside two maps, and an unreadable error frame is a fault. */
const DATA_LIMITS: CborLimits = {
  depth: DEFAULT_LIMITS.cborDepth - 2,
  items: DEFAULT_LIMITS.cborItems,
  bytes: 4_096,
};
/** The form of a code (SPEC 3.9.2). */
export const CODE: RegExp = /^[a-z0-9-]{1,64}$/;

/** Whose fault an error frame reports (SPEC 3.5.2). */
export type FailureType = 'protocol' | 'server' | 'command';

export function failureType({ code }: WiremuxError): FailureType {
  if (code === 'internal') return 'server';
  return code === 'protocol' ? 'protocol' : 'command';
}

/** The status map of an answer that goes well (SPEC 3.4.2). */
export const STATUS_OK: Uint8Array = statusOk();

function statusOk(): Uint8Array {
  const out = new CborWriter();
  out.mapHead(1);
  out.bytes('status');
  out.bytes('ok');
  return out.take();
}

/** The status map of an answer that fails before its first value (SPEC 3.4.3). `codes`: wiremux.1 (SPEC 3.9.1). */
export function encodeStatusError(error: WiremuxError, codes: boolean): Uint8Array {
  const { text, args } = failureAtom(error);
  const extras = codes ? codeEntries(error) : [];
  const out = new CborWriter();
  out.mapHead(2);
  out.bytes('error');
  const entries: [string, (out: CborWriter) => void][] = [['message', (target) => target.bytes(text)], ...extras];
  if (args.length > 0) entries.push(['args', (target) => writeArgs(target, args)]);
  writeSorted(out, entries);
  out.bytes('status');
  out.bytes('error');
  return out.take();
}

/** The payload of an error frame (SPEC 3.5). */
export function encodeErrorFrame(error: WiremuxError, type: FailureType, codes: boolean): Uint8Array {
  const atoms = [failureAtom(error)];
  const out = new CborWriter();
  writeSorted(out, [
    ['message', (target) => writeOutput(target, atoms)],
    ['type', (target) => target.bytes(type)],
    ...(codes ? codeEntries(error) : []),
  ]);
  return out.take();
}

/** A text with a percent sign travels as an argument, so that it stays as long as it is. */
function failureAtom(error: WiremuxError): OutputAtom {
  const text = cutText(error.message, MESSAGE_BYTES);
  return text.includes('%') ? outputAtom('%s', [text]) : outputAtom(text);
}

function codeEntries(error: WiremuxError): [string, (out: CborWriter) => void][] {
  const entries: [string, (out: CborWriter) => void][] = [];
  entries.push(['code', (out) => out.bytes(CODE.test(error.code) ? error.code : 'command-failed')]);
  const data = encodedData(error.data);
  if (data !== undefined) entries.push(['data', (out) => out.raw(data)]);
  const { retry } = error;
  if (retry !== undefined && retry >= 0) {
    entries.push(['retry', (out) => out.uint(Math.min(Math.round(retry), Number.MAX_SAFE_INTEGER))]);
  }
  return entries;
}

/** Details that cannot be written or read, or are too long, are left out: the error itself must always arrive. */
function encodedData(data: unknown): Uint8Array | undefined {
  if (data === undefined) return undefined;
  try {
    const bytes = encodeValue(data);
    return decodeOne(bytes, DATA_LIMITS).ok ? bytes : undefined;
  } catch {
    return undefined;
  }
}

function writeArgs(out: CborWriter, args: readonly string[]): void {
  out.arrayHead(args.length);
  for (const arg of args) out.bytes(arg);
}

function writeSorted(out: CborWriter, entries: [string, (out: CborWriter) => void][]): void {
  out.mapHead(entries.length);
  for (const [key, write] of entries.sort(([a], [b]) => (a < b ? -1 : 1))) {
    out.bytes(key);
    write(out);
  }
}

/** What the first value of an answer says. */
export type ParsedStatus =
  | { readonly kind: 'ok' }
  | { readonly kind: 'error'; readonly error: WiremuxError }
  | { readonly kind: 'redirect'; readonly location: RedirectLocation };

/** Reads a status map; undefined if it is none (SPEC 3.4.4). `codes`: wiremux.1 (SPEC 3.9.1). */
export function parseStatus(value: unknown, codes: boolean): ParsedStatus | undefined {
  const fields = asFields(value);
  if (fields === undefined) return undefined;
  const status = asText(field(fields, 'status'));
  if (status === 'ok') return { kind: 'ok' };
  if (status === 'redirect') {
    const location = parseRedirectLocation(field(fields, 'location'));
    return location && { kind: 'redirect', location };
  }
  const error = asFields(field(fields, 'error'));
  if (status !== 'error' || error === undefined) return undefined;
  const message = field(error, 'message');
  const text = asProse(message);
  const args = asList(field(error, 'args', []), asProse);
  const atoms = text !== undefined && args !== undefined ? [{ text, args, labels: [] }] : parseOutput(message);
  return atoms === undefined ? undefined : { kind: 'error', error: remoteError(error, formatOutput(atoms), codes) };
}

/** Reads the payload of an error frame; undefined if it is something else. `codes`: wiremux.1 (SPEC 3.9.1). */
export function parseErrorFrame(value: unknown, codes: boolean): WiremuxError | undefined {
  const fields = asFields(value);
  const atoms = fields && parseOutput(field(fields, 'message'));
  return fields && atoms && remoteError(fields, formatOutput(atoms), codes);
}

/** SPEC 3.9.2, 3.9.4. */
function remoteError(map: Fields, message: string, codes: boolean): WiremuxError {
  if (!codes) return new WiremuxError('remote-error', message);
  const code = asText(field(map, 'code')) ?? '';
  const retry = field(map, 'retry');
  return new WiremuxError(CODE.test(code) ? code : 'command-failed', message, {
    data: field(map, 'data'),
    ...(isUint(retry, 0, Number.MAX_SAFE_INTEGER) ? { retry } : {}),
  });
}
