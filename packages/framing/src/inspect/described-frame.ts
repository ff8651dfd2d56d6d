/** Who sent it, as the server sees it: `in` is from the client, `out` from the server. */
export type Direction = 'in' | 'out';

/** A rule that a peer has broken. */
export interface FoundProblem {
  /** Id in SPEC.md. */
  readonly rule: string;
  readonly message: string;
}

/** One frame as people read it, without what is secret in it (SPEC 6.13). */
export interface DescribedFrame {
  /** Counts the frames of both directions, from 0. */
  readonly seq: number;
  /** When its last byte came, as the follower was told, ms. */
  readonly time: number;
  readonly direction: Direction;
  /** Where it begins, in bytes since following began in its direction. */
  readonly offset: number;
  readonly requestId: number;
  readonly streamId: number;
  /** Names and numbers as the text form has them (SPEC 6.2): `stream-begin|encoded`, `0`. */
  readonly streamFlags: string;
  readonly type: string;
  readonly flags: string;
  /** The payload in the text form (SPEC 6.5, 6.7): decoded, secrets blanked, a long one cut with `…` and its length. */
  readonly payload: string;
  /** Bytes of the payload on the wire. */
  readonly bytes: number;
  /** Bytes of the payload without its encoding; where they differ or are not known, `encoding` is there. */
  readonly plainBytes?: number;
  /** Profile of a frame flagged encoded; `unknown` where following began after its stream did. */
  readonly encoding?: string;
  /** Command of its request, where known. */
  readonly command?: string;
  /** Values that are complete with this frame. */
  readonly values?: readonly unknown[];
  /** Values complete with this frame that are too long or too many to be shown. */
  readonly moreValues?: number;
  readonly problem?: FoundProblem;
  /** Why something of it is not shown. */
  readonly note?: string;
}

/** How a request went. */
export interface RequestSummary {
  readonly id: number;
  readonly command?: string;
  /** Who opened it. */
  readonly opener: Direction;
  /** Times of its first and last frame, ms. Where following began after it, `since` is when it was first heard of. */
  readonly since: number;
  readonly until: number;
  readonly frames: { readonly in: number; readonly out: number };
  /** Header and payload bytes on the wire. */
  readonly bytes: { readonly in: number; readonly out: number };
  /** Values of the answer, the status map not counted. */
  readonly values: number;
  /** `open`: it has not ended. */
  readonly result: 'ok' | 'error' | 'redirect' | 'cancelled' | 'open';
  /** Code, or kind, of the error; how a cancelled command stopped. */
  readonly code?: string;
  /** Text of the error. */
  readonly message?: string;
}

/** The frame as one line of the text form (SPEC 6.1). */
export function frameLine(frame: DescribedFrame): string {
  const { requestId, streamId, streamFlags, type, flags, payload } = frame;
  return `${requestId} ${streamId} ${streamFlags} ${type} ${flags} ${payload}`;
}
