import type { ProgressUpdate } from '@wiremux/framing';
import { progressLine } from './progress-line.js';

/** The topics a command is at, one line each, in the order they began. */
export class ProgressLines {
  readonly #topics = new Map<string, ProgressUpdate>();

  update(update: ProgressUpdate): void {
    if (update.pos < 0) this.#topics.delete(update.topic);
    else this.#topics.set(update.topic, update);
  }

  get lines(): readonly string[] {
    return [...this.#topics.values()].map(progressLine);
  }
}
