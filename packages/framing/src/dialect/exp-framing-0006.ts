import type { Dialect } from './dialect.js';
import { EXP_FRAMING_0005, REQUEST_FRAMES } from './exp-framing-0005.js';
import { type FrameRow, frameTable } from './frame-table.js';
import { FrameType } from './types.js';

/** The frames of `exp-framing-0006`, all of which `wiremux.1` has too. */
export const FRAMES_OF_0006: readonly FrameRow[] = [
  ...REQUEST_FRAMES,
  [FrameType.SenderSettings, FrameType.SenderSettings, [1, 2]],
  [FrameType.StreamSettings, FrameType.StreamSettings, [1, 2]],
];

/** The historic protocol's last version: settings, encodings and redirects; no credit and no cancel. */
export const EXP_FRAMING_0006: Dialect = {
  ...EXP_FRAMING_0005,
  name: 'exp-framing-0006',
  mediaType: 'application/mercurial-exp-framing-0006',
  ...frameTable(FRAMES_OF_0006),
  encodings: true,
  redirects: true,
};
