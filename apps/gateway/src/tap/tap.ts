import { type Clock, type EncodedValue, preEncoded, type WiremuxError } from '@wiremux/framing';
import type { DescribingThread, TapListener, TapPort } from './describing-thread.js';
import { Feed } from './feed.js';
import type { TapDescription } from './messages.js';
import type { TransportWatcher } from './tapped-transport.js';

/** What a {@link Tap} is made of. */
export interface TapOptions {
  readonly thread: DescribingThread;
  readonly description: Omit<TapDescription, 'tap'>;
  readonly clock: Pick<Clock, 'timer'>;
  /** Frames of the client that the connection has taken so far. */
  framesIn(): number;
}

/** One value of `gateway.frames`, encoded. */
interface Batch {
  readonly value: Uint8Array;
  readonly closed: boolean;
}

/** One viewer's view of one running connection: feeds a thread, and asks it for what it has described. */
export class Tap implements TapListener {
  readonly #clock: Pick<Clock, 'timer'>;
  readonly #port: TapPort;
  readonly #feed: Feed;
  #batch: Batch | undefined;
  #failure: WiremuxError | undefined;
  #wake: () => void = () => undefined;

  constructor(options: TapOptions) {
    const { thread, description, clock } = options;
    this.#clock = clock;
    const port = thread.open(description, this);
    this.#port = port;
    this.#feed = new Feed({
      clock,
      framesIn: () => options.framesIn(),
      send: (batch) => port.send(batch),
      ended: () => port.end(),
    });
  }

  /** Is to be told what passes the connection. */
  get watcher(): TransportWatcher {
    return this.#feed;
  }

  described(bytes: number): void {
    this.#feed.described(bytes);
  }

  frames(value: Uint8Array, closed: boolean): void {
    this.#batch = { value, closed };
    this.#wake();
  }

  failed(error: WiremuxError): void {
    this.#failure = error;
    this.#feed.close();
    this.#wake();
  }

  /**
   * Values of `gateway.frames`, at least `every` ms apart, the first at once; ends after the connection, or when `signal`
   * aborts.
   * @throws {WiremuxError} `internal` if the thread has failed
   */
  async *batches(every: number, signal: AbortSignal): AsyncGenerator<EncodedValue, void, undefined> {
    while (!signal.aborted) {
      const batch = await this.#take(signal);
      if (batch === undefined) return;
      yield preEncoded(batch.value);
      if (batch.closed) return;
      await waitFor(signal, (done) => this.#clock.timer(every, done));
    }
  }

  /** Forgets everything. */
  close(): void {
    this.#feed.close();
    this.#port.close();
  }

  async #take(signal: AbortSignal): Promise<Batch | undefined> {
    if (this.#failure === undefined) {
      this.#port.take();
      await waitFor(signal, (done) => {
        this.#wake = done;
        return () => undefined;
      });
    }
    return this.#taken();
  }

  #taken(): Batch | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    const batch = this.#batch;
    this.#batch = undefined;
    return batch;
  }
}

/** Until the callback is called that `begin` is given, or `signal` aborts; then what `begin` has begun is undone. */
function waitFor(signal: AbortSignal, begin: (done: () => void) => () => void): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      undo();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const undo = begin(end);
    signal.addEventListener('abort', end);
  });
}
