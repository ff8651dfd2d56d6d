import { fault, type ProtocolFault } from '../errors.js';
import { type FrameHeader, HEADER_SIZE, StreamFlag } from '../frame/frame.js';
import type { StreamDecoding } from './decode-queue.js';
import { nextStreamState } from './stream-state.js';

/** One stream the other side sends on, with what it has carried since it began. */
export interface InboundStream {
  readonly id: number;
  frames: number;
  /** Header and payload bytes, as they are on the wire. */
  bytes: number;
  /** The same after decoding. */
  plainBytes: number;
  /** Stream settings came; they come once (SPEC 3.8.6). */
  configured: boolean;
  /** A frame flagged encoded came; settings are too late then. */
  encoded: boolean;
  /** The frame that ended it came. */
  ended: boolean;
  /** How its encoded frames are decoded; undefined: they are plain. */
  decoding: StreamDecoding | undefined;
}

const NONE: readonly never[] = [];

const ALL_FLAGS: number = StreamFlag.Begin | StreamFlag.End | StreamFlag.Encoded;

/** The streams the other side has open, and their rules (SPEC 4). */
export class InboundStreams {
  /** Few, the oldest first, without the link stream. */
  #open: readonly InboundStream[] = NONE;
  #link: InboundStream | undefined;
  /** The one whose frame came last: those of one stream come in runs. */
  #last: InboundStream | undefined;
  /** 1: the client sends on odd streams, 0: the server on even ones. */
  readonly #parity: number;
  readonly #maxOpen: number;
  /** Not counted against the limit (SPEC 4.7); 0 where the dialect has none. */
  readonly #linkStream: number;

  constructor(parity: 0 | 1, maxOpen: number, linkStream: number) {
    this.#parity = parity;
    this.#maxOpen = maxOpen;
    this.#linkStream = linkStream;
  }

  /** Counts a frame on its stream; the stream, or how the frame broke a rule. */
  receive(header: FrameHeader, payloadBytes: number): InboundStream | ProtocolFault {
    const { streamId, streamFlags } = header;
    if ((streamFlags & ~ALL_FLAGS) !== 0) return fault('1.3', `Stream flags ${streamFlags} are not defined.`);
    if (streamId === 0 || (streamId & 1) !== this.#parity) {
      return fault('4.1', `Stream ${streamId} is not one the peer may send on.`);
    }
    const known = this.#find(streamId);
    const next = nextStreamState(known === undefined ? 'closed' : 'open', streamFlags);
    if (next === undefined) {
      return fault('4.3', known === undefined ? `Stream ${streamId} is not open.` : `Stream ${streamId} began twice.`);
    }
    if (known === undefined && streamId !== this.#linkStream && this.#open.length >= this.#maxOpen) {
      return fault('4.7', `More than ${this.#maxOpen} streams are open.`);
    }
    const stream = known ?? newInboundStream(streamId);
    if (next === 'closed') this.#close(stream);
    else if (known === undefined) this.#begin(stream);
    stream.frames++;
    stream.bytes += HEADER_SIZE + payloadBytes;
    stream.plainBytes += HEADER_SIZE + payloadBytes;
    if ((streamFlags & StreamFlag.Encoded) !== 0) stream.encoded = true;
    return stream;
  }

  /** The transport is gone, and its link stream with it; the others are of the session (SPEC 8.8.8). */
  dropLink(): void {
    this.#link = undefined;
  }

  /** Goes on with the link stream of a transport that another has read from. */
  inheritLink(other: InboundStreams): void {
    this.#link = other.#link;
  }

  /** The open streams, the link stream first. */
  list(): readonly InboundStream[] {
    return this.#link === undefined ? this.#open : [this.#link, ...this.#open];
  }

  #find(id: number): InboundStream | undefined {
    if (id === this.#linkStream) return this.#link;
    if (this.#last?.id !== id) this.#last = this.#open.find((stream) => stream.id === id);
    return this.#last;
  }

  #begin(stream: InboundStream): void {
    if (stream.id === this.#linkStream) this.#link = stream;
    else this.#open = [...this.#open, stream];
  }

  #close(stream: InboundStream): void {
    stream.ended = true;
    if (stream === this.#link) this.#link = undefined;
    this.#open = this.#open.filter((other) => other !== stream);
    this.#last = undefined;
  }
}

function newInboundStream(id: number): InboundStream {
  return {
    id,
    frames: 0,
    bytes: 0,
    plainBytes: 0,
    configured: false,
    encoded: false,
    ended: false,
    decoding: undefined,
  };
}
