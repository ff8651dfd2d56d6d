import type { Dialect } from '../dialect/dialect.js';
import { FrameType, PieceFlag, RequestFlag } from '../dialect/types.js';
import { ByteQueue, type ByteSink } from '../flow/byte-queue.js';
import type { Sendable } from '../flow/scheduler.js';
import { HEADER_SIZE } from '../frame/frame.js';
import { SideQueue } from './side-queue.js';

/** Where a half's frames go: it knows the stream of a channel and the message being built. */
export interface FrameWriter extends ByteSink {
  /** Nothing is in the message yet. */
  readonly empty: boolean;
  /** Begins a frame on the channel's stream, of type and flags as in {@link FrameType}; its payload follows with `write`. */
  begin(channel: string, requestId: number, type: number, flags: number, length: number): void;
  /** The frame's payload is complete. */
  end(): void;
}

/** What a {@link SendHalf} is made of. */
export interface SendHalfOptions {
  readonly requestId: number;
  readonly channel: string;
  /** `Data` for an opener's half, `Response` for an answerer's. */
  readonly bodyType: typeof FrameType.Data | typeof FrameType.Response;
  readonly dialect: Dialect;
  /** Bytes of body it may send unasked; Infinity where the dialect has no credit. */
  readonly credit: number;
  readonly textQueue: number;
  readonly progressTopics: number;
  /** Body bytes queued from which on its writer is to wait. */
  readonly highWater: number;
  /** The largest payload that a message to itself would let it send, bytes. */
  readonly lonePayload: number;
}

/**
 * What one side still has to send on one request: the request map (opener), text and progress (answerer), body bytes
 * under credit, and the end. Frames are cut when they are scheduled (SPEC 8.12.6).
 */
export class SendHalf implements Sendable {
  readonly requestId: number;
  channel: string;
  /** It may not send yet. */
  held = false;
  readonly #bodyType: SendHalfOptions['bodyType'];
  /** Where the request map and the data are always cut, however much room there is. */
  readonly #mapCut: number;
  readonly #dataCut: number;
  readonly #highWater: number;
  readonly #side: SideQueue;
  readonly #body = new ByteQueue();
  #credit: number;
  #map: Uint8Array | undefined;
  #mapOffset = 0;
  #hasData = false;
  /** Set once nothing more will be queued: how the half ends. */
  #end: 'eos' | { readonly error: Uint8Array } | undefined;
  /** A frame of it was scheduled. */
  #begun = false;
  /** The last frame was scheduled, or the half was given up. */
  #ended = false;
  /** The writer was told to wait. */
  #waiting = false;
  /** Body bytes scheduled so far. */
  sentBytes = 0;

  constructor(options: SendHalfOptions) {
    this.requestId = options.requestId;
    this.channel = options.channel;
    this.#bodyType = options.bodyType;
    this.#mapCut = Math.min(options.dialect.mapCut, options.lonePayload);
    this.#dataCut = options.bodyType === FrameType.Data ? options.dialect.dataCut : Number.POSITIVE_INFINITY;
    this.#highWater = options.highWater;
    this.#credit = options.credit;
    this.#side = new SideQueue(options.textQueue, options.progressTopics);
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

  /** Body bytes queued. */
  get queued(): number {
    return this.#body.size;
  }

  /** Bytes granted and not spent. */
  get credit(): number {
    return this.#credit;
  }

  get ready(): boolean {
    if (this.#ended || this.held) return false;
    if (this.#map !== undefined || !this.#side.empty) return true;
    return this.#body.size > 0 ? this.#credit > 0 : this.#end !== undefined;
  }

  /** The opener's first frames; without data they are also its last. */
  openWith(map: Uint8Array, hasData: boolean): void {
    this.#map = map;
    this.#hasData = hasData;
  }

  /** True if the request map takes several frames, and not all of them were scheduled. */
  get hasLongMap(): boolean {
    return this.#map !== undefined && this.#map.length > this.#mapCut;
  }

  /** Queues body bytes; false if the writer is to wait for `tookRoom`. */
  push(bytes: Uint8Array, joined = false): boolean {
    this.#body.push(bytes, joined);
    if (this.#body.size < this.#highWater) return true;
    this.#waiting = true;
    return false;
  }

  /** Queues text or progress. */
  get side(): SideQueue {
    return this.#side;
  }

  /** Queues the end behind everything else. */
  end(how: 'eos' | { readonly error: Uint8Array } = 'eos'): void {
    this.#end ??= how;
  }

  /** Drops body, text and progress not yet scheduled. */
  drop(): void {
    this.#body.clear();
    this.#side.clear();
  }

  /** Ends at once: no frame of it goes out any more. */
  abandon(): void {
    this.drop();
    this.#map = undefined;
    this.#ended = true;
  }

  grant(bytes: number): void {
    this.#credit += bytes;
  }

  /** True once after the queue fell below half its mark while its writer was waiting. */
  tookRoom(): boolean {
    if (!this.#waiting || this.closed || this.#body.size > this.#highWater / 2) return false;
    this.#waiting = false;
    return true;
  }

  /**
   * Schedules its next frame with a payload of at most `most` bytes and returns the frame's bytes. One that cannot be
   * cut and does not fit is not written into a message that has begun: then 0.
   */
  writeFrame(out: FrameWriter, most: number): number {
    if (this.#nextWhole > most && !out.empty) return 0;
    this.#begun = true;
    if (this.#map !== undefined) return this.#writeMap(out, this.#map, most);
    if (!this.#side.empty) return this.#writeSide(out);
    if (this.#body.size > 0) return this.#writeBody(out, most);
    return this.#writeEnd(out);
  }

  /** Payload bytes of the next frame if it must not be cut shorter, else 0. */
  get #nextWhole(): number {
    if (this.#map !== undefined) return Math.min(this.#map.length - this.#mapOffset, this.#mapCut);
    if (!this.#side.empty) return this.#side.nextBytes;
    if (this.#body.size > 0) return this.#dataCut === Number.POSITIVE_INFINITY ? 0 : this.#nextBody(this.#dataCut);
    return typeof this.#end === 'object' ? this.#end.error.length : 0;
  }

  #nextBody(room: number): number {
    if (this.#dataCut === Number.POSITIVE_INFINITY) return this.#body.nextCut(room);
    return Math.min(this.#body.size, room, this.#dataCut);
  }

  #writeMap(out: FrameWriter, map: Uint8Array, most: number): number {
    const from = this.#mapOffset;
    const to = Math.min(map.length, from + Math.min(most, this.#mapCut));
    const whole = to === map.length;
    const flags =
      (from === 0 ? RequestFlag.New : RequestFlag.Continuation) |
      (whole ? 0 : RequestFlag.More) |
      (this.#hasData ? RequestFlag.HaveData : 0);
    out.begin(this.channel, this.requestId, FrameType.Request, flags, to - from);
    out.write(map, from, to);
    out.end();
    this.#mapOffset = to;
    if (whole) {
      this.#map = undefined;
      this.#ended = !this.#hasData;
    }
    return HEADER_SIZE + to - from;
  }

  #writeSide(out: FrameWriter): number {
    const { type, payload } = this.#side.shift();
    out.begin(this.channel, this.requestId, type, 0, payload.length);
    out.write(payload, 0, payload.length);
    out.end();
    return HEADER_SIZE + payload.length;
  }

  #writeBody(out: FrameWriter, most: number): number {
    const bytes = this.#nextBody(Math.min(most, this.#credit));
    const last = this.#end === 'eos' && bytes === this.#body.size && bytes !== this.#dataCut;
    const flags = last ? PieceFlag.Eos : PieceFlag.Continuation;
    out.begin(this.channel, this.requestId, this.#bodyType, flags, bytes);
    this.#body.writeTo(out, bytes);
    out.end();
    this.#credit -= bytes;
    this.sentBytes += bytes;
    this.#ended = last;
    return HEADER_SIZE + bytes;
  }

  #writeEnd(out: FrameWriter): number {
    this.#ended = true;
    if (this.#end === undefined || this.#end === 'eos') {
      out.begin(this.channel, this.requestId, this.#bodyType, PieceFlag.Eos, 0);
      out.end();
      return HEADER_SIZE;
    }
    const { error } = this.#end;
    out.begin(this.channel, this.requestId, FrameType.Error, 0, error.length);
    out.write(error, 0, error.length);
    out.end();
    return HEADER_SIZE + error.length;
  }
}
