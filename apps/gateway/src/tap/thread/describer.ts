import {
  ConnectionFollower,
  type ContentCodec,
  type ContextBudget,
  type DescribedFrame,
  encodeValue,
  matchesFilter,
} from '@wiremux/framing';
import { type BatchEntry, readBatch } from '../batch.js';
import type { TapDescription } from '../messages.js';
import { FrameQueue } from './frame-queue.js';

/** Past so many bytes that wait frames are skipped instead of described, until half of them are left. */
const MOST_BEHIND: number = 512 * 1024;
/** Bytes shown of each payload. */
const PAYLOAD_SHOWN = 256;
const VALUE_BYTES = 8_192;

/** What a {@link Describer} is made of, and whom it tells. */
export interface DescriberOptions extends TapDescription {
  readonly codecs: readonly ContentCodec[];
  readonly contexts: ContextBudget;
  /** Frames that exist only because somebody taps: to show them would make more of them, without end. */
  isOwn(frame: DescribedFrame): boolean;
  /** It is done with so many bytes of batches. */
  described(bytes: number): void;
  /** A value for the viewer, who has asked for one. */
  frames(value: Uint8Array, closed: boolean): void;
}

/** Follows one tapped connection, and keeps its newest frames until the viewer takes them. */
export class Describer {
  readonly #options: DescriberOptions;
  readonly #follower: ConnectionFollower;
  readonly #queue = new FrameQueue();
  /** Bytes of batches that wait to be described. */
  #waiting = 0;
  #isSkipping = false;
  #skipped = 0;
  #hasEnded = false;
  #isClosed = false;
  /** The viewer waits. */
  #isAsked = false;
  /** What the viewer was told last; undefined before it was told anything. */
  #told: number | undefined;

  constructor(options: DescriberOptions) {
    const { dialect, codecs, contexts, known, filter } = options;
    this.#options = options;
    this.#follower = new ConnectionFollower({
      dialect,
      codecs,
      contexts,
      known,
      fromStart: false,
      payloadShown: PAYLOAD_SHOWN,
      valueBytes: VALUE_BYTES,
      onFrame: (frame) => {
        if (!options.isOwn(frame) && matchesFilter(frame, filter)) this.#queue.add(frame);
      },
    });
  }

  /** A batch has come, and waits until {@link Describer.describe} is called with it. */
  await(batch: Uint8Array): void {
    this.#waiting += batch.length;
  }

  /** Describes a batch, or skips it where too much waits; the result is settled when it is done with. */
  async describe(batch: Uint8Array): Promise<void> {
    this.#isSkipping = this.#waiting > (this.#isSkipping ? MOST_BEHIND / 2 : MOST_BEHIND);
    for (const entry of readBatch(batch)) {
      if (this.#isClosed) return;
      const decoding = this.#take(entry);
      if (decoding !== undefined) await decoding;
    }
    this.#waiting -= batch.length;
    this.#options.described(batch.length);
    this.#answer();
  }

  /** The viewer wants what there is, the first time, or else what comes next. */
  take(): void {
    this.#isAsked = true;
    this.#answer();
  }

  /** The connection is gone, and all its batches are described. */
  end(): void {
    this.#hasEnded = true;
    this.#answer();
  }

  /** Forgets everything. */
  close(): void {
    this.#isClosed = true;
    this.#follower.close();
  }

  #take(entry: BatchEntry): Promise<void> | undefined {
    const { direction } = entry;
    if (entry.kind === 'gap') {
      this.#skipped += entry.frames;
      this.#follower.gap(direction, entry.frames);
    } else if (this.#isSkipping) {
      this.#skipped += this.#follower.skip(direction, entry.bytes, entry.time);
    } else {
      return this.#follower.receive(direction, entry.bytes, entry.time);
    }
    return undefined;
  }

  #answer(): void {
    if (!this.#isAsked) return;
    const dropped = this.#queue.dropped + this.#skipped;
    const missed = { in: this.#follower.passedOver('in'), out: this.#follower.passedOver('out') };
    const lost = dropped + missed.in + missed.out;
    if (this.#queue.length === 0 && !this.#hasEnded && lost === this.#told) return;
    this.#isAsked = false;
    this.#told = lost;
    const closed = this.#hasEnded;
    this.#options.frames(encodeValue({ frames: this.#queue.takeAll(), dropped, missed, closed }), closed);
  }
}
