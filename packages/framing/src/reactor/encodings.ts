import type { Dialect } from '../dialect/dialect.js';
import { DEFAULT_CHANNELS } from '../flow/scheduler.js';
import type { Limits } from '../limits.js';
import { DEFAULT_SETTINGS, MOST_CONTEXTS, type PeerSettings } from '../message/settings.js';
import type { ContentCodec } from '../stream/codec.js';
import type { ConnectionContexts } from '../stream/contexts.js';
import type { EncodingRuntime } from '../stream/encoding-runtime.js';
import type { StreamEncoders } from '../stream/stream-encoders.js';
import type { PeerOptions } from './peer-options.js';

/** Settles what may be encoded on a connection, in both directions, within the budgets of contexts (SPEC 4.9, 8.3.10). */
export class Encodings {
  /** What runs the codecs; absent without any, as are its parts. */
  readonly runtime: EncodingRuntime | undefined;
  readonly encoders: StreamEncoders | undefined;
  readonly #role: PeerOptions['role'];
  readonly #dialect: Dialect;
  readonly #limits: Limits;
  readonly #codecs: readonly ContentCodec[];
  #contexts: ConnectionContexts | undefined;
  /** Decoders kept for what was advertised. */
  #decoders = 0;

  /**
   * @param onEncoded an encoder has finished its work
   * @param predecessor has advertised what holds here too: the decoders it keeps for that go over
   */
  constructor(options: PeerOptions, dialect: Dialect, limits: Limits, onEncoded: () => void, predecessor?: Encodings) {
    const { codecs = [], contexts, channels = DEFAULT_CHANNELS } = options;
    this.#role = options.role;
    this.#dialect = dialect;
    this.#limits = limits;
    this.#codecs = dialect.encodings ? codecs : [];
    const runtime = this.#codecs[0]?.runtime;
    this.runtime = runtime;
    if (runtime === undefined) return;
    let own: ConnectionContexts | undefined;
    if (predecessor !== undefined) {
      own = predecessor.#handOver();
      this.#decoders = predecessor.#decoders;
    }
    own ??= runtime.contexts(contexts ?? runtime.budget(), limits.contexts);
    this.#contexts = own;
    this.encoders = runtime.encoders(this.#codecs, channels, own, onEncoded);
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
    if (this.#contexts !== undefined && !unwanted) {
      // Older dialects cannot say how many; this many are all that the connection may have.
      const { contexts } = this.#limits;
      const wanted = extended ? Math.min(MOST_CONTEXTS, Math.ceil(contexts / 2)) : contexts;
      this.#decoders = this.#contexts.takeUpTo(wanted);
    }
    if (this.#decoders === 0) return DEFAULT_SETTINGS;
    return { encodings: [...names, 'identity'], contexts: this.#decoders };
  }

  /** The codec for what the other side asks to encode; undefined if that was not advertised. */
  advertised(profile: string | undefined): ContentCodec | undefined {
    if (this.#decoders === 0) return undefined;
    return this.#codecs.find(({ name }) => name === profile);
  }

  /** The other side's settings are known, or it was heard of without any. */
  useSettings({ encodings, contexts }: PeerSettings): void {
    this.encoders?.advertised(encodings, contexts);
  }

  /** The connection is gone: the contexts are for others. */
  close(): void {
    this.encoders?.close();
    this.#contexts?.close();
  }
}
