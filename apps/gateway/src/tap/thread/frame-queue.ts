import { type DescribedFrame, printValue } from '@wiremux/framing';

/** Frames and characters that wait for the viewer, at most; past it the oldest go. */
const MOST_FRAMES = 1_000;
const MOST_CHARACTERS: number = 1024 * 1024;
/** Characters of one value. */
const VALUE_SHOWN = 2_000;

/** A frame as a viewer gets it: its values as text. */
export interface TapFrame extends Omit<DescribedFrame, 'values'> {
  readonly values?: readonly string[];
}

/** Frames that wait for a viewer to take them. */
export class FrameQueue {
  #frames: { readonly frame: TapFrame; readonly size: number }[] = [];
  #size = 0;
  #dropped = 0;

  get length(): number {
    return this.#frames.length;
  }

  /** Frames that went because the viewer was slow, all so far. */
  get dropped(): number {
    return this.#dropped;
  }

  add({ values, ...frame }: DescribedFrame): void {
    const texts = values?.map((value) => printValue(value, VALUE_SHOWN));
    const size = frame.payload.length + (texts?.reduce((sum, text) => sum + text.length, 0) ?? 0);
    this.#frames.push({ frame: texts === undefined ? frame : { ...frame, values: texts }, size });
    this.#size += size;
    while (this.#frames.length > MOST_FRAMES || this.#size > MOST_CHARACTERS) {
      this.#size -= this.#frames.shift()?.size ?? 0;
      this.#dropped++;
    }
  }

  /** All of them, taken out. */
  takeAll(): TapFrame[] {
    const frames = this.#frames.map(({ frame }) => frame);
    this.#frames = [];
    this.#size = 0;
    return frames;
  }
}
