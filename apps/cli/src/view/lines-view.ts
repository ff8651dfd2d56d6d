import type { DroppedValues } from '@wiremux/client';
import type { OutputAtom, ProgressUpdate } from '@wiremux/framing';
import type { Output } from '../io/output.js';
import type { RequestView } from '../request/run-request.js';
import { LiveRegion } from './live-region.js';
import { outputText } from './output-text.js';
import { jsonLine } from './printable.js';
import { ProgressLines } from './progress-lines.js';

/** Each value as a line on stdout; text, and progress where there is a terminal, on stderr. */
export class LinesView implements RequestView {
  readonly #stdout: Output;
  readonly #stderr: Output;
  readonly #quiet: boolean;
  readonly #progress = new ProgressLines();
  readonly #region: LiveRegion | undefined;

  constructor(stdout: Output, stderr: Output, quiet: boolean) {
    this.#stdout = stdout;
    this.#stderr = stderr;
    this.#quiet = quiet;
    if (!quiet && stderr.terminal !== undefined) this.#region = new LiveRegion(stderr.terminal);
  }

  value(value: unknown): Promise<void> {
    if (this.#stdout.terminal !== undefined) this.#region?.hide();
    return this.#stdout.line(jsonLine(value));
  }

  output(atoms: readonly OutputAtom[]): void {
    if (this.#quiet) return;
    this.#region?.hide();
    this.#stderr.note(outputText(atoms, this.#stderr.terminal));
  }

  progress(update: ProgressUpdate): void {
    this.#progress.update(update);
    this.#region?.show(() => this.#progress.lines);
  }

  dropped({ gateway, client }: DroppedValues): void {
    if (this.#quiet) return;
    this.#region?.hide();
    this.#stderr.note(`${gateway + client} values were left out: ${gateway} by the gateway, ${client} here.`);
  }

  /** Takes the progress off the terminal. */
  end(): void {
    this.#region?.end('clear');
  }
}
