import type { FrameRow } from './frame-table.js';
import { FrameType } from './types.js';

/** The frames of requests and answers as they have been since `exp-framing-0005`. */
export const REQUEST_FRAMES: readonly FrameRow[] = [
  [FrameType.Request, FrameType.Request, [1, 2, 5, 6, 9, 10, 13, 14]],
  [FrameType.Data, FrameType.Data, [1, 2]],
  [FrameType.Response, FrameType.Response, [1, 2]],
  [FrameType.Error, FrameType.Error, [0]],
  [FrameType.Output, FrameType.Output, [0]],
  [FrameType.Progress, FrameType.Progress, [0]],
];

/** The frames of `exp-framing-0006`, all of which `wiremux.1` has too. */
export const FRAMES_OF_0006: readonly FrameRow[] = [
  ...REQUEST_FRAMES,
  [FrameType.SenderSettings, FrameType.SenderSettings, [1, 2]],
  [FrameType.StreamSettings, FrameType.StreamSettings, [1, 2]],
];
