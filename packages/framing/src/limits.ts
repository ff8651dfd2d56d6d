import { WiremuxError } from './errors.js';

/**
 * Every bound of the protocol core, in one place (SPEC 9). All are per connection unless their comment says otherwise.
 * Lower a limit freely; raising one raises what a hostile peer can make this process hold.
 */
export interface Limits {
  /** Largest frame payload accepted, bytes, before decoding. A larger header closes the connection before buffering. */
  readonly framePayload: number;
  /** Largest request map, bytes. Past it that request fails with `too-big`. */
  readonly requestMap: number;
  /** Bytes of all request maps being assembled at once. Past it the request that asked for more fails with `too-big`. */
  readonly requestMaps: number;
  /** Requests whose map is incomplete, per direction. Past it: `too-many-requests`. */
  readonly openingRequests: number;
  /** Requests open at once, per direction. Past it: `too-many-requests`; our own requester queues instead. */
  readonly openRequests: number;
  /** Streams open at once, per direction, the link stream not counted. Past it: protocol error. */
  readonly openStreams: number;
  /** Encoding and decoding contexts together. Past it identity is advertised and used instead. */
  readonly contexts: number;
  /** Decoded bytes of one frame. Past it: protocol error. Servers of older dialects are decoded in pieces instead. */
  readonly decodedBytes: number;
  /** Decoded bytes for each encoded one, in a frame that decodes to more than 64 KiB. Past it: protocol error. */
  readonly decodedRatio: number;
  /** Bytes of frames that wait for a decoder, 128 more for each. Past it the transport is paused. */
  readonly decodeQueue: number;
  /** Nesting depth of one CBOR value. */
  readonly cborDepth: number;
  /** Items in one CBOR value, keys and nested items counted. */
  readonly cborItems: number;
  /** Bytes of one assembled CBOR value. */
  readonly valueBytes: number;
  /** Bytes of one settings message. Past it: close 1009. */
  readonly settingsBytes: number;
  /** Time for the peer's settings to arrive, ms. Past it: close 4408. */
  readonly settingsTimeout: number;
  /** Server: time between two tokens of a client, ms. Past it: close 4429. A client keeps it too (SPEC 8.3.11). */
  readonly tokenInterval: number;
  /** Initial credit of an answer, bytes, announced in settings. */
  readonly answerCredit: number;
  /** Window an upload's receiver keeps open once its consumer reads, bytes. Every upload starts with 16 KiB (SPEC 8.5). */
  readonly uploadWindow: number;
  /** Bytes granted and not taken, with those of incomplete values. Past it no more is granted. */
  readonly grantedBytes: number;
  /** Bytes one request's sender may queue before it is told to wait for `writable`. */
  readonly sendQueueHighWater: number;
  /**
   * Queued bytes of one request from which on the next value fails it with `slow-reader`, or drops the oldest where the
   * request says so (SPEC 8.11.17); one value may reach past it.
   */
  readonly sendQueue: number;
  /** Half-duplex: bytes of all answers held until the input has ended. Past it the one that holds most fails. */
  readonly heldAnswers: number;
  /** Older dialects: bytes of one request held unread before the transport is paused. */
  readonly pausedBytes: number;
  /** Older dialects: time a paused transport waits for the upload that holds it to be read, ms, while others are open. */
  readonly pausedTimeout: number;
  /** Text output queued per request, bytes. */
  readonly textQueue: number;
  /** Progress topics queued per request. */
  readonly progressTopics: number;
  /**
   * Bytes of session frames on their way without an acknowledgement, 72 more for each: what W may grow to (SPEC 8.7.9), and
   * all that a session keeps for a replay.
   */
  readonly sendWindow: number;
  /** Silence after which a ping is sent, and again after which the transport is dropped, ms. */
  readonly pingInterval: number;
  /** Control budget: tokens at the start and at most, and tokens refilled a second (SPEC 9). */
  readonly controlBudget: number;
  readonly controlRefill: number;
}

/** Encoding and decoding contexts of all connections of a process, unless its budget says otherwise (SPEC 9.1.21). */
export const PROCESS_CONTEXTS = 1_024;

/** Bytes of session frames that all sessions of a process keep for a replay, unless their budget says otherwise (SPEC 9.1.29). */
export const PROCESS_KEPT_BYTES = 536_870_912;

/** Idempotency keys that are remembered of one principal, unless their store says otherwise (SPEC 9.1.27). */
export const PRINCIPAL_KEYS = 1_024;

/** Bytes of all that are remembered, with arguments and answers, unless their store says otherwise (SPEC 9.1.28). */
export const PROCESS_KEY_BYTES = 67_108_864;

const KiB = 1024;
const MiB = 1024 * KiB;

/** The defaults of every limit, with their reasons in SPEC 9. */
export const DEFAULT_LIMITS: Limits = {
  framePayload: 65_535,
  requestMap: 1 * MiB,
  requestMaps: 4 * MiB,
  openingRequests: 128,
  openRequests: 1_024,
  openStreams: 16,
  contexts: 4,
  decodedBytes: 1 * MiB,
  decodedRatio: 256,
  decodeQueue: 1 * MiB,
  cborDepth: 64,
  cborItems: 1_000_000,
  valueBytes: 16 * MiB,
  settingsBytes: 64 * KiB,
  settingsTimeout: 10_000,
  tokenInterval: 10_000,
  answerCredit: 256 * KiB,
  uploadWindow: 256 * KiB,
  grantedBytes: 64 * MiB,
  sendQueueHighWater: 64 * KiB,
  sendQueue: 16 * MiB,
  heldAnswers: 16 * MiB,
  pausedBytes: 1 * MiB,
  pausedTimeout: 30_000,
  textQueue: 64 * KiB,
  progressTopics: 64,
  sendWindow: 16 * MiB,
  pingInterval: 15_000,
  controlBudget: 2_000,
  controlRefill: 200,
};

/** Ranges that the wire and the CBOR reader set (SPEC 4.7, 8.3.4, 8.3.11, 8.5.7); every other limit is any whole number. */
const RANGES: Partial<Record<keyof Limits, readonly [least: number, most: number]>> = {
  framePayload: [65_535, 1 * MiB],
  openStreams: [1, 127],
  tokenInterval: [0, 10_000],
  cborDepth: [0, 512],
  valueBytes: [0, 1_024 * MiB - 1],
  answerCredit: [1 * KiB, 16 * MiB],
  uploadWindow: [0, 16 * MiB],
  sendWindow: [128 * KiB, 1_024 * MiB],
};

/**
 * All limits: those given, and the defaults of the rest. Given all of them it is the same object, which then must not change:
 * connections share it.
 * @throws {WiremuxError} `unsupported` for one that is no whole number in its range
 */
export function resolveLimits(given: Partial<Limits> = {}): Limits {
  const names = Object.keys(DEFAULT_LIMITS) as (keyof Limits)[];
  const limits = names.every((name) => name in given) ? (given as Limits) : { ...DEFAULT_LIMITS, ...given };
  for (const name of names) {
    const [least, most] = RANGES[name] ?? [0, Number.MAX_SAFE_INTEGER];
    const limit = limits[name];
    if (Number.isInteger(limit) && limit >= least && limit <= most) continue;
    throw new WiremuxError(
      'unsupported',
      `The limit \`${name}\` is ${limit}; give it a whole number from ${least} to ${most}.`,
    );
  }
  return limits;
}
