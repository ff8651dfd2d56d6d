import type { DialectName, TransportKind } from '@wiremux/client';
import type { TestMux } from '../support/aborts.js';

/**
 * What not every connection has: `extended`, the values, extras and error codes of wiremux.1; `cancel`, a way to stop a
 * command that runs; `duplex`, credit, proof of a stop, and answers while data is on its way.
 */
export type Feature = 'extended' | 'cancel' | 'duplex';

/** What a connection has, by what it travels over and the dialect it speaks. */
export function featuresOf(transport: TransportKind, dialect: DialectName): ReadonlySet<Feature> {
  const isExtended = dialect === 'wiremux.1';
  if (transport === 'websocket') return new Set(isExtended ? ['extended', 'cancel', 'duplex'] : []);
  return new Set(isExtended ? ['extended', 'cancel'] : ['cancel']);
}

/** What a client sees of one behaviour, over any transport, in Node or a browser. */
export interface ContractCase {
  /** Begins with the section of the SPEC it holds. */
  readonly title: string;
  /** What it rests on. */
  readonly needs?: Feature;
  /** `connect` opens a further connection to the same gateway. */
  run(mux: TestMux, connect: () => TestMux): Promise<unknown>;
  /** What `run` resolves with. */
  readonly expected: unknown;
}
