import type { ByteStringReaderConstructor } from '../cbor/index.js';
import type { Dialect } from '../dialect/dialect.js';
import type { Opening } from '../dialect/request-format.js';
import { WiremuxError } from '../errors.js';
import type { OfferedRedirects } from '../message/redirect.js';
import { IDEM_BYTES, MAX_DEADLINE } from '../message/request.js';
import { MAX_CREDIT, MIN_CREDIT } from '../message/settings.js';
import { SLOW_CREDIT, type SlowMode, slowPolicy } from '../message/slow.js';
import { isTraceparent } from '../message/trace.js';
import type { PeerContext } from './context.js';

/** A request as its caller wants it sent. */
export interface OutgoingRequest {
  readonly name: string;
  readonly args?: Readonly<Record<string, unknown>> | undefined;
  /** Data follows, with `sendData` and `endData`. */
  readonly hasData?: boolean | undefined;
  /** Channel to go on, on both sides (SPEC 8.11.1). */
  readonly channel?: string | undefined;
  /** Initial credit of the answer, 1,024 to 2^24 bytes; default: that of the settings, 16 KiB where its command does not wait. */
  readonly credit?: number | undefined;
  /** Nothing of it is encoded; in wiremux.1 nothing of its answer either (SPEC 4.12, 8.11.4). */
  readonly plain?: boolean | undefined;
  /**
   * When its time is over, monotonic ms of the peer's clock: what is left of it as its first frame is scheduled goes along
   * (SPEC 8.11.5). Cancelling it then, with code `deadline`, is the caller's business.
   */
  readonly deadlineAt?: number | undefined;
  /** Idempotency key, 1 to 64 bytes (SPEC 8.11.10). */
  readonly idem?: Uint8Array | undefined;
  /** W3C `traceparent`; left out where it is none (SPEC 8.11.9). */
  readonly trace?: string | undefined;
  /**
   * Byte strings that are values of the answer come as `bytes` events, piece by piece and of any length, instead of
   * whole in `values` (SPEC 3.4.8). Give it `ByteStringReader`.
   */
  readonly bytePieces?: ByteStringReaderConstructor | undefined;
  /**
   * The other values of the answer come as `EncodedValue`s, to be passed on: whoever reads them in the end checks what a
   * decoder does. What a frame holds as it is (0002, 0003) comes as bytes all the same.
   */
  readonly encodedValues?: boolean | undefined;
  /**
   * What the answerer does with values that are not taken in time, and how many it keeps, 1 to 65,536 (SPEC 8.11.16). What
   * was given in `values` events and is not taken is the caller's business. Dialects but wiremux.1 leave both out.
   */
  readonly slow?: SlowMode | undefined;
  readonly keep?: number | undefined;
  /** Where it could be sent instead, by `redirectsTo`; left out where the dialect has no redirects (SPEC 3.2.7). */
  readonly redirect?: OfferedRedirects | undefined;
}

/** The credit asked for, brought into its range (SPEC 8.11.2). */
export function wantedCredit(asked: number): number {
  return Math.max(MIN_CREDIT, Math.min(Math.floor(asked) || 0, MAX_CREDIT));
}

/**
 * The credit that its answer begins with where the request does not say.
 * @throws {WiremuxError} `bad-arguments` for its `slow` and `keep`
 */
export function usualCredit({ slow, keep }: OutgoingRequest, { dialect, limits }: PeerContext): number {
  return slowPolicy(slow, keep) === undefined || !dialect.extended ? limits.answerCredit : SLOW_CREDIT;
}

/** Tells how much of its time is left whenever asked, whole ms in their range: of none, 1 (SPEC 8.11.5). */
export function timeLeftOf({ deadlineAt }: OutgoingRequest, context: PeerContext): (() => number) | undefined {
  if (deadlineAt === undefined) return undefined;
  return () => Math.max(1, Math.min(Math.ceil(deadlineAt - context.now) || 0, MAX_DEADLINE));
}

/**
 * The frames that open the request, without what the dialect cannot say.
 * @param credit its answer begins with, if that is not the usual  @param deadline ms left of its time
 * @throws {WiremuxError} as `Requester.open` does for what is in the request
 */
export function openingOf(
  request: OutgoingRequest,
  credit: number | undefined,
  deadline: number | undefined,
  context: PeerContext,
): Opening {
  const { dialect, remoteSettings } = context;
  const { extended, duplex, redirects } = dialect;
  const { name, args = {}, hasData = false, channel, plain = false, idem, keep, slow, trace, redirect } = request;
  if (name === '') throw new WiremuxError('unknown-command', 'No command has an empty name; say which one to call.');
  if (idem !== undefined) checkKey(idem, dialect);
  const opening = dialect.requests.open(
    {
      name,
      args,
      channel: extended ? channel : undefined,
      credit: duplex ? credit : undefined,
      plain: extended && plain,
      deadline: extended ? deadline : undefined,
      idem,
      keep: extended ? keep : undefined,
      slow: extended && slow !== 'block' ? slow : undefined,
      trace: extended && trace !== undefined && isTraceparent(trace) ? trace : undefined,
      redirect: redirects ? redirect : undefined,
    },
    hasData,
    dialect.writeArgument,
  );
  if (opening.size > remoteSettings.requestMap) {
    throw new WiremuxError(
      'too-big',
      `The request's arguments take ${opening.size} bytes, the peer accepts ${remoteSettings.requestMap}; send them as data.`,
    );
  }
  return opening;
}

function checkKey(key: Uint8Array, { extended, name }: Dialect): void {
  if (!extended) {
    throw new WiremuxError('unsupported', `${name} has no idempotency keys; use wiremux.1, or leave the key out.`);
  }
  if (key.length >= 1 && key.length <= IDEM_BYTES) return;
  throw new WiremuxError(
    'bad-arguments',
    `An idempotency key has 1 to ${IDEM_BYTES} bytes; this one has ${key.length}.`,
  );
}
