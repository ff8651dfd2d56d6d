import type { WiremuxError } from '../errors.js';
import { type SlowPolicy, tooSlow } from '../message/slow.js';
import type { KeptValues } from './kept-values.js';

/** A request of this side, as whoever reads its answer uses it. */
export interface ReadableRequest {
  /** Sends it; called at most once, and not after {@link leave}. */
  start(): void;
  /** The reader has taken values of that many plain bytes in sum (SPEC 8.5.6). */
  taken(bytes: number): void;
  /** The reader wants no more: the request is cancelled, if it has not ended. */
  leave(): void;
  /** It was cancelled, and the answerer has not yet said that the command stopped. */
  readonly stopping: boolean;
  /** How many values may wait for the reader; undefined: all that the credit lets in (SPEC 8.11.18). */
  readonly slow: SlowPolicy | undefined;
  /** The reader has let go of values of that many plain bytes in sum, which count as taken. */
  dropped(values: number, bytes: number): void;
  /** The reader cannot go on: the request is cancelled, and ends with this error. */
  giveUp(error: WiremuxError): void;
}

/** The one who reads the answer of a request. */
export interface AnswerConsumer {
  /** Values in order; give the `sizes` of those consumed to {@link ReadableRequest.taken}. */
  values(values: readonly unknown[], sizes: readonly number[]): void;
  /** The end of the answer, at most once: who has left is not told. */
  end(error: WiremuxError | undefined): void;
}

/** Holds what is kept for a reader to what its request says; false: that has failed it (SPEC 8.11.18, 8.11.19). */
export function keepWithin(kept: KeptValues, request: ReadableRequest, { fails, keep }: SlowPolicy): boolean {
  const surplus = kept.count - keep;
  if (surplus <= 0) return true;
  if (fails) {
    kept.clear();
    request.giveUp(tooSlow(keep));
    return false;
  }
  request.dropped(surplus, kept.trim(keep));
  return true;
}
