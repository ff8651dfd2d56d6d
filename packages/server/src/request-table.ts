import { IdTable } from '@wiremux/framing';
import type { Run } from './run.js';

/**
 * The runs of a connection whose handlers have not stopped. An id finds the newest run that has it: a run that was left
 * behind may outlive its id, which then belongs to another request.
 */
export class RequestTable implements Iterable<Run> {
  readonly #byId = new IdTable<Run>();
  /** Those whose id belongs to another, once there were any. */
  #outlived: Set<Run> | undefined;

  get size(): number {
    return this.#byId.size + (this.#outlived?.size ?? 0);
  }

  get(id: number): Run | undefined {
    return this.#byId.get(id);
  }

  add(run: Run): void {
    const { id } = run;
    const before = this.#byId.get(id);
    if (before !== undefined) {
      this.#outlived ??= new Set();
      this.#outlived.add(before);
    }
    this.#byId.set(id, run);
  }

  remove(run: Run): void {
    const { id } = run;
    if (this.#byId.get(id) === run) this.#byId.delete(id);
    else this.#outlived?.delete(run);
  }

  *[Symbol.iterator](): Iterator<Run> {
    if (this.#outlived !== undefined) yield* this.#outlived;
    yield* this.#byId;
  }
}
