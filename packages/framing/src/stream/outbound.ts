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
  readonly #shared: boolean;
  #nextId: number;

  /** @param shared one stream for all channels, as the older dialects' peers expect */
  constructor(firstId: number, shared: boolean) {
    this.#nextId = firstId;
    this.#shared = shared;
  }

  /** The channel's stream; its `frames` is 0 until the first is sent, which must carry {@link StreamFlag.Begin}. */
  of(channel: string): OutboundStream {
    const key = this.#shared ? '' : channel;
    const known = this.#byChannel.get(key);
    if (known !== undefined) return known;
    const stream = { id: this.#nextId, channel: this.#shared ? 'default' : channel, frames: 0, bytes: 0 };
    this.#nextId += 2;
    this.#byChannel.set(key, stream);
    return stream;
  }

  list(): Iterable<OutboundStream> {
    return this.#byChannel.values();
  }
}

/** Counts a frame about to be sent and returns its stream flags. */
export function nextStreamFlags(stream: OutboundStream, frameBytes: number): number {
  const flags = stream.frames === 0 ? StreamFlag.Begin : 0;
  stream.frames++;
  stream.bytes += frameBytes;
  return flags;
}
