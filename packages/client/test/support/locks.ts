import type { Locks } from '../../src/shared-worker/locks.js';

/** Web Locks in memory, each held by one at a time. */
export class MemoryLocks implements Locks {
  readonly #queues = new Map<string, (() => void)[]>();
  /** Names that were asked for, in order. */
  readonly asked: string[] = [];
  /** Refuses every request while it is set. */
  refusal: Error | undefined;

  request(name: string, { signal }: { readonly signal?: AbortSignal }, callback: () => Promise<void> | void) {
    this.asked.push(name);
    if (this.refusal !== undefined) return Promise.reject(this.refusal);
    return new Promise<void>((resolve, reject) => {
      const begin = (): void => {
        Promise.resolve(callback()).then(() => {
          this.free(name);
          resolve();
        }, reject);
      };
      const queue = this.#queues.get(name);
      if (queue === undefined) {
        this.#queues.set(name, []);
        begin();
        return;
      }
      queue.push(begin);
      signal?.addEventListener('abort', () => {
        const at = queue.indexOf(begin);
        if (at < 0) return;
        queue.splice(at, 1);
        reject(signal.reason as Error);
      });
    });
  }

  /** How many wait for that lock; undefined: nobody holds it. */
  waiting(name: string): number | undefined {
    return this.#queues.get(name)?.length;
  }

  /** Its holder is gone. */
  free(name: string): void {
    const next = this.#queues.get(name)?.shift();
    if (next === undefined) this.#queues.delete(name);
    else next();
  }
}
