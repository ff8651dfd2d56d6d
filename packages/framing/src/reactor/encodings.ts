import type { Dialect } from '../dialect/dialect.js';
import { DEFAULT_CHANNELS } from '../flow/scheduler.js';
import type { Limits } from '../limits.js';
import { DEFAULT_SETTINGS, MOST_CONTEXTS, type PeerSettings } from '../message/settings.js';
import type { ContentCodec } from '../stream/codec.js';
import type { ConnectionContexts, ContextBudget } from '../stream/contexts.js';
import type { ChannelEncodings } from '../stream/encoder-choice.js';
import type { EncodingRuntime } from '../stream/encoding-runtime.js';
import type { EncodingHost, StreamEncoders } from '../stream/stream-encoders.js';
import type { PeerOptions } from './peer-options.js';

/** Settles what may be encoded on a connection, in both directions, within the budgets of contexts (SPEC 4.9, 8.3.10). */
export class Encodings {
  /** What runs the codecs; absent without any. */
  readonly runtime: EncodingRuntime | undefined;
  readonly #role: PeerOptions['role'];
  readonly #dialect: Dialect;
  readonly #limits: Limits;
  readonly #codecs: readonly ContentCodec[];
  readonly #channels: readonly ChannelEncodings[];
  readonly #budget: ContextBudget | undefined;
  /** Those taken from the budget, once the other side knows encodings. */
  #contexts: ConnectionContexts | undefined;
  /** Decoders kept for what was advertised. */
  #decoders = 0;

  /** @param predecessor has advertised what holds here too: the decoders it keeps for that go over */
  constructor(options: PeerOptions, dialect: Dialect, limits: Limits, predecessor?: Encodings) {
    const { codecs = [], contexts, channels = DEFAULT_CHANNELS } = options;
    this.#role = options.role;
    this.#dialect = dialect;
    this.#limits = limits;
    this.#codecs = dialect.encodings ? codecs : [];
    this.#channels = channels;
    this.#budget = contexts;
    this.runtime = this.#codecs[0]?.runtime;
    if (predecessor === undefined) return;
    this.#contexts = predecessor.#handOver();
    this.#decoders = predecessor.#decoders;
  }

  #handOver(): ConnectionContexts | undefined {
    const contexts = this.#contexts;
    this.#contexts = undefined;
    return contexts;
  }

  /** Streams that the other side may have encoded at once. */
  get decoders(): number {
    return this.#decoders;
  }

  /**
   * What this side's settings say, once: decoders are kept for what they advertise, and without any left it is identity.
   * A server keeps none for a client that knows no encoding.
   */
  advertise(remote: PeerSettings): Pick<PeerSettings, 'encodings' | 'contexts'> {
    const { extended } = this.#dialect;
    const names = this.#codecs.map(({ name }) => name);
    const unwanted = this.#role === 'server' && (!extended || remote.encodings.length === 1);
    if (this.runtime !== undefined && !unwanted) {
      // Older dialects cannot say how many; this many are all that the connection may have.
      const { contexts } = this.#limits;
      const wanted = extended ? Math.min(MOST_CONTEXTS, Math.ceil(contexts / 2)) : contexts;
      this.#decoders = this.#contextsOf(this.runtime).takeUpTo(wanted);
    }
    if (this.#decoders === 0) return DEFAULT_SETTINGS;
    return { encodings: [...names, 'identity'], contexts: this.#decoders };
  }

  /** The codec for what the other side asks to encode; undefined if that was not advertised. */
  advertised(profile: string | undefined): ContentCodec | undefined {
    if (this.#decoders === 0) return undefined;
    return this.#codecs.find(({ name }) => name === profile);
  }

  /** What encodes for a side with these settings, if there is anything to encode with. `host` is woken as frames get done. */
  encodersFor({ encodings, contexts }: PeerSettings, host: EncodingHost): StreamEncoders | undefined {
    const isPlain = !this.#codecs.some(({ name }) => encodings.includes(name));
    if (this.runtime === undefined || isPlain) return undefined;
    return this.runtime.encoders({
      codecs: this.#codecs,
      channels: this.#channels,
      advertised: encodings,
      most: contexts,
      contexts: this.#contextsOf(this.runtime),
      host,
    });
  }

  /** The connection is gone: the contexts are for others. */
  close(): void {
    this.#contexts?.close();
  }

  #contextsOf(runtime: EncodingRuntime): ConnectionContexts {
    this.#contexts ??= runtime.contexts(this.#budget ?? runtime.budget(), this.#limits.contexts);
    return this.#contexts;
  }
}
