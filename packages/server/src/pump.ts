/** Where the values of an answer go. */
export interface AnswerSink {
  /**
   * Takes one value; false: wait for {@link Pump.writable} before the next. May stop the pump.
   * @param alone nothing is known to follow it in this turn: it need not wait for more
   */
  value(value: unknown, alone?: boolean): boolean;
  /** The source has stopped for good, by itself or as asked; called exactly once. */
  finished(failure?: Failure): void;
}

/** What a source threw, boxed, because it may throw anything, `undefined` included. */
export interface Failure {
  readonly thrown: unknown;
}

/** Moves the values of one source to its sink, at the sink's pace. */
export interface Pump {
  /** Begins. The sink may be called before this returns. */
  begin(): void;
  /** There is room for more values. */
  writable(): void;
  /** No more values are wanted: has the source clean up, then reports `finished`. Also instead of `begin`. */
  stop(): void;
}
