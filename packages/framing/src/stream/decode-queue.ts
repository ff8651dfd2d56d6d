import { fault, type ProtocolFault } from '../errors.js';
import { type FrameHeader, StreamFlag } from '../frame/frame.js';
import type { Limits } from '../limits.js';
import type { ContentCodec, Decoder, DecodeStep } from './codec.js';
import type { InboundStream } from './inbound.js';

/** What a frame that waits counts for beside its payload, bytes: about what it takes in memory. */
const WAITING_COST = 128;
/** Plain bytes up to which a payload may decode to any multiple of its size (SPEC 9.1.23). */
const FREE_BYTES = 65_536;
/** Plain bytes taken at a time where a payload may decode to more than is held at once (SPEC 4.15). */
const STEP_BYTES = 65_536;

/** How the frames of one stream are decoded. */
export interface StreamDecoding {
  readonly codec: ContentCodec;
  /** Opened for the first frame that needs it. */
  decoder: Decoder | undefined;
  /** Its encoded frames that wait, linked by `nextOfStream`. */
  first: Waiting | undefined;
  last: Waiting | undefined;
}

/** A frame that waits for its decoder, or for an earlier frame of its request. */
interface Waiting {
  readonly stream: InboundStream;
  readonly header: FrameHeader;
  readonly payload: Uint8Array;
  /** Undefined for a plain frame. */
  readonly decoding: StreamDecoding | undefined;
  /** The decoder was given it. */
  begun: boolean;
  /** It is among the starved or the stalled. */
  parked: boolean;
  /** Plain bytes so far, and those that can only be handed on together. */
  plainBytes: number;
  pieces: Uint8Array[];
  nextOfRequest: Waiting | undefined;
  nextOfStream: Waiting | undefined;
}

/** The frames of one request that wait, linked by `nextOfRequest`. */
interface Line {
  first: Waiting;
  last: Waiting;
}

/** What a {@link DecodeQueue} serves. */
export interface DecodeQueueOptions {
  readonly limits: Limits;
  /**
   * A payload is decoded in steps, as fast as it is consumed, and may be of any size (SPEC 4.15). Else what it decodes to
   * is bounded.
   */
  readonly stepped: boolean;
  /** Takes a frame with its plain payload, each request's in their order. */
  deliver(header: FrameHeader, plain: Uint8Array): ProtocolFault | undefined;
  /** The header for a piece of this frame that is not its last; undefined if the frame must be whole. */
  pieceOf(header: FrameHeader): FrameHeader | undefined;
  /** Stepped: what was delivered is not consumed fast enough. */
  paused(): boolean;
  /** {@link DecodeQueue.advance} is to be called, not from within this call. */
  onDone(): void;
}

/**
 * Passes frames through the decoders of their streams. Frames of one stream are decoded one after the other, frames of
 * one request are delivered in the order they came in, on whatever streams (SPEC 4.14); others do not wait for them.
 */
export class DecodeQueue {
  readonly #options: DecodeQueueOptions;
  /** Streams that may be encoded at once. */
  #reserved = 0;
  /** Open streams that are encoded, and decoders that live: those of ended streams may still have frames to decode. */
  #open = 0;
  #live = 0;
  readonly #requests = new Map<number, Line>();
  /** Frames that wait until an ended stream needs its decoder no more. */
  readonly #starved: Waiting[] = [];
  /** Frames that may be next. */
  readonly #candidates: Waiting[] = [];
  /** Frames whose decoder has finished a step since. */
  #settled: (readonly [frame: Waiting, step: DecodeStep])[] = [];
  /** Frames that wait for what was delivered to be consumed. */
  #stalled: Waiting[] = [];
  readonly #decoders = new Set<Decoder>();
  #bytes = 0;
  #closed = false;

  constructor(options: DecodeQueueOptions) {
    this.#options = options;
  }

  /** Nothing waits. */
  get idle(): boolean {
    return this.#requests.size === 0;
  }

  /** More waits than the limit `decodeQueue`: nothing should be read until some of it is done. */
  get full(): boolean {
    return this.#bytes > this.#options.limits.decodeQueue;
  }

  /** Sets how many streams may be encoded at once. */
  reserve(streams: number): void {
    this.#reserved = streams;
  }

  /** The stream is encoded from now on; the fault if too many are (SPEC 9.1.20). */
  configure(stream: InboundStream, codec: ContentCodec): ProtocolFault | undefined {
    if (stream.ended) return undefined;
    if (this.#open >= this.#reserved) {
      return fault('9.1.20', `More than ${this.#reserved} streams are encoded at once.`);
    }
    this.#open++;
    stream.decoding = { codec, decoder: undefined, first: undefined, last: undefined };
    return undefined;
  }

  /** Takes a frame that is counted and legal where it came; delivers it now or later. */
  receive(stream: InboundStream, header: FrameHeader, payload: Uint8Array): ProtocolFault | undefined {
    const { decoding } = stream;
    const encoded = decoding !== undefined && (header.streamFlags & StreamFlag.Encoded) !== 0;
    if (stream.ended && decoding !== undefined) this.#open--;
    if (encoded || this.#requests.has(header.requestId)) {
      this.#add(stream, { ...header }, payload, encoded ? decoding : undefined);
    } else {
      const broken = this.#options.deliver(header, payload);
      if (broken !== undefined) return broken;
    }
    if (decoding !== undefined) this.#closeIfOver(stream, decoding);
    return this.#run();
  }

  /** Goes on with what has become possible since: steps that decoders finished, and bytes that were consumed. */
  advance(): ProtocolFault | undefined {
    if (this.#settled.length > 0) {
      const settled = this.#settled;
      this.#settled = [];
      for (const [frame, step] of settled) {
        const broken = this.#follow(frame, step);
        if (broken !== undefined) return broken;
      }
    }
    if (this.#stalled.length > 0 && !this.#options.paused()) {
      const stalled = this.#stalled;
      this.#stalled = [];
      for (const frame of stalled) {
        const broken = this.#decode(frame);
        if (broken !== undefined) return broken;
      }
    }
    return this.#run();
  }

  /** The connection is dead: drops what waits, and closes the decoders. */
  close(): void {
    this.#closed = true;
    for (const decoder of this.#decoders) decoder.close();
    this.#decoders.clear();
    this.#requests.clear();
    this.#candidates.length = 0;
    this.#settled = [];
    this.#stalled = [];
    this.#bytes = 0;
  }

  #add(stream: InboundStream, header: FrameHeader, payload: Uint8Array, decoding: StreamDecoding | undefined): void {
    const frame: Waiting = {
      stream,
      header,
      payload,
      decoding,
      begun: false,
      parked: false,
      plainBytes: 0,
      pieces: [],
      nextOfRequest: undefined,
      nextOfStream: undefined,
    };
    this.#bytes += WAITING_COST + payload.length;
    const line = this.#requests.get(header.requestId);
    if (line === undefined) this.#requests.set(header.requestId, { first: frame, last: frame });
    else line.last = line.last.nextOfRequest = frame;
    if (decoding !== undefined) {
      if (decoding.last === undefined) decoding.first = frame;
      else decoding.last.nextOfStream = frame;
      decoding.last = frame;
    }
    this.#candidates.push(frame);
  }

  /** Delivers and decodes as much as may be now. */
  #run(): ProtocolFault | undefined {
    for (let frame = this.#candidates.pop(); frame !== undefined; frame = this.#candidates.pop()) {
      if (frame.begun || frame.parked || this.#requests.get(frame.header.requestId)?.first !== frame) continue;
      const { decoding } = frame;
      let broken: ProtocolFault | undefined;
      if (decoding === undefined) {
        broken = this.#options.deliver(frame.header, frame.payload);
        this.#finish(frame);
      } else if (decoding.first === frame) {
        broken = this.#decode(frame);
      }
      if (broken !== undefined) return broken;
    }
    return undefined;
  }

  /** Begins or goes on to decode the frame, which is the first of its stream and of its request. */
  #decode(frame: Waiting): ProtocolFault | undefined {
    frame.parked = false;
    const decoder = this.#decoderFor(frame);
    if (decoder === undefined || this.#stalls(frame)) return undefined;
    const step = frame.begun ? decoder.resume(STEP_BYTES) : decoder.decode(frame.payload, this.#most(frame));
    frame.begun = true;
    return this.#follow(frame, step);
  }

  /** The stream's decoder; undefined as long as decoders of ended streams take up those there are. */
  #decoderFor(frame: Waiting): Decoder | undefined {
    const { decoding } = frame;
    if (decoding === undefined || decoding.decoder !== undefined) return decoding?.decoder;
    if (this.#live >= this.#reserved) {
      frame.parked = true;
      this.#starved.push(frame);
      return undefined;
    }
    this.#live++;
    decoding.decoder = decoding.codec.createDecoder();
    this.#decoders.add(decoding.decoder);
    return decoding.decoder;
  }

  #stalls(frame: Waiting): boolean {
    if (!this.#options.stepped || !this.#options.paused()) return false;
    frame.parked = true;
    this.#stalled.push(frame);
    return true;
  }

  /** Plain bytes that the frame may decode to, in its first step. */
  #most({ payload }: Waiting): number {
    const { decodedBytes, decodedRatio } = this.#options.limits;
    if (this.#options.stepped) return STEP_BYTES;
    return Math.min(decodedBytes, Math.max(FREE_BYTES, decodedRatio * payload.length));
  }

  /** Takes a step and those that follow it at once. */
  #follow(frame: Waiting, first: DecodeStep | Promise<DecodeStep>): ProtocolFault | undefined {
    let step = first;
    for (;;) {
      if (step instanceof Promise) {
        this.#await(frame, step);
        return undefined;
      }
      const broken = this.#take(frame, step);
      if (broken !== undefined || this.#closed || step.kind === 'malformed') return broken;
      if (!step.more) {
        this.#finish(frame);
        return undefined;
      }
      const decoder = frame.decoding?.decoder;
      if (decoder === undefined || this.#stalls(frame)) return undefined;
      step = decoder.resume(STEP_BYTES);
    }
  }

  #await(frame: Waiting, step: Promise<DecodeStep>): void {
    const settle = (settled: DecodeStep): void => {
      if (this.#closed) return;
      this.#settled.push([frame, settled]);
      this.#options.onDone();
    };
    step.then(settle, () => settle({ kind: 'malformed', message: 'the decoder failed' }));
  }

  /** Hands on what a step gave. */
  #take(frame: Waiting, step: DecodeStep): ProtocolFault | undefined {
    const { stream, header, payload, pieces } = frame;
    const { limits, stepped } = this.#options;
    if (step.kind === 'malformed') return fault('4.13', `A frame on stream ${stream.id} is malformed: ${step.message}`);
    const { plain, more } = step;
    frame.plainBytes += plain.length;
    if (more && !stepped) {
      const message = `A frame of ${payload.length} bytes on stream ${stream.id} decodes to more than the ${this.#most(frame)} it may.`;
      return fault(this.#most(frame) === limits.decodedBytes ? '9.1.22' : '9.1.23', message);
    }
    if (stepped && frame.plainBytes > limits.decodedBytes && this.#options.pieceOf(header) === undefined) {
      return fault('9.1.22', `A frame on stream ${stream.id} decodes to more than ${limits.decodedBytes} bytes.`);
    }
    const piece = more ? this.#options.pieceOf(header) : header;
    if (piece === undefined) {
      pieces.push(plain);
      return undefined;
    }
    if (!more) stream.plainBytes += frame.plainBytes - payload.length;
    if (more && plain.length === 0) return undefined;
    return this.#options.deliver(piece, pieces.length === 0 ? plain : joined(pieces, plain, frame.plainBytes));
  }

  /** The frame was delivered: those behind it may be next. */
  #finish(frame: Waiting): void {
    if (this.#closed) return;
    const { header, payload, decoding, nextOfRequest, nextOfStream } = frame;
    this.#bytes -= WAITING_COST + payload.length;
    if (nextOfRequest === undefined) {
      this.#requests.delete(header.requestId);
    } else {
      (this.#requests.get(header.requestId) as Line).first = nextOfRequest;
      this.#candidates.push(nextOfRequest);
    }
    if (decoding === undefined) return;
    decoding.first = nextOfStream;
    if (nextOfStream === undefined) {
      decoding.last = undefined;
      this.#closeIfOver(frame.stream, decoding);
    } else {
      this.#candidates.push(nextOfStream);
    }
  }

  /** An ended stream needs its decoder no more once nothing of it waits: another stream may have its place. */
  #closeIfOver(stream: InboundStream, decoding: StreamDecoding): void {
    const { decoder } = decoding;
    if (!stream.ended || decoding.first !== undefined || decoder === undefined) return;
    decoder.close();
    decoding.decoder = undefined;
    this.#decoders.delete(decoder);
    this.#live--;
    const next = this.#starved.shift();
    if (next === undefined) return;
    next.parked = false;
    this.#candidates.push(next);
  }
}

function joined(pieces: readonly Uint8Array[], last: Uint8Array, size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of [...pieces, last]) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
