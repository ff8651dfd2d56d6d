import { type ByteRange, encodeRange, rangeOf } from '../cbor/index.js';
import type { Dialect } from '../dialect/dialect.js';
import { FrameType, PieceFlag } from '../dialect/types.js';
import { WiremuxError } from '../errors.js';
import { BLOCKED, type ChannelWeight, Scheduler, type Sender } from '../flow/scheduler.js';
import type { SendWindow } from '../flow/send-window.js';
import { FrameBatch } from '../frame/batch.js';
import { HEADER_SIZE, StreamFlag } from '../frame/frame.js';
import { DEFAULT_LIMITS } from '../limits.js';
import { encodeStreamSettings } from '../message/settings.js';
import type { KeptFrames } from '../session/kept-frames.js';
import {
  newOutboundStream,
  nextStreamFlags,
  type OutboundRoute,
  type OutboundStream,
  OutboundStreams,
} from '../stream/outbound.js';
import { type EncodingFrame, gather, mostPlain, type StreamEncoders } from '../stream/stream-encoders.js';
import { ControlQueue, type ControlWriter } from './control-queue.js';
import type { FrameWriter, SendHalf } from './send-half.js';

/** Bytes of whole frames in one message, one larger frame apart (SPEC 7.2). */
const MESSAGE_BYTES = 65_536;
/** The largest payload that fits into a message with nothing else. */
const LONE_PAYLOAD: number = MESSAGE_BYTES - HEADER_SIZE;
/** A message with less room than this is full: a tiny piece of a large body is not worth a frame. */
const LEAST_ROOM = 1_024;
const CONTROL = 'control';
/** Streams until the other side's settings say otherwise (SPEC 4.7). */
const MOST_STREAMS: number = DEFAULT_LIMITS.openStreams;

interface LinkFrame {
  readonly type: number;
  readonly flags: number;
  readonly payload: Uint8Array;
}

const NONE: readonly never[] = [];

/** Is told what is being sent. */
export interface OutputListener {
  /** A half has scheduled a frame. */
  scheduled(half: SendHalf): void;
  /** The cancel|ack of a request was scheduled. */
  proved(requestId: number): void;
}

/**
 * Everything this side has to send, in the order it may go: link frames, credit and cancel, then the channels' frames
 * (SPEC 8.12). A message is built only when the transport asks for one.
 */
export class Output implements FrameWriter, ControlWriter, Sender<SendHalf> {
  readonly batch: FrameBatch = new FrameBatch();
  readonly streams: OutboundStreams;
  readonly scheduler: Scheduler<SendHalf>;
  /** Absent where nothing is encoded: all goes as it is. */
  #encoders: StreamEncoders | undefined;
  /** What is encoded is known; until then nothing is. */
  #encodersSettled: boolean;
  /** How much may be on its way; absent where nothing is acknowledged. */
  readonly window: SendWindow | undefined;
  #linkStream: OutboundStream;
  /** The number each type has in the dialect; encoded frames are of dialects whose numbers are the types'. */
  readonly #wireTypes: Dialect['wireTypes'];
  /** Nothing goes out before this side's settings (SPEC 8.3.1, 8.3.2). */
  readonly #settingsFirst: boolean;
  readonly #listener: OutputListener;
  /** The connection is dead: what its application still takes is granted to nobody (SPEC 5.11). */
  #dead = false;
  /** The frame begun, if its payload goes through an encoder. */
  #encoding: EncodingFrame | undefined;
  #linkFrames: readonly LinkFrame[] = NONE;
  /** What goes out again on the next transport; undefined without a session. */
  #kept: KeptFrames | undefined;
  /** The other side has not said yet whether the session goes on: nothing of it may be sent (SPEC 8.3.3). */
  resuming = false;
  /** Credit and cancels, once there were any. */
  #control: ControlQueue | undefined;
  /** Largest payload the other side accepts, bytes. */
  maxPayload: number;
  /** Frames and bytes sent. */
  frames = 0;
  bytes = 0;

  constructor(options: {
    readonly role: 'client' | 'server';
    readonly dialect: Dialect;
    readonly channels: readonly ChannelWeight[];
    readonly maxPayload: number;
    /** There are codecs: what is encoded with them is still to be known (see {@link Output.encodeWith}). */
    readonly mayEncode: boolean;
    readonly window: SendWindow | undefined;
    readonly listener: OutputListener;
  }) {
    if (options.channels.some(({ name }) => name === CONTROL)) {
      throw new WiremuxError('unsupported', 'The channel `control` is there by itself; leave it out.');
    }
    const first = options.role === 'client' ? 1 : 2;
    this.#linkStream = newOutboundStream(first, 'link');
    this.streams = options.dialect.extended
      ? new OutboundStreams(first + 2, MOST_STREAMS)
      : new OutboundStreams(first, 1);
    this.#settingsFirst = options.dialect.extended;
    this.#wireTypes = options.dialect.wireTypes;
    this.scheduler = new Scheduler(options.channels);
    this.maxPayload = options.maxPayload;
    this.#encodersSettled = !options.mayEncode;
    this.window = options.window;
    this.#listener = options.listener;
  }

  /** The other side's settings are known, and so is what encodes for it, if anything does. */
  encodeWith(encoders: StreamEncoders | undefined): void {
    this.#encoders = encoders;
    this.#encodersSettled = true;
  }

  /** True if a message might be there to take. */
  get pending(): boolean {
    return (
      this.#linkFrames.length > 0 ||
      this.#control?.empty === false ||
      this.scheduler.busy ||
      this.#encoders?.next !== undefined ||
      this.#kept?.replaying === true ||
      !this.empty
    );
  }

  /** Nothing waits to be sent, in an encoder neither. */
  get idle(): boolean {
    return !this.pending && this.#encoders?.working !== true;
  }

  /** Queues a link frame behind those that wait. */
  link(type: number, flags: number, payload: Uint8Array): void {
    this.#linkFrames = [...this.#linkFrames, { type, flags, payload }];
  }

  /** Grants of one request merge while they wait (SPEC 8.7.6). */
  credit(requestId: number, bytes: number): void {
    if (this.#dead) return;
    this.#control ??= new ControlQueue();
    this.#control.credit(requestId, bytes);
  }

  /** A cancel of one request replaces one that waits. */
  cancel(requestId: number, payload: Uint8Array, ack: boolean): void {
    this.#control ??= new ControlQueue();
    this.#control.cancel(requestId, payload, ack);
  }

  /** Forgets grants for a request whose half has ended. */
  forgetCredit(requestId: number): void {
    this.#control?.forgetCredit(requestId);
  }

  get kept(): KeptFrames | undefined {
    return this.#kept;
  }

  /** Keeps what is sent from now on, or nothing. */
  set kept(kept: KeptFrames | undefined) {
    this.#kept = kept;
    if (this.window !== undefined) this.window.keeper = kept;
  }

  /** The transport is gone, and its link frames with it. */
  dropLink(): void {
    this.#linkStream = newOutboundStream(this.#linkStream.id, this.#linkStream.channel);
    this.#linkFrames = NONE;
  }

  /** Goes on with the link stream that another has begun, on a transport that it hands over. */
  inheritLink(other: Output): void {
    this.#linkStream = other.#linkStream;
  }

  /** Every stream this side has sent on, the link stream first. */
  *allStreams(): Iterable<OutboundStream> {
    if (this.#linkStream.begun) yield this.#linkStream;
    yield* this.streams.list();
  }

  /** Drops everything that waits: the connection is dead, and sends nothing more but the error that ends it. */
  clear(halves: Iterable<SendHalf>): void {
    this.#dead = true;
    this.#encoders?.close();
    for (const half of halves) half.abandon();
    this.#linkFrames = NONE;
    this.#control = undefined;
    this.#kept?.close();
    this.kept = undefined;
  }

  begin(
    channel: string,
    requestId: number,
    type: number,
    flags: number,
    length: number,
    encodable: boolean = false,
  ): void {
    const route = this.streams.of(channel);
    if (encodable) {
      this.#encoding = this.#encoders?.begin(route, requestId, type, flags, length, this.maxPayload);
      if (this.#encoding !== undefined) return;
    }
    this.#beginPlain(route.stream, requestId, type, flags, length);
  }

  write(bytes: Uint8Array, start: number, end: number): void {
    if (this.#encoding === undefined) this.batch.write(bytes, start, end);
    else gather(this.#encoding, bytes, start, end);
  }

  end(): void {
    const frame = this.#encoding;
    if (frame === undefined) return;
    this.#encoding = undefined;
    if (this.#encoders?.encode(frame) === true) this.#writeEncodedFrame(frame);
  }

  get empty(): boolean {
    return this.batch.size === 0;
  }

  /** The error frame of the connection in 0006, where there is no link stream. */
  beginUnlinked(type: number, flags: number, requestId: number, payload: Uint8Array): void {
    this.begin('default', requestId, type, flags, payload.length);
    this.batch.write(payload, 0, payload.length);
  }

  /** The next message, whole frames; undefined if nothing may go now. @param acknowledged session frames to say came */
  takeMessage(now: number, acknowledged?: number): Uint8Array[] | undefined {
    this.#writeLinkFrames(acknowledged);
    if (this.#settingsFirst && !this.#linkStream.begun) return undefined;
    if (this.resuming || (this.#kept?.replaying === true && !this.empty)) return this.#takeBatch();
    if (this.#kept?.replaying === true) return this.#takeReplay(this.#kept, now);
    const { window } = this;
    if (window === undefined) {
      this.#writeSession();
      return this.#takeBatch();
    }
    const { sent, unacknowledged } = window;
    const linkBytes = this.batch.size;
    this.#writeSession();
    const frames = window.sent - sent;
    if (frames > 0) window.message(unacknowledged, now);
    if (window.open && !this.scheduler.busy) window.starved();
    const bytes = this.batch.size - linkBytes;
    const message = this.#takeBatch();
    if (frames > 0 && message !== undefined) this.#kept?.keep(message, linkBytes, frames, bytes);
    return message;
  }

  #takeBatch(): Uint8Array[] | undefined {
    if (this.empty) return undefined;
    const message = this.batch.take();
    this.rest();
    return message;
  }

  /** Holds no memory for messages where those before are acknowledged, or never will be. */
  rest(): void {
    if (this.window === undefined || this.window.unacknowledged === 0) this.batch.rest();
  }

  /** What was lost with the transport before goes ahead of everything new, regardless of W (SPEC 8.8.8). */
  #takeReplay(kept: KeptFrames, now: number): Uint8Array[] {
    const { chunks, frames, bytes } = kept.takeReplay();
    this.window?.resent(frames, bytes, now);
    this.frames += frames;
    this.bytes += bytes;
    return chunks;
  }

  #writeSession(): void {
    if (this.#writeControl() && this.#writeEncoded()) this.#writeChannels();
  }

  /** The largest payload of a frame that has a message to itself. */
  get lonePayload(): number {
    return Math.min(LONE_PAYLOAD, this.maxPayload);
  }

  #writeChannels(): void {
    if (this.window?.open === false) this.#writeErrors();
    while (this.scheduler.next(this) > 0);
  }

  /** Of {@link Sender}: the half's next frame. */
  sendFrame(half: SendHalf): number {
    const left = LONE_PAYLOAD - this.batch.size;
    if (left < LEAST_ROOM || this.window?.open === false) return 0;
    const route = this.streams.of(half.channel);
    if (route.stream.busy) return BLOCKED;
    if (!route.settled) this.#settle(route);
    const room = Math.min(left, this.lonePayload);
    const bytes = half.writeFrame(this, route.encodes ? mostPlain(room) : room);
    this.#listener.scheduled(half);
    return bytes;
  }

  /** Errors that nothing else of their half is ahead of (SPEC 8.7.7). */
  #writeErrors(): void {
    for (const half of this.scheduler.waiting()) {
      if (!half.onlyErrorLeft || this.streams.of(half.channel).stream.busy) continue;
      if (half.writeFrame(this, LONE_PAYLOAD - this.batch.size) === 0) return;
      this.#listener.scheduled(half);
    }
  }

  /** Decides whether the channel is encoded; a stream that is from now on says so first (SPEC 4.9). */
  #settle(route: OutboundRoute): void {
    route.settled = this.#encodersSettled;
    const profile = this.#encoders?.settle(route);
    if (profile === undefined) return;
    const payload = encodeStreamSettings(profile);
    this.#beginPlain(route.stream, 0, FrameType.StreamSettings, PieceFlag.Eos, payload.length);
    this.batch.write(payload, 0, payload.length);
  }

  #beginPlain(stream: OutboundStream, requestId: number, type: number, flags: number, length: number): void {
    const streamFlags = nextStreamFlags(stream, HEADER_SIZE + length);
    this.#count(length);
    this.window?.frame(length);
    this.batch.begin(length, requestId, stream.id, streamFlags, this.#wireTypes[type] ?? type, flags);
  }

  /** Frames whose encoders have finished since, in that order; false if one had to be left for the next message. */
  #writeEncoded(): boolean {
    const encoders = this.#encoders;
    if (encoders?.next === undefined) return true;
    for (let frame: EncodingFrame | undefined = encoders.next; frame !== undefined; frame = encoders.next) {
      const length = (frame.encoded ?? frame.plain).length;
      if (!this.empty && this.batch.size + length > LONE_PAYLOAD) return false;
      encoders.sent(frame);
      this.#writeEncodedFrame(frame);
    }
    this.scheduler.unblock();
    return this.#writeControl();
  }

  /** Where the encoding failed, or came out longer than it may be, the frame goes plain and ends its stream (SPEC 4.11). */
  #writeEncodedFrame({ stream, requestId, type, flags, plain, encoded }: EncodingFrame): void {
    const fits = encoded !== undefined && encoded.length <= this.maxPayload;
    const payload = fits ? encoded : plain;
    const begin = nextStreamFlags(stream, HEADER_SIZE + payload.length, HEADER_SIZE + plain.length);
    const streamFlags = begin | (fits ? StreamFlag.Encoded : StreamFlag.End);
    if (!fits) this.#encoders?.giveUp(stream);
    this.#count(payload.length);
    this.window?.frame(payload.length);
    this.batch.append({ requestId, streamId: stream.id, streamFlags, type, flags }, payload);
  }

  /** Settings are always first (SPEC 8.1.2), and an acknowledgement goes ahead of everything else. */
  #writeLinkFrames(acknowledged: number | undefined): void {
    const frames = this.#linkFrames;
    this.#linkFrames = NONE;
    let next = 0;
    for (; frames[next]?.type === FrameType.SenderSettings; next++) this.#writeLinkFrame(frames[next] as LinkFrame);
    if (acknowledged !== undefined) this.#writeLink(FrameType.Ack, 0, encodeRange(acknowledged));
    for (; next < frames.length; next++) this.#writeLinkFrame(frames[next] as LinkFrame);
  }

  #writeLinkFrame({ type, flags, payload }: LinkFrame): void {
    this.#writeLink(type, flags, rangeOf(payload));
  }

  #writeLink(type: number, flags: number, { bytes, from, to }: ByteRange): void {
    const stream = this.#linkStream;
    const length = to - from;
    this.#count(length);
    this.batch.begin(length, 0, stream.id, nextStreamFlags(stream, HEADER_SIZE + length), type, flags);
    this.batch.write(bytes, from, to);
  }

  /** Credit and cancels; false if some had to be left for the next message, which nothing may overtake. */
  #writeControl(): boolean {
    const control = this.#control;
    if (control === undefined || control.empty || this.streams.of(CONTROL).stream.busy) return true;
    return control.writeTo(this);
  }

  /** A control frame; false if the message has no room for it. */
  control(requestId: number, type: number, flags: number, payload: Uint8Array): boolean {
    if (this.batch.size + payload.length > LONE_PAYLOAD) return false;
    this.begin(CONTROL, requestId, type, flags, payload.length);
    this.batch.write(payload, 0, payload.length);
    return true;
  }

  holds(requestId: number): boolean {
    return this.#encoders?.holds(requestId) === true;
  }

  proved(requestId: number): void {
    this.#listener.proved(requestId);
  }

  #count(payloadBytes: number): void {
    this.frames++;
    this.bytes += HEADER_SIZE + payloadBytes;
  }
}
