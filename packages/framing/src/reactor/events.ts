import type { ProtocolFault, WiremuxError } from '../errors.js';
import type { AnswerEvent } from '../message/answer-events.js';
import type { TokenVerdict } from '../message/auth.js';
import type { DrainNotice } from '../message/control.js';
import type { OutputAtom } from '../message/output.js';
import type { ProgressUpdate } from '../message/progress.js';
import type { RedirectLocation, RedirectOffer } from '../message/redirect.js';
import type { PeerSettings } from '../message/settings.js';
import type { SlowMode } from '../message/slow.js';

/** How a cancelled request ended at its answerer (SPEC 8.6). */
export type CancelResult = 'stopped' | 'finished' | 'left';

/** What the opener of a request is told about it. Exactly one of `ended`, `redirected`, `failed` and `stopped` closes a request. */
export type RequesterEvent =
  | AnswerEvent
  | { readonly kind: 'output'; readonly id: number; readonly atoms: readonly OutputAtom[] }
  | { readonly kind: 'progress'; readonly id: number; readonly update: ProgressUpdate }
  /** The answerer has dropped so many values so far (SPEC 8.11.21). */
  | { readonly kind: 'dropped'; readonly id: number; readonly total: number }
  /** The upload's queue has room again, after `sendData` returned false. */
  | { readonly kind: 'upload-writable'; readonly id: number }
  /** The answerer wants no more data; what was queued is dropped, and more is ignored. */
  | { readonly kind: 'upload-refused'; readonly id: number }
  | { readonly kind: 'ended'; readonly id: number }
  /** The answer is to be had there; closes the request as `ended` does (SPEC 3.4.10). */
  | { readonly kind: 'redirected'; readonly id: number; readonly location: RedirectLocation }
  | { readonly kind: 'failed'; readonly id: number; readonly error: WiremuxError }
  /** After `cancel()`: the answerer's proof (SPEC 8.6), or `left` where the dialect has none. */
  | { readonly kind: 'stopped'; readonly id: number; readonly result: CancelResult };

/** What the answerer of requests is told. After `cancelled` nothing more comes for that id. */
export type ResponderEvent =
  | {
      readonly kind: 'request';
      readonly id: number;
      readonly name: string;
      /** Argument names to values; names that are not UTF-8 text were refused. */
      readonly args: Readonly<Record<string, unknown>>;
      readonly hasData: boolean;
      /** The channel its opener asked for (SPEC 8.11). */
      readonly channel: string | undefined;
      /** The credit its answer was given to begin with, where that is not its opener's usual one (SPEC 8.11.2). */
      readonly credit?: number | undefined;
      /** Nothing of it is to be encoded (SPEC 8.11.4). */
      readonly plain?: boolean | undefined;
      /** When its time is over, monotonic ms; `cancelled` with code `deadline` comes then (SPEC 8.11.5). */
      readonly deadlineAt?: number | undefined;
      /** Its idempotency key, 1 to 64 bytes (SPEC 8.11.10). */
      readonly idem?: Uint8Array | undefined;
      /** Its W3C `traceparent` (SPEC 8.11.9). */
      readonly trace?: string | undefined;
      /** What becomes of values that come faster than they are taken, and how many are kept (SPEC 8.11.16). */
      readonly slow?: SlowMode | undefined;
      readonly keep?: number | undefined;
      /** Where its opener could be sent instead; what `redirectAnswer` may name (SPEC 3.2.7). */
      readonly redirect?: RedirectOffer | undefined;
    }
  /** A piece of the upload, any cut; give its length to `dataTaken()` once it is used. */
  | { readonly kind: 'data'; readonly id: number; readonly bytes: Uint8Array }
  | { readonly kind: 'data-end'; readonly id: number }
  /** The answer's queue has room again, after `sendValue` returned false. */
  | { readonly kind: 'answer-writable'; readonly id: number }
  /**
   * The opener cancelled, or the connection ended: stop, then call `stopped(id)`. Where it was `answered`, the answer has
   * ended with the error (SPEC 8.12.5): stop, and do not call, since the id may be that of another request by then.
   */
  | { readonly kind: 'cancelled'; readonly id: number; readonly error: WiremuxError; readonly answered?: true };

/** What concerns the connection. */
export type ConnectionEvent =
  /** Server: the client's settings are here; nothing more is read until `accept()` (or `close()`). */
  | { readonly kind: 'authenticate'; readonly settings: PeerSettings }
  /** Server: a newer token came, in the client's settings; `answerToken()` is due (SPEC 8.3.11). */
  | { readonly kind: 'token'; readonly settings: PeerSettings }
  /** Client: the server's answer to `refreshToken()`. */
  | { readonly kind: 'token-answered'; readonly verdict: TokenVerdict }
  /** The session goes on, on a new transport (SPEC 8.8). */
  | { readonly kind: 'resumed' }
  /**
   * Client: the server does not know the session any more, and every request has failed with that code. The peer is dead,
   * but its transport is good: a `successorOf` it can go on there. `settings`: the server's.
   */
  | { readonly kind: 'session-lost'; readonly settings: PeerSettings }
  /** Both sides' settings hold; requests flow. On exp-framing dialects at once. */
  | { readonly kind: 'ready'; readonly settings: PeerSettings }
  /** A request may be opened again, after `openSlots` was 0. */
  | { readonly kind: 'slots-free' }
  /** Client: the server is about to leave: open another connection for what comes (SPEC 8.10). Once a transport. */
  | { readonly kind: 'drain'; readonly notice: DrainNotice }
  /** A pong came back for the `ping()` with this payload. */
  | { readonly kind: 'pong'; readonly payload: Uint8Array }
  /** The transport is to be closed with this code; the session stays (SPEC 8.8.14). */
  | { readonly kind: 'leaving'; readonly fault: ProtocolFault }
  /** The peer is dead: send the bytes that are left, then close the transport with this code. */
  | { readonly kind: 'closing'; readonly fault: ProtocolFault };

/** Everything a {@link Peer} reports: a closed union, each event complete when made. */
export type PeerEvent = RequesterEvent | ResponderEvent | ConnectionEvent;
