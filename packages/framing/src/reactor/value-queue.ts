import type { ByteRange } from '../cbor/index.js';
import type { BodyQueue } from '../flow/body-queue.js';
import { isPrecompressed } from '../flow/precompressed.js';
import { encodeProgress } from '../message/progress.js';
import { DROPPED_TOPIC, type SlowPolicy } from '../message/slow.js';

interface Value {
  readonly head: ByteRange;
  /** What follows it. */
  readonly rest: ByteRange | undefined;
  readonly size: number;
}

/** Values taken from the front are cleared away once there are this many, and as many as wait. */
const COMPACT_FROM = 1_024;

/**
 * Whole values that wait to be scheduled and may be dropped until then, the oldest first (SPEC 8.11.17), and how many the
 * other side is to be told were.
 */
export class ValueQueue {
  readonly policy: SlowPolicy;
  #values: (Value | undefined)[] = [];
  /** Values before this one are gone. */
  #first = 0;
  #size = 0;
  #dropped = 0;
  /** Of those dropped, how many it was told of, and whether that was since the last value went. */
  #told = 0;
  #justTold = false;

  constructor(policy: SlowPolicy) {
    this.policy = policy;
  }

  /** Bytes that wait. */
  get size(): number {
    return this.#size;
  }

  /** Bytes of the oldest value, 0 if there is none. */
  get next(): number {
    return this.#values[this.#first]?.size ?? 0;
  }

  /** Values that wait. */
  get count(): number {
    return this.#values.length - this.#first;
  }

  /** One more value would be too many. */
  get full(): boolean {
    return this.count >= this.policy.keep;
  }

  /** Half of what may wait is gone. */
  get drained(): boolean {
    return this.count <= this.policy.keep / 2;
  }

  /** Adds a value, whose bytes must not be changed until they are sent. Past `keep` the oldest goes. */
  push(head: ByteRange, rest?: ByteRange): void {
    const size = head.to - head.from + (rest === undefined ? 0 : rest.to - rest.from);
    this.#values.push({ head, rest, size });
    this.#size += size;
    if (this.count > this.policy.keep) this.drop();
  }

  /** Drops the oldest value; there must be one. */
  drop(): void {
    this.#shift();
    this.#dropped++;
  }

  /** So many more were dropped before they came here. */
  addDropped(values: number): void {
    this.#dropped += values;
  }

  /** A count is due: it goes with the values, once before a frame of them, and before the end (SPEC 8.11.21). */
  hasNews(ending: boolean): boolean {
    return this.#dropped > this.#told && (ending || !this.#justTold);
  }

  /** The payload of the progress frame that tells the other side now how many were dropped so far. */
  takeNews(): Uint8Array {
    this.#told = this.#dropped;
    this.#justTold = true;
    return encodeProgress({ topic: DROPPED_TOPIC, pos: this.#told, total: 0 });
  }

  /**
   * Moves the values to `body` that go into one frame of at most `most` bytes with what is there: a value is begun only
   * by a frame that it fits into, or that has nothing else. None that stays can have been begun.
   */
  moveTo(body: BodyQueue, most: number): void {
    this.#justTold = false;
    for (let value = this.#values[this.#first]; value !== undefined; value = this.#values[this.#first]) {
      const apart = isPrecompressed(value.head) || (value.rest !== undefined && isPrecompressed(value.rest));
      if (body.size > 0 && (apart || body.compressed || body.size + value.size > most)) return;
      this.#move(body);
      if (apart) return;
    }
  }

  /** Moves all of them to `body`: none can be dropped any more. */
  moveAll(body: BodyQueue): void {
    while (this.count > 0) this.#move(body);
  }

  /** Forgets all that wait; they do not count as dropped. */
  clear(): void {
    this.#values.length = 0;
    this.#first = 0;
    this.#size = 0;
  }

  #move(body: BodyQueue): void {
    const { head, rest } = this.#shift();
    body.push(head, rest !== undefined, isPrecompressed(head), 0);
    if (rest !== undefined) body.push(rest, false, isPrecompressed(rest), 0);
  }

  #shift(): Value {
    const value = this.#values[this.#first] as Value;
    this.#values[this.#first++] = undefined;
    this.#size -= value.size;
    if (this.#first === this.#values.length) this.clear();
    else if (this.#first >= COMPACT_FROM && this.#first >= this.count) {
      this.#values = this.#values.slice(this.#first);
      this.#first = 0;
    }
    return value;
  }
}
