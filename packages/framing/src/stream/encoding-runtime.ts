import { ConnectionContexts, ContextBudget } from './contexts.js';
import { DecodeQueue, type DecodeQueueOptions } from './decode-queue.js';
import { StreamEncoders, type StreamEncodersOptions } from './stream-encoders.js';

/** What carries frames through the codecs of their streams. It comes with each codec: who has none is without it. */
export interface EncodingRuntime {
  /** Contexts for all peers that are given it. */
  budget(): ContextBudget;
  /** The contexts of one connection, `most` of them at most. */
  contexts(budget: ContextBudget, most: number): ConnectionContexts;
  /** What encodes the frames that a connection sends. */
  encoders(options: StreamEncodersOptions): StreamEncoders;
  /** What decodes the frames that come. */
  decodeQueue(options: DecodeQueueOptions): DecodeQueue;
}

/** The one there is, for the `runtime` of a codec. */
export const ENCODING_RUNTIME: EncodingRuntime = {
  budget: () => new ContextBudget(),
  contexts: (budget, most) => new ConnectionContexts(budget, most),
  encoders: (options) => new StreamEncoders(options),
  decodeQueue: (options) => new DecodeQueue(options),
};
