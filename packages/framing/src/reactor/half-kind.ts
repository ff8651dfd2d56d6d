import type { Dialect } from '../dialect/dialect.js';
import { FrameType } from '../dialect/types.js';
import type { PeerContext } from './context.js';

/** What all halves that one side sends have in common: those of the requests it opens, or of those it answers. */
export interface HalfKind {
  /** `Data` for an opener's half, `Response` for an answerer's. */
  readonly bodyType: typeof FrameType.Data | typeof FrameType.Response;
  readonly dialect: Dialect;
  /** Values end where their frames do (SPEC 3.4.13). */
  readonly framed: boolean;
  /** Where the request's frames and the data are always cut, however much room there is. */
  readonly mapCut: number;
  readonly dataCut: number;
  /** The largest payload that a message to itself would let it send, bytes. */
  readonly lonePayload: number;
  /** Body bytes queued from which on its writer is to wait. */
  readonly highWater: number;
  /** Bounds of the text and progress that wait to be sent. */
  readonly textQueue: number;
  readonly progressTopics: number;
}

/** The kind of the halves of this body. */
export function halfKind(bodyType: HalfKind['bodyType'], { dialect, limits, output }: PeerContext): HalfKind {
  const { lonePayload } = output;
  return {
    bodyType,
    dialect,
    framed: bodyType === FrameType.Response && !dialect.answers.selfDelimiting,
    mapCut: Math.min(dialect.mapCut, lonePayload),
    dataCut: bodyType === FrameType.Data ? dialect.dataCut : Number.POSITIVE_INFINITY,
    lonePayload,
    highWater: limits.sendQueueHighWater,
    textQueue: limits.textQueue,
    progressTopics: limits.progressTopics,
  };
}
