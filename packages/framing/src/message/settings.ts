import { CborWriter, utf8Encode } from '../cbor/index.js';
import { DEFAULT_LIMITS } from '../limits.js';
import { asText, asTexts, field, isFields, isUint } from './fields.js';

/** The most bytes of a token (SPEC 8.3.4). */
const TOKEN_BYTES = 16_384;
const AGENT_BYTES = 256;
/** Bounds of credit in settings and request maps (SPEC 8.3.4, 8.11.2). */
export const MIN_CREDIT = 1_024;
export const MAX_CREDIT: number = 2 ** 24;
const MAX_FRAME: number = 2 ** 20;

/** What one side says of itself with sender-protocol-settings (SPEC 3.8, 8.3). */
export interface PeerSettings {
  /** Profiles it can decode, `identity` always among them. */
  readonly encodings: readonly string[];
  /** Largest payload it accepts, bytes. */
  readonly maxFrame: number;
  /** Initial credit of each answer to its requests, bytes. */
  readonly credit: number;
  /** Requests it lets the other side have open at once. */
  readonly openRequests: number;
  /** Largest request map it accepts, bytes. */
  readonly requestMap: number;
  /** Client only: proof of who it is. A secret: never log it. */
  readonly token?: string;
  /** Name and version of its software. */
  readonly agent?: string;
}

/** What holds for a side that has said nothing. */
export const DEFAULT_SETTINGS: PeerSettings = {
  encodings: ['identity'],
  maxFrame: DEFAULT_LIMITS.framePayload,
  credit: DEFAULT_LIMITS.answerCredit,
  openRequests: DEFAULT_LIMITS.openRequests,
  requestMap: DEFAULT_LIMITS.requestMap,
};

/** The settings map of wiremux.1; values that are the default are left out. */
export function encodeSettings(settings: PeerSettings): Uint8Array {
  const extension: [string, (out: CborWriter) => void][] = [];
  const limits: [string, number][] = [];
  const { agent, token, credit, maxFrame, openRequests, requestMap } = settings;
  if (agent !== undefined) extension.push(['agent', (out) => out.bytes(agent)]);
  if (credit !== DEFAULT_SETTINGS.credit) extension.push(['credit', (out) => out.uint(credit)]);
  if (requestMap !== DEFAULT_SETTINGS.requestMap) limits.push(['map', requestMap]);
  if (openRequests !== DEFAULT_SETTINGS.openRequests) limits.push(['open', openRequests]);
  if (limits.length > 0) extension.push(['limits', (out) => writeUints(out, limits)]);
  if (maxFrame !== DEFAULT_SETTINGS.maxFrame) extension.push(['maxframe', (out) => out.uint(maxFrame)]);
  if (token !== undefined) extension.push(['token', (out) => out.bytes(token)]);

  const out = new CborWriter();
  out.mapHead(extension.length > 0 ? 2 : 1);
  if (extension.length > 0) {
    out.bytes('wiremux');
    out.mapHead(extension.length);
    for (const [key, write] of extension) {
      out.bytes(key);
      write(out);
    }
  }
  out.bytes('contentencodings');
  out.arrayHead(settings.encodings.length);
  for (const name of settings.encodings) out.bytes(name);
  return out.take();
}

function writeUints(out: CborWriter, entries: readonly (readonly [string, number])[]): void {
  out.mapHead(entries.length);
  for (const [key, value] of entries) {
    out.bytes(key);
    out.uint(value);
  }
}

/** Reads a settings map; a string says what is wrong with it (SPEC 8.3.5). */
export function parseSettings(value: unknown): PeerSettings | string {
  if (!isFields(value)) return 'The settings are not a map.';
  const encodings = asTexts(field(value, 'contentencodings') ?? ['identity']);
  if (encodings === undefined) return '`contentencodings` is not an array of names.';
  const extension = field(value, 'wiremux') ?? {};
  if (!isFields(extension)) return '`wiremux` is not a map.';
  const limits = field(extension, 'limits') ?? {};
  if (!isFields(limits)) return '`wiremux.limits` is not a map.';
  for (const key of ['open', 'map', 'value', 'streams', 'contexts']) {
    const limit = field(limits, key);
    if (limit !== undefined && !isUint(limit, 0, key === 'contexts' ? 2 : Number.MAX_SAFE_INTEGER)) {
      return `\`wiremux.limits.${key}\` is out of range.`;
    }
  }
  const maxFrame = field(extension, 'maxframe') ?? DEFAULT_SETTINGS.maxFrame;
  if (!isUint(maxFrame, DEFAULT_LIMITS.framePayload, MAX_FRAME)) return '`wiremux.maxframe` is out of range.';
  const credit = field(extension, 'credit') ?? DEFAULT_SETTINGS.credit;
  if (!isUint(credit, MIN_CREDIT, MAX_CREDIT)) return '`wiremux.credit` is out of range.';
  const token = boundedText(field(extension, 'token'), TOKEN_BYTES);
  if (token === false) return '`wiremux.token` is not a byte string of at most 16 KiB.';
  const agent = boundedText(field(extension, 'agent'), AGENT_BYTES);
  if (agent === false) return '`wiremux.agent` is not a byte string of at most 256 bytes.';
  return {
    encodings: encodings.includes('identity') ? encodings : [...encodings, 'identity'],
    maxFrame,
    credit,
    openRequests: (field(limits, 'open') as number | undefined) ?? DEFAULT_SETTINGS.openRequests,
    requestMap: (field(limits, 'map') as number | undefined) ?? DEFAULT_SETTINGS.requestMap,
    ...(token === undefined ? {} : { token }),
    ...(agent === undefined ? {} : { agent }),
  };
}

/** The text, undefined where there is none, false where it is no text of at most `most` bytes. */
function boundedText(value: unknown, most: number): string | undefined | false {
  if (value === undefined) return undefined;
  const text = asText(value);
  if (text === undefined) return false;
  const bytes = typeof value === 'string' ? utf8Encode(value).length : (value as Uint8Array).length;
  return bytes > most ? false : text;
}
