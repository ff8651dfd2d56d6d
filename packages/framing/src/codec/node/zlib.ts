import type { TransformOptions } from 'node:stream';
import { constants, createDeflate, createInflate, type ZlibOptions as NodeOptions } from 'node:zlib';
import type { ContentCodec } from '../../stream/codec.js';
import { ENCODING_RUNTIME } from '../../stream/encoding-runtime.js';
import { BoundedDecoder } from '../bounded-decoder.js';
import { type ZlibOptions, zlibLevel } from '../options.js';
import { NativeEncoder, NativeSource, POOL_CHUNK } from './native-context.js';

export type { ContentCodec, Decoder, DecodeStep, Encoder } from '../../stream/codec.js';
export type { ZlibOptions } from '../options.js';

const FLUSH = constants.Z_SYNC_FLUSH;

/** A compression stream takes a readable stream's options too; its types do not say so. */
type HighWaterMark = Pick<TransformOptions, 'readableHighWaterMark'>;

/**
 * The content encoding `zlib` (SPEC 4.8) by Node's own zlib: RFC 1950, sync-flushed after every payload. Payloads of
 * 8 KiB and more are worked on in the thread pool.
 * @throws {WiremuxError} `unsupported` for a level that is no whole number from 0 to 9
 */
export function zlib(options: ZlibOptions = {}): ContentCodec {
  const deflating: NodeOptions & HighWaterMark = {
    level: zlibLevel(options),
    flush: FLUSH,
    readableHighWaterMark: Number.MAX_SAFE_INTEGER,
  };
  const inflating: NodeOptions & HighWaterMark = {
    flush: FLUSH,
    chunkSize: POOL_CHUNK,
    readableHighWaterMark: POOL_CHUNK,
  };
  return {
    name: 'zlib',
    createEncoder: () => new NativeEncoder(createDeflate(deflating), FLUSH),
    createDecoder: () => new BoundedDecoder(new NativeSource(createInflate(inflating), FLUSH)),
    runtime: ENCODING_RUNTIME,
  };
}
