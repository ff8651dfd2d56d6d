import type { DialectName } from '../frame/frame-types.js';
import type { Dialect } from './dialect.js';
import { EXP_FRAMING_0002 } from './exp-framing-0002.js';
import { EXP_FRAMING_0003 } from './exp-framing-0003.js';
import { EXP_FRAMING_0005 } from './exp-framing-0005.js';
import { EXP_FRAMING_0006 } from './exp-framing-0006.js';
import { WIREMUX_1 } from './wiremux-1.js';

/** The dialects the reactors speak, newest first. */
export const DIALECTS: readonly Dialect[] = [
  WIREMUX_1,
  EXP_FRAMING_0006,
  EXP_FRAMING_0005,
  EXP_FRAMING_0003,
  EXP_FRAMING_0002,
];

/** The dialect of that name, which is also its WebSocket subprotocol token (SPEC 2.4). */
export function dialectByName(name: DialectName): Dialect;
export function dialectByName(name: string): Dialect | undefined;
export function dialectByName(name: string): Dialect | undefined {
  return DIALECTS.find((dialect) => dialect.name === name);
}

/** The newest enabled dialect among those offered (SPEC 2.5); undefined: refuse the handshake. */
export function selectDialect(offered: Iterable<string>, enabled: readonly Dialect[]): Dialect | undefined {
  const names = new Set(offered);
  return DIALECTS.find((dialect) => names.has(dialect.name) && enabled.includes(dialect));
}
