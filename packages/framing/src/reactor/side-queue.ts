import type { Dialect } from '../dialect/dialect.js';
import { FrameType } from '../dialect/types.js';
import type { OutputAtom } from '../message/output.js';
import type { OutputFormat } from '../message/output-format.js';
import { encodeProgress, type ProgressUpdate } from '../message/progress.js';

/** A frame's type and payload, ready to go. */
export interface SideFrame {
  readonly type: FrameType;
  readonly payload: Uint8Array;
}

/** Text and progress of one request that wait to be sent, bounded by dropping: handlers never wait (SPEC 8.12.8). */
export class SideQueue {
  readonly #maxTextBytes: number;
  readonly #maxTopics: number;
  readonly #format: OutputFormat;
  readonly #hasProgress: boolean;
  /** In the order they go: progress under its topic, so that a newer update takes its place, texts under their number. */
  readonly #frames = new Map<number | string, SideFrame>();
  /** The numbers of the oldest text that waits, and of the next to come. */
  #firstText = 0;
  #nextText = 0;
  #textBytes = 0;
  /** Payload bytes of all frames. */
  #bytes = 0;
  #dropped = 0;

  /** @param maxTextBytes bytes of text payloads queued  @param maxTopics topics queued */
  constructor(maxTextBytes: number, maxTopics: number, { output, wireTypes }: Dialect) {
    this.#maxTextBytes = maxTextBytes;
    this.#maxTopics = maxTopics;
    this.#format = output;
    this.#hasProgress = wireTypes[FrameType.Progress] !== undefined;
  }

  get empty(): boolean {
    return this.#frames.size === 0 && this.#dropped === 0;
  }

  /** Payload bytes that wait. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Queues one block of text; the oldest give way to it. `maxPayload`: a block is never split (SPEC 3.6.1). */
  text(atoms: readonly OutputAtom[], maxPayload: number): void {
    const payload = this.#format.encode(atoms);
    if (payload === undefined || payload.length > Math.min(this.#maxTextBytes, maxPayload)) {
      this.#dropped++;
      return;
    }
    this.#textBytes += payload.length;
    this.#bytes += payload.length;
    this.#frames.set(this.#nextText++, { type: FrameType.Output, payload });
    while (this.#textBytes > this.#maxTextBytes) {
      this.#removeOldestText();
      this.#dropped++;
    }
  }

  /**
   * Queues an update; of each topic only the newest waits, and topics past the bound are dropped, as are all where the
   * dialect has no progress (SPEC 3.7.3).
   */
  progress(update: ProgressUpdate, maxPayload: number): void {
    if (!this.#hasProgress) return;
    const payload = encodeProgress(update);
    if (payload.length > maxPayload) return;
    const topics = this.#frames.size - (this.#nextText - this.#firstText);
    if (topics >= this.#maxTopics && !this.#frames.has(update.topic)) return;
    this.#bytes += payload.length - (this.#frames.get(update.topic)?.payload.length ?? 0);
    this.#frames.set(update.topic, { type: FrameType.Progress, payload });
  }

  /** Payload bytes of the next frame, about: the note of dropped messages is small. */
  get nextBytes(): number {
    if (this.#dropped > 0) return 0;
    return this.#frames.values().next().value?.payload.length ?? 0;
  }

  /** The next to send; there must be one. */
  shift(): SideFrame {
    if (this.#dropped > 0) {
      const args = [String(this.#dropped)];
      this.#dropped = 0;
      return {
        type: FrameType.Output,
        payload: this.#format.encode([
          { text: '%s messages dropped', args, labels: ['wiremux.dropped'] },
        ]) as Uint8Array,
      };
    }
    const [key, frame] = this.#frames.entries().next().value as [number | string, SideFrame];
    if (key === this.#firstText) {
      this.#removeOldestText();
    } else {
      this.#frames.delete(key);
      this.#bytes -= frame.payload.length;
    }
    return frame;
  }

  clear(): void {
    this.#frames.clear();
    this.#firstText = this.#nextText;
    this.#textBytes = 0;
    this.#bytes = 0;
    this.#dropped = 0;
  }

  #removeOldestText(): void {
    const size = this.#frames.get(this.#firstText)?.payload.length ?? 0;
    this.#textBytes -= size;
    this.#bytes -= size;
    this.#frames.delete(this.#firstText++);
  }
}
