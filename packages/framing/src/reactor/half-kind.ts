import { FrameType } from '../dialect/types.js';
import type { BodyQueue } from '../flow/body-queue.js';
import { ByteQueue } from '../flow/byte-queue.js';
import type { PeerContext } from './context.js';

/** What all halves that one side sends have in common: those of the requests it opens, or of those it answers. */
export interface HalfKind {
  /** `Data` for an opener's half, `Response` for an answerer's. */
  readonly bodyType: typeof FrameType.Data | typeof FrameType.Response;
  /** Where the body waits. */
  readonly newBody: () => BodyQueue;
  /** Where the request's frames and the data are always cut, however much room there is. */
  readonly mapCut: number;
  readonly dataCut: number;
  /** The largest payload that a message to itself would let it send, bytes. */
  readonly lonePayload: number;
  /** Body bytes queued from which on its writer is to wait. */
  readonly highWater: number;
}

/** The kind of the halves of this body, which waits as one sequence of bytes unless `newBody` makes another of it. */
export function halfKind(
  bodyType: HalfKind['bodyType'],
  { dialect, limits, output }: PeerContext,
  newBody: () => BodyQueue = newByteQueue,
): HalfKind {
  const { lonePayload } = output;
  return {
    bodyType,
    newBody,
    mapCut: Math.min(dialect.mapCut, lonePayload),
    dataCut: bodyType === FrameType.Data ? dialect.dataCut : Number.POSITIVE_INFINITY,
    lonePayload,
    highWater: limits.sendQueueHighWater,
  };
}

function newByteQueue(): BodyQueue {
  return new ByteQueue();
}
