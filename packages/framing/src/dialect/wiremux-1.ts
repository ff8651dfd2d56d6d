import { writeValue } from '../cbor/index.js';
import { SEQUENCE_ANSWERS } from '../message/answer-format.js';
import { CODED_ERRORS } from '../message/error-format.js';
import { CBOR_OUTPUT } from '../message/output-format.js';
import type { Dialect } from './dialect.js';
import { frameTable } from './frame-table.js';
import { MAP_REQUESTS } from './map-requests.js';
import { FRAMES_OF_0006 } from './shared-frames.js';
import { FrameType } from './types.js';

/** `wiremux.1` without what takes two directions at once: credit, cancel, ack, ping, drain, requests of the server. */
const HALF_DUPLEX: Dialect = {
  name: 'wiremux.1',
  mediaType: 'application/vnd.wiremux.frames',
  ...frameTable(FRAMES_OF_0006),
  extended: true,
  duplex: false,
  encodings: true,
  redirects: true,
  writeArgument: writeValue,
  textAsBytes: false,
  mapCut: Number.POSITIVE_INFINITY,
  dataCut: Number.POSITIVE_INFINITY,
  requests: MAP_REQUESTS,
  answers: SEQUENCE_ANSWERS,
  errors: CODED_ERRORS,
  output: CBOR_OUTPUT,
};

/** The full-duplex extension (SPEC 8). */
export const WIREMUX_1: Dialect = {
  ...HALF_DUPLEX,
  ...frameTable([
    ...FRAMES_OF_0006,
    [FrameType.Credit, FrameType.Credit, [0]],
    [FrameType.Cancel, FrameType.Cancel, [0, 1]],
    [FrameType.Ack, FrameType.Ack, [0]],
    [FrameType.Ping, FrameType.Ping, [0, 1]],
    [FrameType.Drain, FrameType.Drain, [0]],
  ]),
  duplex: true,
  halfDuplex: HALF_DUPLEX,
};
