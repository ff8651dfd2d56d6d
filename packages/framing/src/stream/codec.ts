import type { EncodingRuntime } from './encoding-runtime.js';

/**
 * A content encoding, as the platform has it (SPEC 4.8): Node's zlib, a browser's library. The core is given codecs, in
 * the order it prefers them, and has none of its own but `identity`.
 */
export interface ContentCodec {
  /** The profile's name on the wire: `zlib`, `zstd-8mb`. */
  readonly name: string;
  /** A new encoding context; absent where the platform can only decode. */
  readonly createEncoder?: () => Encoder;
  /** A new decoding context. */
  readonly createDecoder: () => Decoder;
  /** What runs it: `ENCODING_RUNTIME`. */
  readonly runtime: EncodingRuntime;
}

/** Encodes the payloads of one stream in order, in one context that lives as long as the stream. */
export interface Encoder {
  /**
   * Encodes one payload and flushes: the bytes returned decode to exactly `plain` (SPEC 4.10), are the caller's, and are
   * at most 64 and 1/128 of `plain` more than it: what is longer is not sent. A promise where the work has left the event
   * loop; the next call comes only after it is settled. `plain` must not change until then. May throw, or reject: the
   * stream then ends, and goes on without encoding.
   */
  encode(plain: Uint8Array): Uint8Array | Promise<Uint8Array>;
  /** Frees the context, also while a call is under way, whose promise may then stay unsettled. */
  close(): void;
}

/** What one step of decoding gives. */
export type DecodeStep =
  /** `plain` is the caller's. `more`: the payload has further plain bytes, for {@link Decoder.resume}. */
  | { readonly kind: 'plain'; readonly plain: Uint8Array; readonly more: boolean }
  /** The bytes are none of this encoding; the context is dead. */
  | { readonly kind: 'malformed'; readonly message: string };

/** Decodes the payloads of one stream in order, in one context that lives as long as the stream. */
export interface Decoder {
  /**
   * Decodes the next payload, `most` plain bytes of it at first: memory is bounded by that, not by what the payload
   * would decode to. A promise where the work has left the event loop; the next call comes only after it is settled.
   * Never throws or rejects.
   */
  decode(payload: Uint8Array, most: number): DecodeStep | Promise<DecodeStep>;
  /** Goes on with the same payload, after a step with `more`. */
  resume(most: number): DecodeStep | Promise<DecodeStep>;
  /** Frees the context, also while a call is under way, whose promise may then stay unsettled. */
  close(): void;
}
