import { FrameReader, HEADER_SIZE } from '../../src/index.js';
import type { Random } from '../model/random.js';

/** Pieces that may arrive at once, and the bytes of so many large frames. */
const MOST_PIECES = 20;
export const MOST_DELIVERED: number = MOST_PIECES * 65_536;

/** What somebody on the way makes of one frame: the pieces that arrive in its place. */
export type Mutation = (frame: Uint8Array) => Uint8Array[];

/** One direction of a connection, with somebody on the way who may change the frames. */
export class FuzzWire {
  readonly #mutations: ReadonlyMap<number, Mutation>;
  #pieces: Uint8Array[] = [];
  #frames = 0;
  /** A frame that was held back until the next has passed. */
  #late: Uint8Array | undefined;
  #cut = false;
  /** Mutations that came to pass. */
  mutated = 0;

  /** @param mutations the number of a frame, from 0, to what becomes of it */
  constructor(mutations: ReadonlyMap<number, Mutation> = new Map()) {
    this.#mutations = mutations;
  }

  send(message: Uint8Array): void {
    for (const frame of splitFrames(message)) this.#pass(frame);
  }

  /** The next bytes to arrive: a piece, part of one, or several. */
  next(random: Random): Uint8Array {
    const pieces = this.#pieces.splice(0, random.pick([1, 1, 5, MOST_PIECES]));
    const bytes = Buffer.concat(pieces);
    const cut = random.chance(0.7) ? bytes.length : random.integer(0, bytes.length);
    if (cut < bytes.length) this.#pieces.unshift(bytes.subarray(cut));
    return Uint8Array.from(bytes.subarray(0, cut));
  }

  #pass(frame: Uint8Array): void {
    if (this.#cut) return;
    const mutation = this.#mutations.get(this.#frames++);
    if (mutation !== undefined) this.mutated++;
    if (mutation === HOLD_BACK) {
      this.#late = frame;
      return;
    }
    if (mutation === CUT_OFF) {
      this.#pieces.push(frame.subarray(0, frame.length >> 1));
      this.#cut = true;
      return;
    }
    this.#pieces.push(...(mutation?.(frame) ?? [frame]));
    if (this.#late !== undefined) this.#pieces.push(this.#late);
    this.#late = undefined;
  }
}

/** The frame comes after its successor. */
export const HOLD_BACK: Mutation = (frame) => [frame];
/** Half of the frame comes, and then nothing any more. */
export const CUT_OFF: Mutation = (frame) => [frame];

function splitFrames(message: Uint8Array): Uint8Array[] {
  const frames: Uint8Array[] = [];
  let at = 0;
  new FrameReader(2 ** 24).push(message, (_, payload) => {
    const end = at + HEADER_SIZE + payload.length;
    frames.push(message.slice(at, end));
    at = end;
    return undefined;
  });
  return frames;
}
