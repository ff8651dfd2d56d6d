import type { Dialect } from './dialect.js';
import { LEGAL_IN_WIREMUX_1 } from './types.js';

/** The full-duplex extension (SPEC 8). */
export const WIREMUX_1: Dialect = {
  name: 'wiremux.1',
  mediaType: 'application/vnd.wiremux.frames',
  legal: LEGAL_IN_WIREMUX_1,
  extended: true,
  duplex: true,
  argumentForm: 'text',
  mapCut: Number.POSITIVE_INFINITY,
  dataCut: Number.POSITIVE_INFINITY,
};
