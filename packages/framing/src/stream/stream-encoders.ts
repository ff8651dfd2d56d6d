import type { ContentCodec } from './codec.js';
import type { ConnectionContexts } from './contexts.js';
import { type ChannelEncodings, EncoderChoice } from './encoder-choice.js';
import type { OutboundRoute, OutboundStream } from './outbound.js';

/** Payloads shorter than this go plain: a flushed encoding of them is hardly smaller. */
const LEAST_PLAIN = 24;
const NOTHING = new Uint8Array(0);
/** The most plain bytes of an encoded frame (SPEC 4.10). */
const MOST_PLAIN = 65_536;

/** A frame whose payload goes through its stream's encoder. */
export interface EncodingFrame {
  readonly stream: OutboundStream;
  readonly requestId: number;
  readonly type: number;
  readonly flags: number;
  /** Bytes of the payload as it is given, piece by piece. */
  readonly length: number;
  plain: Uint8Array;
  filled: number;
  /** Undefined as long as the encoder works, and when it could not. */
  encoded: Uint8Array | undefined;
}

/** Who has frames encoded. */
export interface EncodingHost {
  /** An encoder has finished, later than the call that began it. */
  wake(): void;
}

/** What {@link StreamEncoders} are made of. */
export interface StreamEncodersOptions {
  readonly codecs: readonly ContentCodec[];
  readonly channels: readonly ChannelEncodings[];
  /** What the other side can decode, and on how many streams at once. */
  readonly advertised: readonly string[];
  readonly most: number;
  readonly contexts: ConnectionContexts;
  readonly host: EncodingHost;
}

/** The most bytes that a codec may make of a payload of `plain` bytes (see {@link Encoder}). */
function mostEncoded(plain: number): number {
  return plain + (plain >> 7) + 64;
}

/** The most plain bytes whose encoding is sure to fit into `room` bytes. */
export function mostPlain(room: number): number {
  return Math.floor(((room - 64) * 128) / 129);
}

/**
 * The encoders of the streams this side sends on: which stream gets one, and the frames that pass through them. Of each
 * stream at most one frame is being encoded; those of others go on meanwhile.
 */
export class StreamEncoders {
  readonly #choice: EncoderChoice;
  readonly #contexts: ConnectionContexts;
  readonly #host: EncodingHost;
  /** Encoders that the other side has decoders for and that are not open. */
  #left: number;
  readonly #streams: OutboundStream[] = [];
  /** Frames that are being encoded, or wait for their place in a message since: one of a stream at most. */
  readonly #frames: EncodingFrame[] = [];
  readonly #done: EncodingFrame[] = [];
  #closed = false;

  constructor({ codecs, channels, advertised, most, contexts, host }: StreamEncodersOptions) {
    this.#choice = new EncoderChoice(codecs, channels, advertised);
    this.#left = most;
    this.#contexts = contexts;
    this.#host = host;
  }

  /** Frames are being encoded, or were and wait. */
  get working(): boolean {
    return this.#frames.length > 0;
  }

  /** The first of the frames that are encoded and wait for their place in a message. */
  get next(): EncodingFrame | undefined {
    return this.#done[0];
  }

  /** Forgets the frame that is next: it was sent. */
  sent(frame: EncodingFrame): void {
    this.#done.shift();
    remove(this.#frames, frame);
    frame.stream.busy = false;
  }

  /** A frame of the request has its place but was not sent yet: nothing of the request may overtake it. */
  holds(requestId: number): boolean {
    return this.#frames.some((frame) => frame.requestId === requestId);
  }

  /**
   * Decides whether a channel is encoded. Returns the profile if its stream is from now on, and must say so in settings
   * before its next frame (SPEC 4.9).
   */
  settle(route: OutboundRoute): string | undefined {
    if (this.#closed) return undefined;
    const { stream, channel } = route;
    if (stream.encoder !== undefined) {
      route.encodes = this.#choice.allows(channel, stream.encoding);
      return undefined;
    }
    const codec = this.#choice.pick(channel);
    if (codec?.createEncoder === undefined || this.#left === 0 || !this.#contexts.take()) return undefined;
    this.#left--;
    stream.encoder = codec.createEncoder();
    stream.encoding = codec.name;
    this.#streams.push(stream);
    route.encodes = true;
    return codec.name;
  }

  /** Begins a frame with a payload of `length` bytes, if it should be encoded. */
  begin(
    { stream, encodes }: OutboundRoute,
    requestId: number,
    type: number,
    flags: number,
    length: number,
    maxPayload: number,
  ): EncodingFrame | undefined {
    if (!encodes || stream.encoder === undefined || length < LEAST_PLAIN || length > MOST_PLAIN) return undefined;
    if (mostEncoded(length) > maxPayload) return undefined;
    return { stream, requestId, type, flags, length, plain: NOTHING, filled: 0, encoded: undefined };
  }

  /**
   * Encodes the frame. True: at once, it may be sent. False: it is busy with it, and the frame comes as {@link next}
   * later.
   */
  encode(frame: EncodingFrame): boolean {
    const { stream } = frame;
    let result: Uint8Array | Promise<Uint8Array> | undefined;
    try {
      result = stream.encoder?.encode(frame.plain);
    } catch {
      // As when it rejects: the frame goes plain, and ends the stream.
    }
    if (!(result instanceof Promise)) {
      frame.encoded = result;
      return true;
    }
    stream.busy = true;
    this.#frames.push(frame);
    const done = (encoded?: Uint8Array): void => {
      if (this.#closed) return;
      frame.encoded = encoded;
      this.#done.push(frame);
      this.#host.wake();
    };
    result.then(done, () => done());
    return false;
  }

  /** The stream's encoder could not do its work: the stream ends, and what begins anew on its id is plain. */
  giveUp(stream: OutboundStream): void {
    if (!remove(this.#streams, stream)) return;
    stream.encoder?.close();
    stream.encoder = undefined;
    stream.encoding = 'identity';
    stream.begun = false;
    this.#contexts.give();
  }

  /** The connection is dead: what is being encoded is dropped, whenever that ends. */
  close(): void {
    this.#closed = true;
    for (const stream of [...this.#streams]) this.giveUp(stream);
    this.#frames.length = 0;
    this.#done.length = 0;
  }
}

/** False if it is not there. */
function remove<T>(list: T[], item: T): boolean {
  const at = list.indexOf(item);
  if (at >= 0) list.splice(at, 1);
  return at >= 0;
}

/** Adds `bytes[start, end)` to the payload; a whole payload in one piece is not copied. */
export function gather(frame: EncodingFrame, bytes: Uint8Array, start: number, end: number): void {
  const piece = bytes.subarray(start, end);
  if (piece.length === frame.length) {
    frame.plain = piece;
    return;
  }
  if (frame.plain.length === 0) frame.plain = new Uint8Array(frame.length);
  frame.plain.set(piece, frame.filled);
  frame.filled += piece.length;
}
