import { ExitStatus } from '../exit-status.js';

const STATUS_OF = { SIGINT: ExitStatus.Interrupted, SIGTERM: ExitStatus.Terminated } as const;
type Signal = keyof typeof STATUS_OF;

/** Turns the first SIGINT or SIGTERM into an abort, so that work can end in order; a second one ends the process at once. */
export class Interrupt {
  readonly #controller = new AbortController();
  readonly #onSignal = (name: Signal): void => {
    if (this.#status !== undefined) process.exit(STATUS_OF[name]);
    this.#status = STATUS_OF[name];
    this.#controller.abort();
  };
  #status: ExitStatus | undefined;

  constructor() {
    for (const name of Object.keys(STATUS_OF)) process.on(name, this.#onSignal);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The exit status for the signal that arrived, if one did. */
  get status(): ExitStatus | undefined {
    return this.#status;
  }

  /** Leaves signals to what they do by default. */
  dispose(): void {
    for (const name of Object.keys(STATUS_OF)) process.off(name, this.#onSignal);
  }
}
