import type { OutputAtom, ProgressUpdate } from '@wiremux/framing';
import type { Output } from '../io/output.js';
import type { RequestView } from '../request/run-request.js';
import { LiveRegion } from './live-region.js';
import { outputText } from './output-text.js';
import { prettyJson } from './printable.js';
import { ProgressLines } from './progress-lines.js';

/** How often the age of the value is told anew, ms. */
const AGE_INTERVAL = 1_000;

/** The newest value in place on a terminal, under a line that says what it is and how old. */
export class NewestView implements RequestView {
  readonly #command: string;
  readonly #stderr: Output;
  readonly #quiet: boolean;
  readonly #region: LiveRegion;
  readonly #progress = new ProgressLines();
  readonly #ticking: NodeJS.Timeout;
  #count = 0;
  #newest: unknown;
  /** When the newest came, ms on the monotonic clock. */
  #came = 0;

  constructor(command: string, terminal: NodeJS.WriteStream, stderr: Output, quiet: boolean) {
    this.#command = command;
    this.#stderr = stderr;
    this.#quiet = quiet;
    this.#region = new LiveRegion(terminal);
    this.#ticking = setInterval(() => this.#show(), AGE_INTERVAL);
    this.#show();
  }

  value(value: unknown): Promise<void> {
    this.#count += 1;
    this.#newest = value;
    this.#came = performance.now();
    this.#show();
    return Promise.resolve();
  }

  output(atoms: readonly OutputAtom[]): void {
    if (this.#quiet) return;
    if (this.#stderr.terminal !== undefined) this.#region.hide();
    this.#stderr.note(outputText(atoms, this.#stderr.terminal));
  }

  progress(update: ProgressUpdate): void {
    if (this.#quiet) return;
    this.#progress.update(update);
    this.#show();
  }

  /** Leaves the newest value where it is. */
  end(): void {
    clearInterval(this.#ticking);
    this.#region.end('keep');
  }

  #show(): void {
    this.#region.show(() => [
      headerLine(this.#command, this.#count, performance.now() - this.#came),
      ...(this.#count === 0 ? [] : prettyJson(this.#newest, this.#region.columns - 1).split('\n')),
      ...this.#progress.lines,
    ]);
  }
}

/** What is watched, how many values came, and how long ago the last one did. */
export function headerLine(command: string, count: number, age: number): string {
  if (count === 0) return `${command}: waiting for its first value`;
  const values = count === 1 ? '1 value' : `${count.toLocaleString('en')} values`;
  return `${command}: ${values}, the last one ${age < 1_000 ? 'just now' : `${Math.floor(age / 1_000)} s ago`}`;
}
