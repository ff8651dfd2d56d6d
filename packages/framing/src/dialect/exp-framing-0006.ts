import type { Dialect } from './dialect.js';
import { LEGAL_IN_0006 } from './types.js';

/** The historic protocol's last version: client requests, server answers, no credit and no cancel. */
export const EXP_FRAMING_0006: Dialect = {
  name: 'exp-framing-0006',
  mediaType: 'application/mercurial-exp-framing-0006',
  legal: LEGAL_IN_0006,
  extended: false,
  duplex: false,
  argumentForm: 'portable',
  mapCut: 32_768,
  dataCut: 32_768,
};
