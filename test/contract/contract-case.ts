import type { TestMux } from '../support/aborts.js';

/** What a client sees of one behaviour, over any transport, in Node or a browser. */
export interface ContractCase {
  /** Begins with the section of the SPEC it holds. */
  readonly title: string;
  /** Whether it rests on what wiremux.1 adds (SPEC 8): cancel, credit, error codes. */
  readonly duplex: boolean;
  /** `connect` opens a further connection to the same gateway. */
  run(mux: TestMux, connect: () => TestMux): Promise<unknown>;
  /** What `run` resolves with. */
  readonly expected: unknown;
}
