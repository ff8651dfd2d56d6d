import { ZStream, zlibDeflate, zlibDeflateInit, zlibInflate, zlibInflateInit } from 'pako';
import type { ContentCodec, Encoder } from '../../stream/codec.js';
import { ENCODING_RUNTIME } from '../../stream/encoding-runtime.js';
import { BoundedDecoder, joinPieces, malformed, type PlainSource, type Reading } from '../bounded-decoder.js';
import { type ZlibOptions, zlibLevel } from '../options.js';

export type { ContentCodec, Decoder, DecodeStep, Encoder } from '../../stream/codec.js';
export type { ZlibOptions } from '../options.js';

const SYNC_FLUSH = 2;
const OK = 0;
const STREAM_END = 1;
const BUF_ERROR = -5;

/** Where every context writes before the result is copied out; nothing in it outlives a call. */
const SCRATCH = new Uint8Array(65_536);
const NOTHING = new Uint8Array(0);

/** A zlib stream's state that takes `input` next. */
function take(stream: ZStream, input: Uint8Array): void {
  stream.input = input;
  stream.next_in = 0;
  stream.avail_in = input.length;
}

/** Room for the next output of at most `room` bytes. */
function makeRoom(stream: ZStream, room: number): number {
  const space = Math.min(room, SCRATCH.length);
  stream.output = SCRATCH;
  stream.next_out = 0;
  stream.avail_out = space;
  return space;
}

class PakoEncoder implements Encoder {
  #stream: ZStream | undefined = new ZStream();

  constructor(level: number) {
    if (this.#stream) zlibDeflateInit(this.#stream, level);
  }

  encode(plain: Uint8Array): Uint8Array {
    const stream = this.#stream;
    if (!stream) return NOTHING;
    const pieces: Uint8Array[] = [];
    let size = 0;
    take(stream, plain);
    do {
      makeRoom(stream, SCRATCH.length);
      zlibDeflate(stream, SYNC_FLUSH);
      pieces.push(SCRATCH.slice(0, stream.next_out));
      size += stream.next_out;
    } while (stream.avail_out === 0);
    stream.input = NOTHING;
    return joinPieces(pieces, size);
  }

  close(): void {
    this.#stream = undefined;
  }
}

class PakoSource implements PlainSource {
  #stream: ZStream | undefined = new ZStream();
  #exhausted = true;

  constructor() {
    if (this.#stream) zlibInflateInit(this.#stream);
  }

  feed(payload: Uint8Array): void {
    if (this.#stream) take(this.#stream, payload);
    this.#exhausted = false;
  }

  read(room: number): Reading {
    const stream = this.#stream;
    if (!stream || this.#exhausted) return 'exhausted';
    const space = makeRoom(stream, room);
    const status = zlibInflate(stream, SYNC_FLUSH);
    if (status !== OK && status !== STREAM_END && status !== BUF_ERROR) {
      return malformed(stream.msg || `inflate gave ${status}`);
    }
    if (stream.avail_in > 0 && stream.avail_out > 0) {
      return malformed('there are bytes after the end of the encoded data');
    }
    this.#exhausted = stream.avail_out > 0;
    if (this.#exhausted) stream.input = NOTHING;
    return SCRATCH.slice(0, space - stream.avail_out);
  }

  close(): void {
    this.#stream = undefined;
  }
}

/**
 * The content encoding `zlib` (SPEC 4.8) by pako, for platforms whose own has no flush: RFC 1950, sync-flushed after
 * every payload. All work is done on the calling thread.
 * @throws {WiremuxError} `unsupported` for a level that is no whole number from 0 to 9
 */
export function zlib(options: ZlibOptions = {}): ContentCodec {
  const level = zlibLevel(options);
  return {
    name: 'zlib',
    createEncoder: () => new PakoEncoder(level),
    createDecoder: () => new BoundedDecoder(new PakoSource()),
    runtime: ENCODING_RUNTIME,
  };
}
