import { writePortable } from '../cbor/index.js';
import { FLAGGED_ANSWERS } from '../message/bytes-answers.js';
import { PLAIN_ERRORS } from '../message/error-format.js';
import { CBOR_OUTPUT } from '../message/output-format.js';
import type { Dialect } from './dialect.js';
import { frameTable } from './frame-table.js';
import { MAP_REQUESTS } from './map-requests.js';
import { FrameType } from './types.js';

/** Requests as one map; answers of bytes, or of CBOR in frames that say so. */
export const EXP_FRAMING_0003: Dialect = {
  name: 'exp-framing-0003',
  mediaType: 'application/mercurial-exp-framing-0003',
  ...frameTable([
    [FrameType.Request, 0x1, [1, 2, 5, 6, 9, 10, 13, 14]],
    [FrameType.Data, 0x3, [1, 2]],
    [FrameType.Response, 0x4, [1, 2, 5, 6]],
    [FrameType.Error, 0x5, [1, 2]],
    [FrameType.Output, 0x6, [0]],
    [FrameType.Progress, 0x7, [0]],
    [FrameType.OldStreamSettings, 0x8, [0]],
  ]),
  extended: false,
  duplex: false,
  encodings: false,
  redirects: false,
  writeArgument: writePortable,
  textAsBytes: true,
  mapCut: 32_768,
  dataCut: 32_768,
  requests: MAP_REQUESTS,
  answers: FLAGGED_ANSWERS,
  errors: PLAIN_ERRORS,
  output: CBOR_OUTPUT,
};
