import { FrameType } from '../dialect/types.js';
import { encodeOutput, type OutputAtom } from '../message/output.js';
import { encodeProgress, type ProgressUpdate } from '../message/progress.js';

/** A frame's type and payload, ready to go. */
export interface SideFrame {
  readonly type: FrameType;
  readonly payload: Uint8Array;
}

interface QueuedFrame extends SideFrame {
  /** Set for progress: a newer update of the same topic takes its place. */
  readonly topic?: string;
}

/** Text and progress of one request that wait to be sent, bounded by dropping: handlers never wait (SPEC 8.12.8). */
export class SideQueue {
  readonly #maxTextBytes: number;
  readonly #maxTopics: number;
  #frames: QueuedFrame[] = [];
  #textBytes = 0;
  #dropped = 0;

  /** @param maxTextBytes bytes of text payloads queued  @param maxTopics topics queued */
  constructor(maxTextBytes: number, maxTopics: number) {
    this.#maxTextBytes = maxTextBytes;
    this.#maxTopics = maxTopics;
  }

  get empty(): boolean {
    return this.#frames.length === 0 && this.#dropped === 0;
  }

  /** Queues one block of text; the oldest give way to it. `maxPayload`: a block is never split (SPEC 3.6.1). */
  text(atoms: readonly OutputAtom[], maxPayload: number): void {
    const payload = encodeOutput(atoms);
    if (payload.length > Math.min(this.#maxTextBytes, maxPayload)) {
      this.#dropped++;
      return;
    }
    this.#textBytes += payload.length;
    this.#frames.push({ type: FrameType.Output, payload });
    while (this.#textBytes > this.#maxTextBytes) this.#dropOldestText();
  }

  /** Queues an update; of each topic only the newest waits, and topics past the bound are dropped. */
  progress(update: ProgressUpdate, maxPayload: number): void {
    const payload = encodeProgress(update);
    if (payload.length > maxPayload) return;
    const frame = { type: FrameType.Progress, payload, topic: update.topic };
    const at = this.#frames.findIndex(({ topic }) => topic === update.topic);
    if (at >= 0) this.#frames[at] = frame;
    else if (this.#frames.filter(({ topic }) => topic !== undefined).length < this.#maxTopics) this.#frames.push(frame);
  }

  /** Payload bytes of the next frame, about: the note of dropped messages is small. */
  get nextBytes(): number {
    return this.#dropped > 0 ? 0 : (this.#frames[0]?.payload.length ?? 0);
  }

  /** The next to send; there must be one. */
  shift(): SideFrame {
    if (this.#dropped > 0) {
      const args = [String(this.#dropped)];
      this.#dropped = 0;
      return {
        type: FrameType.Output,
        payload: encodeOutput([{ text: '%s messages dropped', args, labels: ['wiremux.dropped'] }]),
      };
    }
    const frame = this.#frames.shift() as QueuedFrame;
    if (frame.type === FrameType.Output) this.#textBytes -= frame.payload.length;
    return frame;
  }

  clear(): void {
    this.#frames = [];
    this.#textBytes = 0;
    this.#dropped = 0;
  }

  #dropOldestText(): void {
    const at = this.#frames.findIndex(({ type }) => type === FrameType.Output);
    const [frame] = this.#frames.splice(at, 1);
    this.#textBytes -= frame?.payload.length ?? 0;
    this.#dropped++;
  }
}
