import type { FrameKeeper } from '../flow/send-window.js';
import { HEADER_SIZE } from '../frame/frame.js';
import type { KeptBudget } from './kept-budget.js';

/** Bytes of messages that are joined into one when they are sent again (SPEC 7.2). */
const MESSAGE_BYTES = 65_536;
/** Entries that are done, past which the list is cut. */
const DONE_ENTRIES = 64;

/** The session frames of one message, as they were sent. */
interface Kept {
  readonly chunks: readonly Uint8Array[];
  /** Bytes at the start of `chunks` that are not kept: link frames, and frames that were acknowledged. */
  skip: number;
  frames: number;
  bytes: number;
}

/** What is to be sent again in one message. */
export interface Replay {
  readonly chunks: Uint8Array[];
  readonly frames: number;
  readonly bytes: number;
}

/**
 * Session frames that were sent and not acknowledged, as they were sent: what is sent again on the next transport
 * (SPEC 8.8.8). It keeps the chunks of the messages themselves, so it copies nothing and makes one entry a message; the
 * payloads among them that went out uncopied are its own until they are acknowledged.
 */
export class KeptFrames implements FrameKeeper {
  readonly #budget: KeptBudget;
  #messages: Kept[] = [];
  /** Messages before it are acknowledged. */
  #first = 0;
  /** The next message to send again; none is while it is the end of the list. */
  #next = 0;
  /** Nothing has been sent again on this transport. */
  #begins = false;
  #bytes = 0;
  #closed = false;

  constructor(budget: KeptBudget) {
    this.#budget = budget;
  }

  /** Bytes of all frames kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The process keeps as much as it may. */
  get crowded(): boolean {
    return this.#budget.full;
  }

  /** Some frames wait to be sent again. */
  get replaying(): boolean {
    return this.#next < this.#messages.length;
  }

  /** Keeps a message that is sent now: `frames` session frames, behind `skip` bytes of link frames. */
  keep(chunks: readonly Uint8Array[], skip: number, frames: number, bytes: number): void {
    if (this.#closed) return;
    this.#messages.push({ chunks, skip, frames, bytes });
    this.#next = this.#messages.length;
    this.#count(bytes);
  }

  /** The oldest `frames`, of `bytes` together, are acknowledged. None of them may wait to be sent again. */
  drop(frames: number, bytes: number): void {
    let left = frames;
    let leftBytes = bytes;
    while (left > 0) {
      const message = this.#messages[this.#first] as Kept;
      if (message.frames > left) {
        message.frames -= left;
        message.bytes -= leftBytes;
        message.skip += leftBytes;
        break;
      }
      left -= message.frames;
      leftBytes -= message.bytes;
      this.#first++;
    }
    this.#count(-bytes);
    this.#next = Math.max(this.#next, this.#first);
    if (this.#first >= DONE_ENTRIES || this.#first === this.#messages.length) this.#compact();
  }

  /** There is a new transport: all that is kept goes out on it, first of all; one frame first, so that one may arrive. */
  rewind(): void {
    this.#next = this.#first;
    const oldest = this.#messages[this.#first];
    if (oldest !== undefined && oldest.frames > 1) this.#messages.splice(this.#first, 1, ...splitFirst(oldest));
    this.#begins = true;
  }

  /** The next message of what is to be sent again. */
  takeReplay(): Replay {
    const chunks: Uint8Array[] = [];
    let frames = 0;
    let bytes = 0;
    while (this.replaying) {
      const message = this.#messages[this.#next] as Kept;
      if (frames > 0 && (this.#begins || bytes + message.bytes > MESSAGE_BYTES)) break;
      appendTail(chunks, message);
      frames += message.frames;
      bytes += message.bytes;
      this.#next++;
    }
    this.#begins = false;
    return { chunks, frames, bytes };
  }

  /** The session is over. */
  close(): void {
    this.#closed = true;
    this.#count(-this.#bytes);
    this.#messages = [];
    this.#first = 0;
    this.#next = 0;
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    this.#budget.add(bytes);
  }

  #compact(): void {
    this.#messages.splice(0, this.#first);
    this.#next -= this.#first;
    this.#first = 0;
  }
}

/** The oldest frame of a message that has several, and the others. */
function splitFirst(message: Kept): [Kept, Kept] {
  const { frames, bytes, skip } = message;
  const all: Uint8Array[] = [];
  appendTail(all, message);
  // A header is never cut by chunks.
  const [low, middle, high] = all[0] as unknown as [number, number, number];
  const first = HEADER_SIZE + (low | (middle << 8) | (high << 16));
  return [
    { chunks: take(all, first), skip: 0, frames: 1, bytes: first },
    { chunks: message.chunks, skip: skip + first, frames: frames - 1, bytes: bytes - first },
  ];
}

/** The first `size` bytes of them. */
function take(all: readonly Uint8Array[], size: number): Uint8Array[] {
  const taken: Uint8Array[] = [];
  let left = size;
  for (const chunk of all) {
    if (left === 0) break;
    taken.push(chunk.subarray(0, left));
    left -= Math.min(left, chunk.length);
  }
  return taken;
}

/** Adds the chunks of a message without what is not kept of it. */
function appendTail(chunks: Uint8Array[], { chunks: all, skip }: Kept): void {
  let left = skip;
  for (const chunk of all) {
    if (left < chunk.length) chunks.push(left === 0 ? chunk : chunk.subarray(left));
    left = Math.max(0, left - chunk.length);
  }
}
