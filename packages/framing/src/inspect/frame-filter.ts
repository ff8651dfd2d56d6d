import type { DescribedFrame, Direction } from './described-frame.js';

/** Which frames to show: those for which every list that is not empty has theirs. */
export interface FrameFilter {
  readonly direction?: Direction | undefined;
  readonly requests?: readonly number[] | undefined;
  readonly streams?: readonly number[] | undefined;
  /** Names of frame types, or their numbers as text. */
  readonly types?: readonly string[] | undefined;
  readonly commands?: readonly string[] | undefined;
}

/** Whether the filter lets the frame through. */
export function matchesFilter(frame: DescribedFrame, filter: FrameFilter): boolean {
  const { direction, requests, streams, types, commands } = filter;
  return (
    (direction === undefined || frame.direction === direction) &&
    allows(requests, frame.requestId) &&
    allows(streams, frame.streamId) &&
    allows(types, frame.type) &&
    allows(commands, frame.command)
  );
}

function allows<T>(list: readonly T[] | undefined, item: T | undefined): boolean {
  return list === undefined || list.length === 0 || (item !== undefined && list.includes(item));
}
