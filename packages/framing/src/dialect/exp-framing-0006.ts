import type { Dialect } from './dialect.js';
import { EXP_FRAMING_0005 } from './exp-framing-0005.js';
import { frameTable } from './frame-table.js';
import { FRAMES_OF_0006 } from './shared-frames.js';

/** The historic protocol's last version: settings, encodings and redirects; no credit and no cancel. */
export const EXP_FRAMING_0006: Dialect = {
  ...EXP_FRAMING_0005,
  name: 'exp-framing-0006',
  mediaType: 'application/mercurial-exp-framing-0006',
  ...frameTable(FRAMES_OF_0006),
  encodings: true,
  redirects: true,
};
