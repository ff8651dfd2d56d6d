import { type ContentCodec, ContextBudget, type DescribedFrame } from '@wiremux/framing';
import type { FromThread, TapDescription, ToThread } from '../messages.js';
import { Describer } from './describer.js';

/** Decoding contexts of all taps together: each holds up to the window of its encoding, 8 MiB at most. */
const MOST_CONTEXTS = 32;
/** How long it describes frames at a time, ms; then it rests nine times as long: a tenth of a core for all taps. */
const WORK_TIME = 2;
const REST_FACTOR = 9;
/** On a busy machine most of the time that work took was not its own. */
const MOST_REST = 50;

/** What the thread needs of where it runs. */
export interface ThreadHost {
  readonly codecs: readonly ContentCodec[];
  post(message: FromThread, transfer: readonly ArrayBuffer[]): void;
  /** Milliseconds of a clock that only goes forward. */
  now(): number;
  rest(ms: number): Promise<void>;
}

/** A batch to be described; without one, the end of a connection. */
type Work = { readonly describer: Describer; readonly batch: Uint8Array | undefined };

/** The taps of a gateway, as the thread sees them: describes what each is told, in the order in which it came. */
export class Describing {
  readonly #host: ThreadHost;
  readonly #contexts = new ContextBudget(MOST_CONTEXTS);
  readonly #describers = new Map<number, Describer>();
  /** The requests that look, by their connection. */
  readonly #viewers = new Map<string, ReadonlySet<number>>();
  #work: Work[] = [];
  #isWorking = false;

  constructor(host: ThreadHost) {
    this.#host = host;
  }

  receive(message: ToThread): void {
    if (message.kind === 'open') this.#open(message);
    else if (message.kind === 'viewers') this.#setViewers(message.connection, message.requests);
    else this.#tell(message);
  }

  #tell(message: Exclude<ToThread, { readonly kind: 'open' | 'viewers' }>): void {
    // What was under way when a tap was closed.
    const describer = this.#describers.get(message.tap);
    if (describer === undefined) return;
    switch (message.kind) {
      case 'passed':
        describer.await(message.batch);
        this.#add({ describer, batch: message.batch });
        return;
      case 'ended':
        this.#add({ describer, batch: undefined });
        return;
      case 'take':
        describer.take();
        return;
      case 'close':
        describer.close();
        this.#describers.delete(message.tap);
    }
  }

  #open(description: TapDescription): void {
    const { tap, connection } = description;
    const describer = new Describer({
      ...description,
      codecs: this.#host.codecs,
      contexts: this.#contexts,
      isOwn: (frame) => this.#isOwn(connection, frame),
      described: (bytes) => this.#host.post({ kind: 'described', tap, bytes }, []),
      frames: (value, closed) => {
        // A copy of its own, which can go to another thread: encoded values may share their memory.
        const copy = value.slice();
        this.#host.post({ kind: 'frames', tap, value: copy, closed }, [copy.buffer]);
      },
    });
    this.#describers.set(tap, describer);
  }

  #setViewers(connection: string, requests: readonly number[]): void {
    if (requests.length === 0) this.#viewers.delete(connection);
    else this.#viewers.set(connection, new Set(requests));
  }

  /** Frames of requests that look, on whatever connection, and the acknowledgements that these cause. */
  #isOwn(connection: string, { requestId, type }: DescribedFrame): boolean {
    const viewers = this.#viewers.get(connection);
    return viewers !== undefined && (type === 'ack' || viewers.has(requestId));
  }

  #add(work: Work): void {
    this.#work.push(work);
    if (!this.#isWorking) void this.#run();
  }

  async #run(): Promise<void> {
    const host = this.#host;
    this.#isWorking = true;
    let begun = host.now();
    for (let due = this.#takeAll(); due.length > 0; due = this.#takeAll()) {
      for (const { describer, batch } of due) {
        if (batch === undefined) describer.end();
        else await describer.describe(batch);
        const worked = host.now() - begun;
        if (worked < WORK_TIME) continue;
        await host.rest(Math.min(REST_FACTOR * worked, MOST_REST));
        begun = host.now();
      }
    }
    this.#isWorking = false;
  }

  #takeAll(): readonly Work[] {
    const due = this.#work;
    this.#work = [];
    return due;
  }
}
