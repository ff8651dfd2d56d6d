import type { ProtocolFault } from '../errors.js';
import { type FrameHeader, HEADER_SIZE } from '../frame/frame.js';
import type { DialectName } from '../frame/frame-types.js';
import { FrameReader } from '../frame/reader.js';
import type { Direction } from './described-frame.js';
import { findFlagProblem } from './flag-rules.js';

/** The largest payload that peers can agree on, bytes (SPEC 8.3.4). */
const MOST_PAYLOAD: number = 1024 * 1024;

/** A frame as it was on the wire. */
export interface CutFrame {
  readonly header: FrameHeader;
  readonly payload: Uint8Array;
  /** Where its header begins, bytes. */
  readonly offset: number;
}

/**
 * Cuts the bytes of one direction into frames. Where they are joined in the middle, it is in step from the first chunk on
 * that is whole frames of the dialect from its first byte to its last, as senders make them (SPEC 7.2).
 */
export class DirectionCutter {
  readonly #direction: Direction;
  readonly #dialect: DialectName;
  #reader = new FrameReader(MOST_PAYLOAD);
  #fault: ProtocolFault | undefined;
  /** It is known where frames begin. */
  #isInStep: boolean;
  #offset = 0;
  #passedOver = 0;

  constructor(direction: Direction, dialect: DialectName, fromStart: boolean) {
    this.#direction = direction;
    this.#dialect = dialect;
    this.#isInStep = fromStart;
  }

  /** Why no more frames can be told: a header that cannot be. */
  get fault(): ProtocolFault | undefined {
    return this.#fault;
  }

  /** Where the next frame begins, bytes. */
  get offset(): number {
    return this.#offset;
  }

  /** Bytes of a frame that is cut. */
  get pending(): number {
    return this.#fault === undefined ? this.#reader.pending : 0;
  }

  /** Bytes in which no frame could be told. */
  get passedOver(): number {
    return this.#passedOver;
  }

  push(bytes: Uint8Array): CutFrame[] {
    this.#isInStep ||= this.#isWholeFrames(bytes);
    if (!this.#isInStep || this.#fault !== undefined) {
      this.#pass(bytes.length);
      return [];
    }
    const frames: CutFrame[] = [];
    const before = this.#offset + this.#reader.pending;
    this.#fault = this.#reader.push(bytes, (header, payload) => {
      frames.push({ header: { ...header }, payload, offset: this.#offset });
      this.#offset += HEADER_SIZE + payload.length;
      return undefined;
    });
    if (this.#fault !== undefined) this.#passedOver += before + bytes.length - this.#offset;
    return frames;
  }

  /** Bytes went by unseen. */
  gap(): void {
    this.#pass(this.pending);
    this.#reader = new FrameReader(MOST_PAYLOAD);
    this.#fault = undefined;
    this.#isInStep = false;
  }

  #pass(bytes: number): void {
    this.#passedOver += bytes;
    if (this.#fault === undefined) this.#offset += bytes;
  }

  #isWholeFrames(bytes: Uint8Array): boolean {
    const parity = this.#direction === 'in' ? 1 : 0;
    const reader = new FrameReader(MOST_PAYLOAD);
    let isPlausible = bytes.length > 0;
    const refused = reader.push(bytes, (header) => {
      const isOwn = header.streamId !== 0 && (header.streamId & 1) === parity;
      isPlausible &&= isOwn && findFlagProblem(header, this.#dialect) === undefined;
      return undefined;
    });
    return isPlausible && refused === undefined && reader.pending === 0;
  }
}
