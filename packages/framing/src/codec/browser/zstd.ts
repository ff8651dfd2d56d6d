import { ByteCollector } from '../../flow/byte-collector.js';
import type { ContentCodec } from '../../stream/codec.js';
import { ENCODING_RUNTIME } from '../../stream/encoding-runtime.js';
import { BoundedDecoder, malformed, type PlainSource, type Reading } from '../bounded-decoder.js';
import { type ZstdOptions, zstdLevel, zstdWindowLog } from '../options.js';
import { ZstdFrame } from '../zstd-frame.js';
import { BlockDecoder } from './zstd/block-decoder.js';
import type { MalformedBlock } from './zstd/malformed-block.js';

export type { ContentCodec, Decoder, DecodeStep, Encoder } from '../../stream/codec.js';
export type { ZstdOptions } from '../options.js';

const NOTHING = new Uint8Array(0);

/** Decodes a block at a time: no more than its 128 KiB of plain bytes come at once. */
class ZstdSource implements PlainSource {
  readonly #frame = new ZstdFrame();
  #decoder: BlockDecoder | undefined;
  #payload: Uint8Array = NOTHING;
  #at = 0;
  /** What earlier payloads brought of the present block's body. */
  readonly #body = new ByteCollector();
  /** Plain bytes of the frame so far. */
  #total = 0;

  feed(payload: Uint8Array): void {
    this.#payload = payload;
    this.#at = 0;
  }

  read(): Reading {
    const frame = this.#frame;
    while (this.#at < this.#payload.length) {
      const { part } = frame;
      const start = this.#at;
      this.#at = frame.advance(this.#payload, start);
      if (frame.fault) return frame.fault;
      if (part === 'body') {
        const piece = this.#payload.subarray(start, this.#at);
        if (frame.completed && this.#body.size === 0) return this.#decodeBlock(piece);
        this.#body.add(piece);
        if (frame.completed) return this.#decodeBlock(this.#body.take());
      } else if (part === 'header' && frame.completed) {
        this.#decoder = new BlockDecoder(frame.window);
      }
    }
    this.#payload = NOTHING;
    this.#at = 0;
    return 'exhausted';
  }

  close(): void {
    this.#payload = NOTHING;
    this.#body.take();
    this.#decoder = undefined;
  }

  #decodeBlock(body: Uint8Array): Reading {
    const { blockType, blockSize, contentSize, ended } = this.#frame;
    try {
      const plain = this.#decoder?.decode(blockType, blockSize, body) ?? NOTHING;
      this.#total += plain.length;
      const wrong = contentSize !== undefined && (ended ? this.#total !== contentSize : this.#total > contentSize);
      return wrong ? malformed('the content is not of the size the frame tells') : plain;
    } catch (error) {
      return malformed((error as MalformedBlock).message);
    }
  }
}

/**
 * The content encoding `zstd-8mb` (SPEC 4.8) for platforms that have none: it decodes only, so that it is advertised, and
 * never chosen for what this side sends. A content checksum is not verified. All work is done on the calling thread.
 * @throws {WiremuxError} `unsupported` for an option out of its range
 */
export function zstd(options: ZstdOptions = {}): ContentCodec | undefined {
  zstdLevel(options);
  zstdWindowLog(options);
  return {
    name: 'zstd-8mb',
    createDecoder: () => new BoundedDecoder(new ZstdSource()),
    runtime: ENCODING_RUNTIME,
  };
}
