import type { WiremuxError } from '../errors.js';

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
}

/** The one who reads the answer of a request. */
export interface AnswerConsumer {
  /** Values in order; give the `sizes` of those consumed to {@link ReadableRequest.taken}. */
  values(values: readonly unknown[], sizes: readonly number[]): void;
  /** The end of the answer, at most once: who has left is not told. */
  end(error: WiremuxError | undefined): void;
}
