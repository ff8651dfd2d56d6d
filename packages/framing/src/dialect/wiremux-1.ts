import { CODED_ERRORS } from '../message/error-format.js';
import type { Dialect } from './dialect.js';
import { EXP_FRAMING_0006, FRAMES_OF_0006 } from './exp-framing-0006.js';
import { frameTable } from './frame-table.js';
import { FrameType } from './types.js';

/** The full-duplex extension (SPEC 8). */
export const WIREMUX_1: Dialect = {
  ...EXP_FRAMING_0006,
  name: 'wiremux.1',
  mediaType: 'application/vnd.wiremux.frames',
  ...frameTable([
    ...FRAMES_OF_0006,
    [FrameType.Credit, FrameType.Credit, [0]],
    [FrameType.Cancel, FrameType.Cancel, [0, 1]],
    [FrameType.Ack, FrameType.Ack, [0]],
    [FrameType.Ping, FrameType.Ping, [0, 1]],
    [FrameType.Drain, FrameType.Drain, [0]],
  ]),
  extended: true,
  duplex: true,
  argumentForm: 'text',
  mapCut: Number.POSITIVE_INFINITY,
  dataCut: Number.POSITIVE_INFINITY,
  errors: CODED_ERRORS,
};
