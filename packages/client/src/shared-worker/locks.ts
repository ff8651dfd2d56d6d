/** The part of the Web Locks API that is used. Browsers have it in secure contexts only. */
export interface Locks {
  request(
    name: string,
    options: { readonly signal?: AbortSignal },
    callback: () => Promise<void> | void,
  ): Promise<unknown>;
}

/** A lock that is held. */
export interface HeldLock {
  readonly name: string;
  release(): void;
}

/**
 * Holds a lock of its own until it is released or the page or worker is gone: browsers free it however that happens, which is how
 * others learn of a crash. Undefined where there are no locks.
 */
export async function holdLock(locks: Locks | undefined): Promise<HeldLock | undefined> {
  if (locks === undefined) return undefined;
  const name = `wiremux-${[...crypto.getRandomValues(new Uint32Array(4))].join('-')}`;
  return new Promise((resolve) => {
    const held = (): Promise<void> =>
      new Promise((release) => {
        resolve({ name, release });
      });
    // It is refused to a page that is going away, which needs none.
    locks.request(name, {}, held).catch(() => resolve(undefined));
  });
}

/** Calls back once the lock of that name is free; the result takes that back. */
export function whenFree(locks: Locks | undefined, name: string | undefined, callback: () => void): () => void {
  if (locks === undefined || name === undefined) return () => undefined;
  const abort = new AbortController();
  // Aborted, the request rejects.
  locks.request(name, { signal: abort.signal }, callback).catch(() => undefined);
  return () => abort.abort();
}
