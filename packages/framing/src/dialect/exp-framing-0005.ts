import { SEQUENCE_ANSWERS } from '../message/answer-format.js';
import { MAP_ERRORS } from '../message/error-format.js';
import { CBOR_OUTPUT } from '../message/output-format.js';
import type { Dialect } from './dialect.js';
import { type FrameRow, frameTable } from './frame-table.js';
import { MAP_REQUESTS } from './map-requests.js';
import { FrameType } from './types.js';

/** The frames of requests and answers as they have been since. */
export const REQUEST_FRAMES: readonly FrameRow[] = [
  [FrameType.Request, FrameType.Request, [1, 2, 5, 6, 9, 10, 13, 14]],
  [FrameType.Data, FrameType.Data, [1, 2]],
  [FrameType.Response, FrameType.Response, [1, 2]],
  [FrameType.Error, FrameType.Error, [0]],
  [FrameType.Output, FrameType.Output, [0]],
  [FrameType.Progress, FrameType.Progress, [0]],
];

/** Answers with a status map, errors as maps; no settings yet. */
export const EXP_FRAMING_0005: Dialect = {
  name: 'exp-framing-0005',
  mediaType: 'application/mercurial-exp-framing-0005',
  ...frameTable([...REQUEST_FRAMES, [FrameType.OldStreamSettings, 0x8, [0]]]),
  extended: false,
  duplex: false,
  encodings: false,
  redirects: false,
  argumentForm: 'portable',
  mapCut: 32_768,
  dataCut: 32_768,
  requests: MAP_REQUESTS,
  answers: SEQUENCE_ANSWERS,
  errors: MAP_ERRORS,
  output: CBOR_OUTPUT,
};
