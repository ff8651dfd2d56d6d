import type { ContentCodec } from './codec.js';

/** The encodings that a channel may use, the preferred one first. */
export interface ChannelEncodings {
  readonly name: string;
  /** Absent: all there are codecs for. Without any but `identity` the channel is never encoded. */
  readonly encodings?: readonly string[];
}

/** Picks the encoding of each channel: this side's order of preference among what the other can decode (SPEC 4.9). */
export class EncoderChoice {
  readonly #codecs: readonly ContentCodec[];
  readonly #channels: readonly ChannelEncodings[];

  readonly #advertised: readonly string[];

  constructor(codecs: readonly ContentCodec[], channels: readonly ChannelEncodings[], advertised: readonly string[]) {
    this.#codecs = codecs;
    this.#channels = channels;
    this.#advertised = advertised;
  }

  /** The codec to encode the channel with, of those that the other side has advertised; undefined: `identity`. */
  pick(channel: string): ContentCodec | undefined {
    for (const name of this.#of(channel)) {
      if (name === 'identity') return undefined;
      const codec = this.#codecs.find((candidate) => candidate.name === name);
      if (codec?.createEncoder !== undefined && this.#advertised.includes(name)) return codec;
    }
    return undefined;
  }

  /** Whether the channel may go on a stream that already has this encoding. */
  allows(channel: string, encoding: string): boolean {
    return this.#of(channel).includes(encoding);
  }

  #of(channel: string): readonly string[] {
    const own = this.#channels.find(({ name }) => name === channel)?.encodings;
    return own ?? this.#codecs.map(({ name }) => name);
  }
}
