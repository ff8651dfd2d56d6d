import { updateTopics } from '@wiremux/client';
import type { ProgressUpdate } from '@wiremux/framing';
import { progressLine } from './progress-line.js';

/** The topics a command is at, one line each, in the order they began. */
export class ProgressLines {
  #topics: readonly ProgressUpdate[] = [];

  update(update: ProgressUpdate): void {
    this.#topics = updateTopics(this.#topics, update);
  }

  get lines(): readonly string[] {
    return this.#topics.map(progressLine);
  }
}
