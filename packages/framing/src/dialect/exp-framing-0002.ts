import { writePortable } from '../cbor/index.js';
import { BYTES_ANSWERS } from '../message/bytes-answers.js';
import { PLAIN_ERRORS } from '../message/error-format.js';
import { PACKED_OUTPUT } from '../message/packed-output.js';
import type { Dialect } from './dialect.js';
import { frameTable } from './frame-table.js';
import { NAMED_REQUESTS } from './named-requests.js';
import { FrameType } from './types.js';

/** The oldest version: requests in several kinds of frames, answers of bytes, packed text, no progress. */
export const EXP_FRAMING_0002: Dialect = {
  name: 'exp-framing-0002',
  mediaType: 'application/mercurial-exp-framing-0002',
  ...frameTable([
    [FrameType.CommandName, 0x1, [1, 2, 4, 6]],
    [FrameType.CommandArgument, 0x2, [0, 1, 2]],
    [FrameType.Data, 0x3, [1, 2]],
    [FrameType.Response, 0x4, [1, 2]],
    [FrameType.Error, 0x5, [1, 2]],
    [FrameType.Output, 0x6, [0]],
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
  requests: NAMED_REQUESTS,
  answers: BYTES_ANSWERS,
  errors: PLAIN_ERRORS,
  output: PACKED_OUTPUT,
};
