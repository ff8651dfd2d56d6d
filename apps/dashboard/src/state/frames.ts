import { peek, peekItems, peekNumber, peekText } from './peek.js';

/** A frame that passed on a connection, as `gateway.frames` tells it. */
export interface FrameRow {
  /** Counts the frames of the connection since it is watched. */
  readonly seq: number;
  /** Ms since the epoch. */
  readonly time: number;
  /** `in`: from the client. */
  readonly direction: string;
  readonly request: string;
  readonly stream: string;
  readonly streamFlags: string;
  readonly type: string;
  readonly flags: string;
  readonly command: string;
  readonly bytes: number;
  /** Bytes without the encoding; null where they are not known. */
  readonly plainBytes: number | null;
  readonly encoding: string;
  readonly payload: string;
  readonly values: readonly string[];
  readonly moreValues: number;
  /** How it broke a rule, and which; empty if it did not. */
  readonly problem: string;
  /** Why something of it is not shown. */
  readonly note: string;
}

/** One value of `gateway.frames`. */
export interface FrameBatch {
  readonly frames: readonly FrameRow[];
  readonly dropped: number;
  readonly missed: number;
  readonly closed: boolean;
}

/** Reads one value of `gateway.frames`; what is missing from it is left empty. */
export function readFrames(value: unknown): FrameBatch {
  return {
    frames: peekItems(value, ['frames']).map(readFrame),
    dropped: peekNumber(value, ['dropped']) ?? 0,
    missed: (peekNumber(value, ['missed', 'in']) ?? 0) + (peekNumber(value, ['missed', 'out']) ?? 0),
    closed: peek(value, ['closed']) === true,
  };
}

function readFrame(item: unknown): FrameRow {
  const rule = peekText(item, ['problem', 'rule']);
  return {
    seq: peekNumber(item, ['seq']) ?? 0,
    time: peekNumber(item, ['time']) ?? 0,
    direction: peekText(item, ['direction']),
    request: peekText(item, ['requestId']),
    stream: peekText(item, ['streamId']),
    streamFlags: peekText(item, ['streamFlags']),
    type: peekText(item, ['type']),
    flags: peekText(item, ['flags']),
    command: peekText(item, ['command']),
    bytes: peekNumber(item, ['bytes']) ?? 0,
    plainBytes: peekNumber(item, ['plainBytes']),
    encoding: peekText(item, ['encoding']),
    payload: peekText(item, ['payload']),
    values: peekItems(item, ['values']).filter((text) => typeof text === 'string'),
    moreValues: peekNumber(item, ['moreValues']) ?? 0,
    problem: rule === '' ? '' : `${peekText(item, ['problem', 'message'])} (SPEC ${rule})`,
    note: peekText(item, ['note']),
  };
}

/** Which frames to show; an empty text means all. */
export interface FrameFilter {
  readonly direction: string;
  readonly type: string;
  readonly request: string;
  readonly stream: string;
  /** Part of anything the frame says, whatever its case. */
  readonly text: string;
}

export const NO_FILTER: FrameFilter = { direction: '', type: '', request: '', stream: '', text: '' };

/** The frames the filter lets through. */
export function filterFrames(frames: readonly FrameRow[], filter: FrameFilter): readonly FrameRow[] {
  const text = filter.text.trim().toLowerCase();
  const request = filter.request.trim();
  const stream = filter.stream.trim();
  return frames.filter(
    (frame) =>
      (filter.direction === '' || frame.direction === filter.direction) &&
      (filter.type === '' || frame.type === filter.type) &&
      (request === '' || frame.request === request) &&
      (stream === '' || frame.stream === stream) &&
      (text === '' || textsOf(frame).some((part) => part.toLowerCase().includes(text))),
  );
}

function textsOf({ type, flags, streamFlags, command, payload, values, problem, note }: FrameRow): readonly string[] {
  return [type, flags, streamFlags, command, payload, ...values, problem, note];
}

/** A frame in the text form of the protocol, as tools read it. */
export function lineOf({ request, stream, streamFlags, type, flags, payload }: FrameRow): string {
  return `${request} ${stream} ${streamFlags} ${type} ${flags} ${payload}`;
}
