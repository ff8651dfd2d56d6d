import type { Direction, Transport, TransportHandlers } from '@wiremux/framing';

/** Is told what passes a {@link TappedTransport}, on the connection's own turn: it must be quick, and not throw. */
export interface TransportWatcher {
  /** Bytes passed. Those that went `out` never change; those that came `in` are the connection's after the call. */
  passed(direction: Direction, chunks: readonly Uint8Array[]): void;
  /** Nothing more passes. */
  closed(): void;
}

/** A transport that can be watched. While nobody does, that costs one look at a field for each message. */
export class TappedTransport implements Transport, TransportHandlers {
  readonly finish?: () => void;
  readonly #inner: Transport;
  #handlers: TransportHandlers | undefined;
  #watchers: readonly TransportWatcher[] | undefined;

  constructor(inner: Transport) {
    this.#inner = inner;
    if (inner.finish !== undefined) this.finish = () => inner.finish?.();
  }

  /** Tells the watcher of all that passes from now on; the result ends that. */
  watch(watcher: TransportWatcher): () => void {
    this.#watchers = [...(this.#watchers ?? []), watcher];
    return () => {
      const others = this.#watchers?.filter((other) => other !== watcher) ?? [];
      this.#watchers = others.length === 0 ? undefined : others;
    };
  }

  start(handlers: TransportHandlers): void {
    this.#handlers = handlers;
    this.#inner.start(this);
  }

  bytes(chunk: Uint8Array): void {
    if (this.#watchers !== undefined) this.#tell('in', [chunk]);
    this.#handlers?.bytes(chunk);
  }

  drain(): void {
    this.#handlers?.drain();
  }

  ended(): void {
    this.#handlers?.ended?.();
  }

  closed(code: number, reason: string): void {
    for (const watcher of this.#watchers ?? []) watcher.closed();
    this.#handlers?.closed(code, reason);
  }

  send(chunks: readonly Uint8Array[]): void {
    if (this.#watchers !== undefined) this.#tell('out', chunks);
    this.#inner.send(chunks);
  }

  get bufferedBytes(): number {
    return this.#inner.bufferedBytes;
  }

  pause(): void {
    this.#inner.pause();
  }

  resume(): void {
    this.#inner.resume();
  }

  close(code: number, reason: string): void {
    this.#inner.close(code, reason);
  }

  terminate(): void {
    this.#inner.terminate();
  }

  #tell(direction: Direction, chunks: readonly Uint8Array[]): void {
    for (const watcher of this.#watchers ?? []) watcher.passed(direction, chunks);
  }
}
