import { utf8Decode, utf8Encode } from '../cbor/index.js';
import { WiremuxError } from '../errors.js';
import { DEFAULT_LIMITS } from '../limits.js';
import { parseVerdict, type TokenVerdict, verdictField } from './auth.js';
import { asFields, asInteger, asList, asProse, cutText, type Fields, field, isUint } from './fields.js';
import { parseSession, type SessionReply, type SessionRequest, sessionField } from './session-settings.js';
import { encodeField, type FieldValue } from './write-field.js';

/** The most bytes of a token (SPEC 8.3.4). */
export const TOKEN_BYTES = 16_384;
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
  /** Streams it lets the other side have open at once. */
  readonly openStreams: number;
  /** Largest value of an answer it puts together, bytes. */
  readonly valueBytes: number;
  /** Streams it decodes at once (SPEC 8.3.10). */
  readonly contexts: number;
  /** Client only: proof of who it is. A secret: never log it. */
  readonly token?: string;
  /** Name and version of its software. */
  readonly agent?: string | undefined;
  /** Server only: what it says of the client's token. */
  readonly auth?: TokenVerdict | undefined;
  /** The session that a client asks for, or what the server answers (SPEC 8.8). Has a secret: never log it. */
  readonly session?: SessionRequest | SessionReply | undefined;
}

/** The most decoders that a side of wiremux.1 keeps for the other (SPEC 8.3.4). */
export const MOST_CONTEXTS = 2;

/** What holds for a side that has said nothing. */
export const DEFAULT_SETTINGS: PeerSettings = {
  encodings: ['identity'],
  maxFrame: DEFAULT_LIMITS.framePayload,
  credit: DEFAULT_LIMITS.answerCredit,
  openRequests: DEFAULT_LIMITS.openRequests,
  requestMap: DEFAULT_LIMITS.requestMap,
  openStreams: DEFAULT_LIMITS.openStreams,
  valueBytes: DEFAULT_LIMITS.valueBytes,
  contexts: MOST_CONTEXTS,
};

/** What of settings goes on to hold: not what they say of the session, whose secret is kept nowhere else. */
export function lastingSettings(settings: PeerSettings): PeerSettings {
  const { encodings, token, agent, auth } = settings;
  return {
    // Most know no other, and one list does for all of them.
    encodings: encodings.length === 1 ? DEFAULT_SETTINGS.encodings : encodings,
    maxFrame: settings.maxFrame,
    credit: settings.credit,
    openRequests: settings.openRequests,
    requestMap: settings.requestMap,
    openStreams: settings.openStreams,
    valueBytes: settings.valueBytes,
    contexts: settings.contexts,
    ...(token === undefined ? {} : { token }),
    agent,
    auth,
  };
}

/**
 * The settings map of wiremux.1; values that are the default are left out, and a long `agent` is cut.
 * @throws {WiremuxError} `too-big` for a token of more than 16 KiB
 */
export function encodeSettings(settings: PeerSettings): Uint8Array {
  const { agent, auth, token, session } = settings;
  if (token !== undefined && utf8Encode(token).length > TOKEN_BYTES) {
    throw new WiremuxError('too-big', `A token may take ${TOKEN_BYTES} bytes at most.`);
  }
  const changed = (key: NumberKey): number | undefined =>
    settings[key] === DEFAULT_SETTINGS[key] ? undefined : settings[key];
  return encodeField({
    wiremux: unlessBare({
      agent: agent && cutText(agent, AGENT_BYTES),
      auth: auth && verdictField(auth),
      credit: changed('credit'),
      limits: unlessBare({
        contexts: changed('contexts'),
        map: changed('requestMap'),
        open: changed('openRequests'),
        streams: changed('openStreams'),
        value: changed('valueBytes'),
      }),
      maxframe: changed('maxFrame'),
      session: session && sessionField(session),
      token,
    }),
    contentencodings: settings.encodings,
  });
}

type NumberKey = 'maxFrame' | 'credit' | keyof PeerLimits;

/** A map as a field that is left out where it has none of its own. */
function unlessBare<Map extends Readonly<Record<string, FieldValue | undefined>>>(map: Map): Map | undefined {
  return Object.values(map).some((value) => value !== undefined) ? map : undefined;
}

/** The stream settings that give a stream its encoding (SPEC 3.8.5). */
export function encodeStreamSettings(profile: string): Uint8Array {
  return encodeField(profile);
}

/**
 * Reads a settings map; a string says what is wrong with it (SPEC 3.8.3, 8.3.5). `extension`: the dialect has the key
 * `wiremux`. `sender`: whose settings they are.
 */
export function parseSettings(value: unknown, extension: boolean, sender: 'client' | 'server'): PeerSettings | string {
  const fields = asFields(value);
  if (fields === undefined) return 'The settings are not a map.';
  const names = asList(field(fields, 'contentencodings', ['identity']), asProse);
  if (names === undefined) return '`contentencodings` is not an array of names.';
  const encodings = names.includes('identity') ? names : [...names, 'identity'];
  if (!extension) return { ...DEFAULT_SETTINGS, encodings };
  const own = asFields(field(fields, 'wiremux', {}));
  return own === undefined ? '`wiremux` is not a map.' : parseExtension(own, encodings, sender);
}

function parseExtension(own: Fields, encodings: readonly string[], sender: 'client' | 'server'): PeerSettings | string {
  const limits = parseLimits(field(own, 'limits', {}));
  if (typeof limits === 'string') return limits;
  const maxFrame = field(own, 'maxframe', DEFAULT_SETTINGS.maxFrame);
  if (!isUint(maxFrame, DEFAULT_LIMITS.framePayload, MAX_FRAME)) return '`wiremux.maxframe` is out of range.';
  const credit = field(own, 'credit', DEFAULT_SETTINGS.credit);
  if (!isUint(credit, MIN_CREDIT, MAX_CREDIT)) return '`wiremux.credit` is out of range.';
  const token = boundedText(field(own, 'token'), TOKEN_BYTES);
  if (token === false) return '`wiremux.token` is not a byte string of at most 16 KiB.';
  const agent = boundedText(field(own, 'agent'), AGENT_BYTES);
  if (agent === false) return '`wiremux.agent` is not a byte string of at most 256 bytes.';
  const auth = Object.hasOwn(own, 'auth') ? parseVerdict(own['auth']) : undefined;
  if (auth === undefined && Object.hasOwn(own, 'auth')) return '`wiremux.auth` is not what it should be.';
  const asked = field(own, 'session');
  const session = asked === undefined ? undefined : parseSession(asked, sender);
  if (typeof session === 'string') return session;
  return {
    encodings,
    maxFrame,
    credit,
    ...limits,
    ...(token === undefined ? {} : { token }),
    agent,
    auth,
    session,
  };
}

type PeerLimits = Pick<PeerSettings, 'openRequests' | 'requestMap' | 'openStreams' | 'valueBytes' | 'contexts'>;

function parseLimits(value: unknown): PeerLimits | string {
  const fields = asFields(value);
  if (fields === undefined) return '`wiremux.limits` is not a map.';
  const limits: Record<string, number> = {};
  for (const [key, least, most, absent] of LIMIT_KEYS) {
    const limit = asInteger(field(fields, key, absent));
    if (limit === undefined || limit < least || limit > most) return `\`wiremux.limits.${key}\` is out of range.`;
    limits[key] = limit;
  }
  const { open, map, streams, value: valueBytes, contexts } = limits as Record<(typeof LIMIT_KEYS)[number][0], number>;
  return { openRequests: open, requestMap: map, openStreams: streams, valueBytes, contexts };
}

/** The keys of `limits` with their range and what they are when absent (SPEC 8.3.4). */
const LIMIT_KEYS = [
  ['open', 0, 2 ** 64, DEFAULT_SETTINGS.openRequests],
  ['map', 0, 2 ** 64, DEFAULT_SETTINGS.requestMap],
  ['value', 0, 2 ** 64, DEFAULT_SETTINGS.valueBytes],
  ['streams', 1, 2 ** 64, DEFAULT_SETTINGS.openStreams],
  ['contexts', 0, MOST_CONTEXTS, DEFAULT_SETTINGS.contexts],
] as const;

/** The text, undefined where there is none, false where it is no string of at most `most` bytes. */
function boundedText(value: unknown, most: number): string | undefined | false {
  if (value === undefined) return undefined;
  const bytes = typeof value === 'string' ? utf8Encode(value) : value;
  return bytes instanceof Uint8Array && bytes.length <= most ? utf8Decode(bytes) : false;
}
