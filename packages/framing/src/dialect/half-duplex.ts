import type { Dialect } from './dialect.js';
import { EXP_FRAMING_0006 } from './exp-framing-0006.js';
import { WIREMUX_1 } from './wiremux-1.js';

/** `wiremux.1` without what takes two directions at once: credit, cancel, ack, ping, drain, requests of the server. */
const WIREMUX_1_HALF_DUPLEX: Dialect = { ...WIREMUX_1, legal: EXP_FRAMING_0006.legal, duplex: false };

/** A dialect as it is spoken where input ends before output begins (SPEC 7.6); its name stays. */
export function halfDuplexOf(dialect: Dialect): Dialect {
  return dialect.duplex ? WIREMUX_1_HALF_DUPLEX : dialect;
}
