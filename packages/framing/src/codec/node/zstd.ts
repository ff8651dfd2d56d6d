import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import type { ContentCodec } from '../../stream/codec.js';
import { ENCODING_RUNTIME } from '../../stream/encoding-runtime.js';
import { BoundedDecoder, type Malformed, type PlainSource, type Reading } from '../bounded-decoder.js';
import { type ZstdOptions, zstdLevel, zstdWindowLog } from '../options.js';
import { ZstdFrame } from '../zstd-frame.js';
import { NativeEncoder, NativeSource, POOL_CHUNK } from './native-context.js';

export type { ContentCodec, Decoder, DecodeStep, Encoder } from '../../stream/codec.js';
export type { ZstdOptions } from '../options.js';

/** What Node has from 22.15 on, and 23.8. */
interface ZstdModule {
  readonly createZstdCompress: (options: object) => Transform;
  readonly createZstdDecompress: (options: object) => Transform;
  readonly constants: Readonly<
    Record<
      'ZSTD_c_compressionLevel' | 'ZSTD_c_windowLog' | 'ZSTD_c_checksumFlag' | 'ZSTD_d_windowLogMax' | 'ZSTD_e_flush',
      number
    >
  >;
}

/** Largest window a decoder accepts: 8 MiB. */
const WINDOW_LOG_MAX = 23;

/** Refuses what is no single frame within 8 MiB before the native decoder, which would begin another, sees it. */
class FramedSource implements PlainSource {
  readonly #source: PlainSource;
  readonly #frame = new ZstdFrame();
  #fault: Malformed | undefined;

  constructor(source: PlainSource) {
    this.#source = source;
  }

  feed(payload: Uint8Array): void {
    this.#fault = this.#frame.check(payload);
    if (!this.#fault) this.#source.feed(payload);
  }

  read(room: number): Reading | Promise<Reading> {
    return this.#fault ?? this.#source.read(room);
  }

  close(): void {
    this.#source.close();
  }
}

/**
 * The content encoding `zstd-8mb` (SPEC 4.8) by Node's own zstd, one frame for the whole stream, flushed after every
 * payload; `undefined` where Node has none (before 22.15). Payloads of 8 KiB and more are worked on in the thread pool.
 * @throws {WiremuxError} `unsupported` for an option out of its range
 */
export function zstd(options: ZstdOptions = {}): ContentCodec | undefined {
  const level = zstdLevel(options);
  const windowLog = zstdWindowLog(options);
  if (!('createZstdCompress' in zlib)) return undefined;
  const { createZstdCompress, createZstdDecompress, constants } = zlib as unknown as ZstdModule;
  const flush = constants.ZSTD_e_flush;
  const compression = {
    [constants.ZSTD_c_compressionLevel]: level,
    [constants.ZSTD_c_windowLog]: windowLog,
    [constants.ZSTD_c_checksumFlag]: 0,
  };
  const decompression = { [constants.ZSTD_d_windowLogMax]: WINDOW_LOG_MAX };
  return {
    name: 'zstd-8mb',
    createEncoder: () =>
      new NativeEncoder(
        createZstdCompress({ params: compression, flush, readableHighWaterMark: Number.MAX_SAFE_INTEGER }),
        flush,
      ),
    createDecoder: () => {
      const stream = createZstdDecompress({
        params: decompression,
        flush,
        chunkSize: POOL_CHUNK,
        readableHighWaterMark: POOL_CHUNK,
      });
      return new BoundedDecoder(new FramedSource(new NativeSource(stream, flush)));
    },
    runtime: ENCODING_RUNTIME,
  };
}
