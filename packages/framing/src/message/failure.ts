import { type CborLimits, decodeOne, EncodedValue, encodeValue } from '../cbor/index.js';
import { WiremuxError } from '../errors.js';
import { DEFAULT_LIMITS } from '../limits.js';
import { asFields, asList, asProse, asText, cutText, type Fields, field, isUint } from './fields.js';
import { formatOutput, type OutputAtom, outputAtom, outputField, parseOutput } from './output.js';
import { encodeField, type FieldValue, unlessEmpty } from './write-field.js';

/** The most bytes of an error's text (SPEC 3.5.1). */
export const MESSAGE_BYTES = 8_192;
/** What an error's `data` may be (SPEC 3.9.1): it is read inside two maps, and an unreadable error frame is a fault. */
const DATA_LIMITS: CborLimits = {
  depth: DEFAULT_LIMITS.cborDepth - 2,
  items: DEFAULT_LIMITS.cborItems,
  bytes: 4_096,
};
/** The form of a code (SPEC 3.9.2). */
const CODE = /^[a-z0-9-]{1,64}$/;

/** The code, if it is of the form of one. */
export function wellFormedCode(code: string | undefined): string | undefined {
  return code !== undefined && CODE.test(code) ? code : undefined;
}

/** Whose fault an error frame reports (SPEC 3.5.2). */
export type FailureType = 'protocol' | 'server' | 'command';

export function failureType({ code }: WiremuxError): FailureType {
  if (code === 'internal') return 'server';
  return code === 'protocol' ? 'protocol' : 'command';
}

/** The status map of an answer that goes well (SPEC 3.4.2). */
export const STATUS_OK: Uint8Array = encodeField({ status: 'ok' });

/** The status map of an answer that fails before its first value (SPEC 3.4.3). `codes`: wiremux.1 (SPEC 3.9.1). */
export function encodeStatusError(error: WiremuxError, codes: boolean): Uint8Array {
  const { text, args } = failureAtom(error);
  const { code, data, retry } = codeFields(error, codes);
  return encodeField({ error: { args: unlessEmpty(args), code, data, message: text, retry }, status: 'error' });
}

/** The payload of an error frame (SPEC 3.5). */
export function encodeErrorFrame(error: WiremuxError, type: FailureType, codes: boolean): Uint8Array {
  const { code, data, retry } = codeFields(error, codes);
  return encodeField({ code, data, message: outputField([failureAtom(error)]), retry, type });
}

/** A text with a percent sign travels as an argument, so that it stays as long as it is. */
function failureAtom(error: WiremuxError): OutputAtom {
  const text = cutText(error.message, MESSAGE_BYTES);
  return text.includes('%') ? outputAtom('%s', [text]) : outputAtom(text);
}

interface CodeFields {
  readonly code?: string;
  readonly data?: FieldValue | undefined;
  readonly retry?: number | undefined;
}

/** What only wiremux.1 says of an error. */
function codeFields({ code, data, retry = -1 }: WiremuxError, codes: boolean): CodeFields {
  if (!codes) return {};
  return {
    code: wellFormedCode(code) ?? 'command-failed',
    data: encodedData(data),
    retry: retry >= 0 ? Math.min(Math.round(retry), Number.MAX_SAFE_INTEGER) : undefined,
  };
}

/** Details that cannot be written or read, or are too long, are left out: the error itself must always arrive. */
function encodedData(data: unknown): EncodedValue | undefined {
  if (data === undefined) return undefined;
  try {
    const bytes = encodeValue(data);
    return decodeOne(bytes, DATA_LIMITS).ok ? new EncodedValue(bytes) : undefined;
  } catch {
    return undefined;
  }
}

/** What the first value of an answer says; a location as it came. */
export type ParsedStatus =
  | { readonly kind: 'ok' }
  | { readonly kind: 'error'; readonly error: WiremuxError }
  | { readonly kind: 'redirect'; readonly location: unknown };

/** Reads a status map; undefined if it is none (SPEC 3.4.4). `codes`: wiremux.1 (SPEC 3.9.1). */
export function parseStatus(value: unknown, codes: boolean): ParsedStatus | undefined {
  const fields = asFields(value);
  if (fields === undefined) return undefined;
  const status = asText(field(fields, 'status'));
  if (status === 'ok') return { kind: 'ok' };
  if (status === 'redirect') return { kind: 'redirect', location: field(fields, 'location') };
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
  const code = wellFormedCode(asText(field(map, 'code')));
  const retry = field(map, 'retry');
  return new WiremuxError(code ?? 'command-failed', message, {
    data: field(map, 'data'),
    ...(isUint(retry, 0, Number.MAX_SAFE_INTEGER) ? { retry } : {}),
  });
}
