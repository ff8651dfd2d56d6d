import type { Peer } from '../../src/index.js';
import type { Random } from '../model/random.js';

/** One request an application has opened. */
export interface Opened {
  /** Plain bytes of each value not yet taken. */
  readonly untaken: number[];
  over: boolean;
}

/** One request an application answers. */
export interface Answered {
  readonly untaken: number[];
  cancelled: boolean;
}

/** What an application knows of its peer. */
export interface Application {
  readonly peer: Peer;
  readonly random: Random;
  readonly opened: Map<number, Opened>;
  readonly answered: Map<number, Answered>;
  /** What went wrong, for the test to show. */
  readonly problems: string[];
  now: number;
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
