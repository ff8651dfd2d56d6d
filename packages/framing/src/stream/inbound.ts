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

const ALL_FLAGS: number = StreamFlag.Begin | StreamFlag.End | StreamFlag.Encoded;

/** The streams the other side has open, and their rules (SPEC 4). */
export class InboundStreams {
  readonly #open = new Map<number, InboundStream>();
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
    const known = this.#open.get(streamId);
    const next = nextStreamState(known === undefined ? 'closed' : 'open', streamFlags);
    if (next === undefined) {
      return fault('4.3', known === undefined ? `Stream ${streamId} is not open.` : `Stream ${streamId} began twice.`);
    }
    if (known === undefined && streamId !== this.#linkStream && this.#counted >= this.#maxOpen) {
      return fault('4.7', `More than ${this.#maxOpen} streams are open.`);
    }
    const stream = known ?? newInboundStream(streamId);
    if (next === 'closed') {
      stream.ended = true;
      this.#open.delete(streamId);
    } else if (known === undefined) {
      this.#open.set(streamId, stream);
    }
    stream.frames++;
    stream.bytes += HEADER_SIZE + payloadBytes;
    stream.plainBytes += HEADER_SIZE + payloadBytes;
    if ((streamFlags & StreamFlag.Encoded) !== 0) stream.encoded = true;
    return stream;
  }

  /** The transport is gone, and its link stream with it; the others are of the session (SPEC 8.8.8). */
  dropLink(): void {
    this.#open.delete(this.#linkStream);
  }

  /** Goes on with the link stream of a transport that another has read from. */
  inheritLink(other: InboundStreams): void {
    const link = other.#open.get(this.#linkStream);
    if (link !== undefined) this.#open.set(this.#linkStream, link);
  }

  /** The open streams, oldest first. */
  list(): Iterable<InboundStream> {
    return this.#open.values();
  }

  get #counted(): number {
    return this.#open.size - (this.#open.has(this.#linkStream) ? 1 : 0);
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
