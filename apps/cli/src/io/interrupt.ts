import { ExitStatus } from '../exit-status.js';

const STATUS_OF = { SIGINT: ExitStatus.Interrupted, SIGTERM: ExitStatus.Terminated } as const;
type Signal = keyof typeof STATUS_OF;

/** npx passes on the Ctrl-C that the terminal has sent already: what comes this soon after is the same one again. Ms. */
const REPEAT_WINDOW = 250;

/** Tells of the first SIGINT or SIGTERM, so that work can end in order; a second one ends the process at once. */
export class Interrupt {
  readonly #onSignal: (name: Signal) => void;
  #status: ExitStatus | undefined;
  #at = 0;

  constructor(onInterrupt: () => void) {
    this.#onSignal = (name) => {
      if (this.#status !== undefined) {
        if (performance.now() - this.#at < REPEAT_WINDOW) return;
        process.exit(STATUS_OF[name]);
      }
      this.#status = STATUS_OF[name];
      this.#at = performance.now();
      onInterrupt();
    };
    for (const name of Object.keys(STATUS_OF)) process.on(name, this.#onSignal);
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
