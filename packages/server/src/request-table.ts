import type { Run } from './run.js';

/**
 * The runs of a connection whose handlers have not stopped. An id finds the newest run that has it: a run that was left
 * behind may outlive its id, which then belongs to another request.
 */
export class RequestTable implements Iterable<Run> {
  readonly #byId = new Map<number, Run>();
  readonly #all = new Set<Run>();

  get size(): number {
    return this.#all.size;
  }

  get(id: number): Run | undefined {
    return this.#byId.get(id);
  }

  add(run: Run): void {
    this.#byId.set(run.facts.id, run);
    this.#all.add(run);
  }

  remove(run: Run): void {
    this.#all.delete(run);
    if (this.#byId.get(run.facts.id) === run) this.#byId.delete(run.facts.id);
  }

  [Symbol.iterator](): Iterator<Run> {
    return this.#all.values();
  }
}
