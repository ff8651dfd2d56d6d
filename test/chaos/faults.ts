/** From the client to the gateway, or back. */
export type Heading = 'up' | 'down';

/** What the network does to a connection, all of it in one direction unless it says otherwise. Nothing overtakes anything. */
export type Fault =
  /** Both directions end at once, with a reset where the system sends one: what was on its way may be lost. */
  | { readonly kind: 'cut' }
  /** This direction ends in order; the other goes on. */
  | { readonly kind: 'end' }
  /** From here on what is sent vanishes, and nobody is told: the connection is half open. */
  | { readonly kind: 'swallow' }
  /** The same in both directions. */
  | { readonly kind: 'vanish' }
  /** Nothing moves for so many ms. */
  | { readonly kind: 'stall'; readonly ms: number }
  /** From here on everything takes so many ms longer. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** The next `bytes` go at `rate` bytes a second. */
  | { readonly kind: 'throttle'; readonly bytes: number; readonly rate: number };

/** A fault, and when it comes: once `at` bytes have gone that way over that connection. */
export interface PlannedFault {
  readonly heading: Heading;
  readonly at: number;
  readonly fault: Fault;
}

/** A fault that has come. */
export interface HappenedFault extends PlannedFault {
  /** The connections through the proxy are counted from 0, as they are opened. */
  readonly connection: number;
  /** Since the proxy was started, ms. */
  readonly after: number;
}

/** One line for people, which {@link parseHappened} reads again. */
export function printHappened({ connection, heading, at, fault, after }: HappenedFault): string {
  return `connection ${connection} ${heading} byte ${at} ${JSON.stringify(fault)} after ${Math.round(after)} ms`;
}

const LINE = /^connection (\d+) (up|down) byte (\d+) (\{.*\}) after (\d+) ms$/;

/** @throws SyntaxError for what is no such line */
export function parseHappened(line: string): HappenedFault {
  const [, connection, heading, at, fault, after] = LINE.exec(line.trim()) ?? [];
  if (fault === undefined) throw new SyntaxError(`This is no line of a chaos log: ${line}`);
  return {
    connection: Number(connection),
    heading: heading as Heading,
    at: Number(at),
    fault: JSON.parse(fault) as Fault,
    after: Number(after),
  };
}
