import { Random } from '../../packages/framing/test/model/random.js';
import type { Fault, HappenedFault, Heading, PlannedFault } from './faults.js';

/** The faults of each connection, by its number. */
export type Plan = (connection: number) => readonly PlannedFault[];

/** How often which fault comes. */
export interface Weather {
  /** Bytes between two faults of a direction, on average. */
  readonly every: number;
  /** How likely each kind is beside the others. */
  readonly weights: Readonly<Partial<Record<Fault['kind'], number>>>;
  /** The longest stall and delay, ms. */
  readonly longest: number;
  /**
   * Bytes that every third connection passes each way before its first fault; and it is never cut, which can lose all that
   * passed, but only ends. Default 0: no connection is spared. A session of which nothing goes forward on three connections
   * running ends (SPEC 8.8.10).
   */
  readonly respite?: number;
}

/** Faults that a connection has at most, each way: past them it is left alone. */
const MOST = 64;

/** A network without faults. */
export const CALM: Plan = () => [];

/** Faults drawn from `seed`: the same for the same connection, however the others fare. */
export function seededPlan(seed: number, weather: Weather): Plan {
  return (connection) => {
    const random = new Random(seed * 1_000_003 + connection);
    const { respite = 0 } = weather;
    const isSpared = respite > 0 && connection % 3 === 2;
    const drawn = isSpared ? { ...weather, weights: { ...weather.weights, cut: 0 } } : weather;
    const from = isSpared ? respite : 0;
    return [...drawFaults('up', from, random, drawn), ...drawFaults('down', from, random, drawn)];
  };
}

/** What has happened before, again. */
export function replayPlan(happened: readonly HappenedFault[]): Plan {
  return (connection) => happened.filter((fault) => fault.connection === connection);
}

function* drawFaults(
  heading: Heading,
  from: number,
  random: Random,
  { every, weights, longest }: Weather,
): Generator<PlannedFault> {
  const kinds = Object.entries(weights).flatMap(([kind, weight]) => Array<string>(weight).fill(kind));
  if (kinds.length === 0) return;
  let at = from;
  for (let count = 0; count < MOST; count += 1) {
    // Exponential: faults come in bunches and leave long gaps, as they do.
    at += Math.floor(-Math.log(1 - random.next()) * every);
    yield { heading, at, fault: drawFault(random.pick(kinds) as Fault['kind'], random, longest) };
  }
}

function drawFault(kind: Fault['kind'], random: Random, longest: number): Fault {
  switch (kind) {
    case 'stall':
    case 'delay':
      return { kind, ms: random.integer(0, longest) };
    case 'throttle':
      return { kind, bytes: random.integer(1_000, 100_000), rate: random.integer(100_000, 10_000_000) };
    default:
      return { kind };
  }
}
