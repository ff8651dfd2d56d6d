import { WiremuxError } from '../errors.js';

/**
 * What becomes of the values of an answer that come faster than they are taken (SPEC 8.11.16): the command waits
 * (`block`), the oldest are dropped (`latest`, of which one is kept, and `drop`), or the request ends (`fail`).
 */
export type SlowMode = 'block' | 'latest' | 'drop' | 'fail';

/** How many values may wait at each end, where the command does not (SPEC 8.11.17, 8.11.18). */
export interface SlowPolicy {
  /** Past `keep` the request ends with `slow-reader`; else the oldest goes. */
  readonly fails: boolean;
  /** 1 to 65,536. */
  readonly keep: number;
}

const MODES: ReadonlySet<string> = new Set<SlowMode>(['block', 'latest', 'drop', 'fail']);
const DEFAULT_KEEP = 1_024;

/** The most values that a request may have kept (SPEC 8.11.16). */
export const MAX_KEEP = 65_536;
/** Credit that an answer begins with whose command does not wait, bytes (SPEC 8.11.22). */
export const SLOW_CREDIT = 16_384;
/** The topic of progress under which an answerer tells how many values it has dropped (SPEC 8.11.21). */
export const DROPPED_TOPIC = 'wiremux.dropped';

export function isSlowMode(text: string | undefined): text is SlowMode {
  return text !== undefined && MODES.has(text);
}

/**
 * What a request asks for; undefined: its command waits.
 * @throws {WiremuxError} `bad-arguments` for a mode that is none, and a `keep` out of its range
 */
export function slowPolicy(slow?: SlowMode, keep?: number): SlowPolicy | undefined {
  if (slow === undefined && keep === undefined) return undefined;
  if (slow !== undefined && !isSlowMode(slow)) {
    throw new WiremuxError('bad-arguments', `\`slow\` is "${String(slow)}"; use block, latest, drop or fail.`);
  }
  if (keep !== undefined && !(Number.isInteger(keep) && keep >= 1 && keep <= MAX_KEEP)) {
    throw new WiremuxError('bad-arguments', `\`keep\` is ${keep}; use a whole number from 1 to ${MAX_KEEP}.`);
  }
  if (slow === undefined || slow === 'block') return undefined;
  return { fails: slow === 'fail', keep: keep ?? (slow === 'latest' ? 1 : DEFAULT_KEEP) };
}

/** What a request ends with whose consumer took too little, where it asked for that. */
export function tooSlow(keep: number): WiremuxError {
  return new WiremuxError('slow-reader', `More than ${keep} values of the answer wait for their reader.`);
}
