import type { ContentCodec } from '../../stream/codec.js';
import { BoundedDecoder, joinPieces, malformed, type PlainSource, type Reading } from '../bounded-decoder.js';
import { type ZstdOptions, zstdLevel, zstdWindowLog } from '../options.js';
import { ZstdFrame } from '../zstd-frame.js';
import { BlockDecoder } from './zstd/block-decoder.js';
import { MalformedBlock } from './zstd/malformed-block.js';

export type { ContentCodec, Decoder, DecodeStep, Encoder } from '../../stream/codec.js';
export type { ZstdOptions } from '../options.js';

const NOTHING = new Uint8Array(0);

/** Decodes a block at a time: no more than its 128 KiB of plain bytes come at once. */
class ZstdSource implements PlainSource {
  readonly #frame = new ZstdFrame();
  #decoder: BlockDecoder | undefined;
  #payload: Uint8Array = NOTHING;
  #at = 0;
  /** What has come of the present block's body. */
  #body: Uint8Array[] = [];
  #bodySize = 0;
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
        this.#body.push(this.#payload.subarray(start, this.#at));
        this.#bodySize += this.#at - start;
        if (frame.completed) return this.#decodeBlock();
      } else if (part === 'header' && frame.completed) {
        this.#decoder = new BlockDecoder(frame.window);
      }
    }
    this.#keepBody();
    this.#payload = NOTHING;
    this.#at = 0;
    return 'exhausted';
  }

  close(): void {
    this.#payload = NOTHING;
    this.#body = [];
    this.#decoder = undefined;
  }

  #decodeBlock(): Reading {
    const { blockType, blockSize, contentSize, ended } = this.#frame;
    const body = joinPieces(this.#body, this.#bodySize);
    this.#body = [];
    this.#bodySize = 0;
    try {
      const plain = this.#decoder?.decode(blockType, blockSize, body) ?? NOTHING;
      this.#total += plain.length;
      const wrong = contentSize !== undefined && (ended ? this.#total !== contentSize : this.#total > contentSize);
      return wrong ? malformed('the content is not of the size the frame tells') : plain;
    } catch (error) {
      if (error instanceof MalformedBlock) return malformed(error.message);
      throw error;
    }
  }

  /** A block cut by the payload's end goes on in the next one, whose bytes are others: what there is of it is copied. */
  #keepBody(): void {
    if (this.#bodySize > 0) this.#body = [joinPieces(this.#body, this.#bodySize).slice()];
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
  return { name: 'zstd-8mb', createDecoder: () => new BoundedDecoder(new ZstdSource()) };
}
