import type { ByteRange } from '../cbor/index.js';
import type { Opening } from '../dialect/request-format.js';
import { FrameType, PieceFlag } from '../dialect/types.js';
import type { BodyQueue, ByteSink } from '../flow/body-queue.js';
import { isPrecompressed } from '../flow/precompressed.js';
import type { Sendable } from '../flow/scheduler.js';
import { HEADER_SIZE } from '../frame/frame.js';
import type { ErrorFrame } from '../message/error-format.js';
import type { SlowPolicy } from '../message/slow.js';
import type { HalfKind } from './half-kind.js';
import type { SideQueue } from './side-queue.js';
import type { ValueQueue } from './value-queue.js';

/** Where a half's frames go: it knows the stream of a channel and the message being built. */
export interface FrameWriter extends ByteSink {
  /** Nothing is in the message yet. */
  readonly empty: boolean;
  /**
   * Begins a frame on the channel's stream, of type and flags as in {@link FrameType}; its payload follows with `write`,
   * and must not change after that. `encodable`: it may go through the stream's encoder.
   */
  begin(channel: string, requestId: number, type: number, flags: number, length: number, encodable?: boolean): void;
  /** The frame's payload is complete. */
  end(): void;
}

/** How a half ends: with the last frame of its body, or with an error frame. */
export type HalfEnd = 'eos' | { readonly error: ErrorFrame };

/**
 * What one side still has to send on one request: the frames that open it (opener), text and progress (answerer), body bytes
 * under credit, and the end. Frames are cut when they are scheduled (SPEC 8.12.6).
 */
export class SendHalf implements Sendable {
  readonly requestId: number;
  channel = 'default';
  waits = false;
  behind: SendHalf | undefined = undefined;
  /** It may not send yet. */
  held = false;
  /** None of its frames may be encoded (SPEC 4.12). */
  plain = false;
  readonly #kind: HalfKind;
  /** Text and progress of an answer, once there was any. */
  side: SideQueue | undefined = undefined;
  /** The body, once there was any. */
  #body: BodyQueue | undefined;
  /** Whole values behind the body, which may be dropped until they are part of it. */
  #values: ValueQueue | undefined;
  #credit: number;
  #opening: Opening | undefined;
  #hasData = false;
  /** Tells the deadline that goes into its first frame, ms. */
  #timeLeft: (() => number) | undefined;
  /** Set once nothing more will be queued: how the half ends. */
  #end: HalfEnd | undefined;
  /** A frame of it was scheduled. */
  #begun = false;
  /** The last frame was scheduled, or the half was given up. */
  #ended = false;
  /** The writer was told to wait. */
  #waiting = false;
  /** Body bytes scheduled so far. */
  sentBytes = 0;

  /** @param credit bytes of body it may send unasked; Infinity where the dialect has no credit */
  constructor(requestId: number, kind: HalfKind, credit: number) {
    this.requestId = requestId;
    this.#kind = kind;
    this.#credit = credit;
  }

  get begun(): boolean {
    return this.#begun;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** True once its end is queued or sent: nothing more may be added. */
  get closed(): boolean {
    return this.#ended || this.#end !== undefined;
  }

  /** All it still has to send is an error frame. */
  get onlyErrorLeft(): boolean {
    const begun = this.#opening === undefined && this.#sideFrames === undefined && this.queued === 0;
    return begun && this.#values?.hasNews(true) !== true && !this.#ended && typeof this.#end === 'object';
  }

  /** Body bytes queued. */
  get queued(): number {
    return this.#bodySize + (this.#values?.size ?? 0);
  }

  get #bodySize(): number {
    return this.#body === undefined ? 0 : this.#body.size;
  }

  /** How values are dropped; undefined: none is. */
  get slow(): SlowPolicy | undefined {
    return this.#values?.policy;
  }

  /** One more value would fail the request (SPEC 8.11.19). */
  get lags(): boolean {
    return this.#values?.policy.fails === true && this.#values.full;
  }

  /** Bytes granted and not spent. */
  get credit(): number {
    return this.#credit;
  }

  get ready(): boolean {
    if (this.#ended || this.held) return false;
    if (this.#opening !== undefined || this.#sideFrames !== undefined) return true;
    return this.queued > 0 ? this.#credit > 0 : this.#end !== undefined;
  }

  /**
   * The opener's first frames; without data they are also its last.
   * @param timeLeft asked for the deadline when the first of them is scheduled (SPEC 8.11.5)
   */
  openWith(opening: Opening, hasData: boolean, timeLeft?: () => number): void {
    this.#opening = opening;
    this.#hasData = hasData;
    this.#timeLeft = timeLeft;
  }

  /** True if the request is opened by several frames, and not all of them were scheduled. */
  get hasLongMap(): boolean {
    return this.#opening?.isLong(this.#kind.mapCut) === true;
  }

  /** From now on values do not wait: see {@link pushValue}. Only where the body is one sequence of bytes. */
  dropFrom(values: ValueQueue): void {
    this.#values = values;
  }

  /**
   * Queues a whole value, which may be dropped until a byte of it is scheduled, with `rest` uncopied behind `first`; false
   * if there is no room for another: then the oldest would go. After {@link dropFrom} only.
   */
  pushValue(first: ByteRange, rest?: ByteRange): boolean {
    const values = this.#values as ValueQueue;
    values.push(first, rest);
    if (!values.full && this.queued < this.#kind.highWater) return true;
    this.#waiting = true;
    return false;
  }

  /** Values that were dropped before they came here count with those dropped here. */
  addDropped(values: number): void {
    this.#values?.addDropped(values);
  }

  /** Drops values until less than `most` bytes wait, if that can be done. */
  dropBelow(most: number): boolean {
    if (this.#values === undefined || this.#values.policy.fails) return false;
    while (this.#values.count > 0 && this.queued >= most) this.#values.drop();
    return this.queued < most;
  }

  /**
   * Queues body bytes, which are not dropped, nor what waits before them; false if the writer is to wait for `tookRoom`.
   * @param joined the next bytes belong to the same value  @param flags of the frames they go in, beside those of place
   */
  push(range: ByteRange, joined = false, flags = 0): boolean {
    const body = this.#ownBody();
    this.#values?.moveAll(body);
    body.push(range, joined, isPrecompressed(range), flags);
    if (body.size < this.#kind.highWater) return true;
    this.#waiting = true;
    return false;
  }

  #ownBody(): BodyQueue {
    this.#body ??= this.#kind.newBody();
    return this.#body;
  }

  /** Text and progress that wait. */
  get #sideFrames(): SideQueue | undefined {
    return this.side?.empty === false ? this.side : undefined;
  }

  /** Queues the end behind everything else. */
  end(how: HalfEnd = 'eos'): void {
    this.#end ??= how;
  }

  /** Drops body, text and progress not yet scheduled. */
  drop(): void {
    this.#body?.clear();
    this.#values?.clear();
    this.side?.clear();
  }

  /** Forgets all that waits, and how it was to end: another end takes its place. */
  restart(): void {
    this.drop();
    this.#end = undefined;
  }

  /** Ends at once: no frame of it goes out any more. */
  abandon(): void {
    this.drop();
    this.#opening = undefined;
    this.#ended = true;
  }

  grant(bytes: number): void {
    this.#credit += bytes;
  }

  /** True once after the queue fell below half its mark while its writer was waiting. */
  tookRoom(): boolean {
    if (!this.#waiting || this.closed || this.queued > this.#kind.highWater / 2) return false;
    if (this.#values?.drained === false) return false;
    this.#waiting = false;
    return true;
  }

  /**
   * Schedules its next frame with a payload of at most `most` bytes and returns the frame's bytes. One that cannot be
   * cut and does not fit is not written into a message that has begun: then 0.
   */
  writeFrame(out: FrameWriter, most: number): number {
    if (!out.empty && this.#needsMoreThan(most)) return 0;
    this.#begun = true;
    if (this.#opening !== undefined) return this.#writeOpening(out, this.#opening, most);
    const side = this.#sideFrames;
    if (side !== undefined) return this.#writeSide(out, side);
    if (this.#values?.hasNews(this.closed) === true) return this.#writeDropped(out, this.#values);
    if (this.queued > 0) return this.#writeBody(out, most);
    return this.#writeEnd(out);
  }

  /** The next frame's payload is longer than that, and must not be cut shorter. */
  #needsMoreThan(most: number): boolean {
    if (this.#opening !== undefined) return this.#opening.nextBytes(this.#kind.mapCut) > most;
    const side = this.#sideFrames;
    if (side !== undefined) return side.nextBytes > most;
    const { queued } = this;
    if (queued === 0) return typeof this.#end === 'object' && this.#end.error.payload.length > most;
    return queued > most && this.#nextWhole > most;
  }

  /** Bytes of the body that should be in one frame, if they can be. */
  get #nextWhole(): number {
    const { dataCut, lonePayload } = this.#kind;
    if (dataCut !== Number.POSITIVE_INFINITY) return Math.min(this.queued, dataCut);
    const room = Math.min(lonePayload, this.#credit);
    if (this.#bodySize > 0) return this.#ownBody().nextWhole(room);
    const next = this.#values?.next ?? 0;
    return next <= room ? next : 0;
  }

  #writeOpening(out: FrameWriter, opening: Opening, most: number): number {
    if (this.#timeLeft !== undefined) opening.setDeadline(this.#timeLeft());
    this.#timeLeft = undefined;
    opening.cut(Math.min(most, this.#kind.mapCut));
    const { type, flags, bytes, from, to } = opening;
    out.begin(this.channel, this.requestId, type, flags, to - from, !this.plain);
    out.write(bytes, from, to);
    out.end();
    if (opening.done) {
      this.#opening = undefined;
      this.#ended = !this.#hasData;
    }
    return HEADER_SIZE + to - from;
  }

  #writeSide(out: FrameWriter, side: SideQueue): number {
    const { type, payload } = side.shift();
    out.begin(this.channel, this.requestId, type, 0, payload.length, !this.plain);
    out.write(payload, 0, payload.length);
    out.end();
    return HEADER_SIZE + payload.length;
  }

  #writeDropped(out: FrameWriter, values: ValueQueue): number {
    const payload = values.takeNews();
    out.begin(this.channel, this.requestId, FrameType.Progress, 0, payload.length, !this.plain);
    out.write(payload, 0, payload.length);
    out.end();
    return HEADER_SIZE + payload.length;
  }

  #writeBody(out: FrameWriter, most: number): number {
    const { bodyType, dataCut } = this.#kind;
    const room = Math.min(most, this.#credit);
    const body = this.#ownBody();
    this.#values?.moveTo(body, room);
    const bytes = dataCut === Number.POSITIVE_INFINITY ? body.nextCut(room) : Math.min(body.size, room, dataCut);
    const last = this.#end === 'eos' && bytes === this.queued && bytes !== dataCut;
    const flags = (last ? PieceFlag.Eos : PieceFlag.Continuation) | body.flags;
    out.begin(this.channel, this.requestId, bodyType, flags, bytes, !this.plain && !body.compressed);
    body.writeTo(out, bytes);
    out.end();
    this.#credit -= bytes;
    this.sentBytes += bytes;
    this.#ended = last;
    return HEADER_SIZE + bytes;
  }

  #writeEnd(out: FrameWriter): number {
    this.#ended = true;
    if (this.#end === undefined || this.#end === 'eos') {
      out.begin(this.channel, this.requestId, this.#kind.bodyType, PieceFlag.Eos, 0);
      out.end();
      return HEADER_SIZE;
    }
    const { error } = this.#end;
    out.begin(this.channel, this.requestId, FrameType.Error, error.flags, error.payload.length);
    out.write(error.payload, 0, error.payload.length);
    out.end();
    return HEADER_SIZE + error.payload.length;
  }
}
