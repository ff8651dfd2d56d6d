import {
  type Clock,
  ConnectionFollower,
  type ContentCodec,
  type ContextBudget,
  type DescribedFrame,
  type DialectName,
  type Direction,
  type FrameFilter,
  type KnownRequest,
  matchesFilter,
} from '@wiremux/framing';
import { Backlog } from './backlog.js';
import { FrameQueue, type TapFrame } from './frame-queue.js';
import type { TransportWatcher } from './tapped-transport.js';

/** Of each period, ms, so much goes at most into describing frames: the rest is the connections'. */
const WORK_TIME = 2;
const REST_TIME = 18;
/** Bytes described between two looks at the clock: a dozen of the smallest frames. */
const STEP = 512;
/** Bytes shown of each payload. */
const PAYLOAD_SHOWN = 256;
const VALUE_BYTES = 8_192;

/** What a viewer gets at a time. */
export interface TapBatch {
  readonly frames: readonly TapFrame[];
  /** Frames left out so far because the viewer took them too slowly. */
  readonly dropped: number;
  /** Bytes so far that went by too fast to be looked at, or in which no frame could be told to begin. */
  readonly missed: { readonly in: number; readonly out: number };
  /** The connection is gone: nothing follows. */
  readonly closed: boolean;
}

/** What a {@link Tap} watches. */
export interface TapOptions {
  readonly dialect: DialectName;
  readonly codecs: readonly ContentCodec[];
  /** The contexts it may take for them. */
  readonly contexts: ContextBudget;
  /** Requests that are open already. */
  readonly known: readonly KnownRequest[];
  readonly filter: FrameFilter;
  readonly clock: Clock;
  /** Frames that exist only because somebody taps: to show them would make more of them, without end. */
  isOwn(frame: DescribedFrame): boolean;
}

/** One viewer's view of one running connection. What passes is kept at once and described later, in time left over. */
export class Tap implements TransportWatcher {
  readonly #options: TapOptions;
  readonly #follower: ConnectionFollower;
  readonly #backlog = new Backlog();
  readonly #queue = new FrameQueue();
  #isWorking = false;
  /** When describing stops for a while, by the clock, ms. */
  #restAt = 0;
  #connectionClosed = false;
  #closed = false;
  #told = { dropped: 0, missed: 0 };
  #wake: () => void = () => undefined;

  constructor(options: TapOptions) {
    this.#options = options;
    const { dialect, codecs, contexts, known, filter } = options;
    this.#follower = new ConnectionFollower({
      dialect,
      codecs,
      contexts,
      known,
      fromStart: false,
      payloadShown: PAYLOAD_SHOWN,
      valueBytes: VALUE_BYTES,
      onFrame: (frame) => {
        if (options.isOwn(frame) || !matchesFilter(frame, filter)) return;
        this.#queue.add(frame);
        this.#wake();
      },
    });
  }

  passed(direction: Direction, chunks: readonly Uint8Array[]): void {
    this.#backlog.add(direction, chunks, Date.now());
    if (this.#isWorking) return;
    this.#isWorking = true;
    this.#options.clock.defer(() => void this.#work());
  }

  closed(): void {
    this.#connectionClosed = true;
    this.#wake();
  }

  /** Batches at least `every` ms apart, the first at once; ends after the connection, or when `signal` aborts. */
  async *batches(every: number, signal: AbortSignal): AsyncGenerator<TapBatch, void, undefined> {
    const wake = (): void => this.#wake();
    signal.addEventListener('abort', wake);
    try {
      for (;;) {
        const batch = this.#take();
        yield batch;
        if (batch.closed || signal.aborted) return;
        await this.#pause(every, signal);
        await this.#untilNews(signal);
        if (signal.aborted) return;
      }
    } finally {
      signal.removeEventListener('abort', wake);
    }
  }

  /** Forgets everything. */
  close(): void {
    this.#closed = true;
    this.#backlog.clear();
    this.#follower.close();
  }

  #take(): TapBatch {
    const { dropped } = this.#queue;
    const missed = this.#missed();
    this.#told = { dropped, missed: missed.in + missed.out };
    const frames = this.#queue.takeAll();
    return { frames, dropped, missed, closed: this.#isOver };
  }

  /** All that passed before the connection closed has been described. */
  get #isOver(): boolean {
    return this.#connectionClosed && !this.#isWorking;
  }

  #missed(): { in: number; out: number } {
    const { missed } = this.#backlog;
    return {
      in: missed.in + this.#follower.passedOver('in'),
      out: missed.out + this.#follower.passedOver('out'),
    };
  }

  get #hasNews(): boolean {
    const missed = this.#missed();
    return this.#queue.length > 0 || this.#isOver || missed.in + missed.out > this.#told.missed;
  }

  async #untilNews(signal: AbortSignal): Promise<void> {
    while (!this.#hasNews && !signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const stop = this.#options.clock.timer(ms, () => {
        signal.removeEventListener('abort', end);
        resolve();
      });
      const end = (): void => {
        stop();
        resolve();
      };
      signal.addEventListener('abort', end, { once: true });
    });
  }

  async #work(): Promise<void> {
    const { clock } = this.#options;
    this.#restAt = clock.now() + WORK_TIME;
    for (let entry = this.#backlog.take(); entry !== undefined; entry = this.#backlog.take()) {
      if (entry.kind === 'bytes') await this.#look(entry.direction, entry.bytes, entry.time);
      else this.#follower.gap(entry.direction);
      if (this.#closed) return;
    }
    this.#isWorking = false;
    this.#wake();
  }

  async #look(direction: Direction, bytes: Uint8Array, time: number): Promise<void> {
    const { clock } = this.#options;
    // Where frames begin shows in whole messages only.
    const step = this.#follower.isInStep(direction) ? STEP : bytes.length;
    for (let at = 0; at < bytes.length && !this.#closed; at += step) {
      const decoding = this.#follower.receive(direction, bytes.subarray(at, at + step), time);
      if (decoding !== undefined) await decoding;
      if (clock.now() < this.#restAt) continue;
      await new Promise<void>((resolve) => {
        clock.timer(REST_TIME, resolve);
      });
      this.#restAt = clock.now() + WORK_TIME;
    }
  }
}
