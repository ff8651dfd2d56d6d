import { writePortable } from '../cbor/index.js';
import { SEQUENCE_ANSWERS } from '../message/answer-format.js';
import { MAP_ERRORS } from '../message/error-format.js';
import { CBOR_OUTPUT } from '../message/output-format.js';
import type { Dialect } from './dialect.js';
import { frameTable } from './frame-table.js';
import { MAP_REQUESTS } from './map-requests.js';
import { REQUEST_FRAMES } from './shared-frames.js';
import { FrameType } from './types.js';

/** Answers with a status map, errors as maps; no settings yet. */
export const EXP_FRAMING_0005: Dialect = {
  name: 'exp-framing-0005',
  mediaType: 'application/mercurial-exp-framing-0005',
  ...frameTable([...REQUEST_FRAMES, [FrameType.OldStreamSettings, 0x8, [0]]]),
  extended: false,
  duplex: false,
  encodings: false,
  redirects: false,
  writeArgument: writePortable,
  textAsBytes: true,
  mapCut: 32_768,
  dataCut: 32_768,
  requests: MAP_REQUESTS,
  answers: SEQUENCE_ANSWERS,
  errors: MAP_ERRORS,
  output: CBOR_OUTPUT,
};
