import { StreamFlag } from '../frame/frame.js';

/** One stream this side sends on. */
export interface OutboundStream {
  readonly id: number;
  /** The channel whose frames it carries. */
  readonly channel: string;
  frames: number;
  /** Header and payload bytes. */
  bytes: number;
}

/** Gives each channel its stream when the first frame goes out (SPEC 4.2, 8.12.1). */
export class OutboundStreams {
  readonly #byChannel = new Map<string, OutboundStream>();
  readonly #streams: OutboundStream[] = [];
  #nextId: number;
  /** Streams the other side accepts, at least 1: further channels share the last one. */
  most: number;

  constructor(firstId: number, most: number) {
    this.#nextId = firstId;
    this.most = most;
  }

  /** The channel's stream; its `frames` is 0 until the first is sent, which must carry {@link StreamFlag.Begin}. */
  of(channel: string): OutboundStream {
    const known = this.#byChannel.get(channel);
    if (known !== undefined) return known;
    const last = this.#streams.at(-1);
    const stream = last === undefined || this.#streams.length < this.most ? this.#open(channel) : last;
    this.#byChannel.set(channel, stream);
    return stream;
  }

  list(): Iterable<OutboundStream> {
    return this.#streams;
  }

  #open(channel: string): OutboundStream {
    const stream = { id: this.#nextId, channel: this.most === 1 ? 'default' : channel, frames: 0, bytes: 0 };
    this.#nextId += 2;
    this.#streams.push(stream);
    return stream;
  }
}

/** Counts a frame about to be sent and returns its stream flags. */
export function nextStreamFlags(stream: OutboundStream, frameBytes: number): number {
  const flags = stream.frames === 0 ? StreamFlag.Begin : 0;
  stream.frames++;
  stream.bytes += frameBytes;
  return flags;
}
