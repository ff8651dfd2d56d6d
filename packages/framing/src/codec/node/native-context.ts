import type { Transform } from 'node:stream';
import type { Encoder } from '../../stream/codec.js';
import { joinPieces, malformed, type PlainSource, type Reading } from '../bounded-decoder.js';
import { type SyncHandle, syncHandleOf } from './sync-handle.js';

/**
 * Payloads from this size on, bytes, are worked on in the thread pool: the way there and back costs some 0.1 ms of
 * latency, and what stays on the event loop holds it up for less than half a millisecond.
 */
const POOL_FROM = 8_192;
/** A smaller payload goes on in the thread pool once this many plain bytes have come out of it. */
const POOL_FROM_PLAIN = 65_536;

/** Plain bytes the thread pool gives at a time: a decoding stream's chunk, and its high-water mark. */
export const POOL_CHUNK: number = 32_768;

/** Where synchronous runs write before the result is copied out; nothing in it outlives a call. */
const SCRATCH = new Uint8Array(POOL_FROM_PLAIN);
const NOTHING = new Uint8Array(0);
const AFTER_END = 'there are bytes after the end of the encoded data';

/** Node's `Buffer` as the plain array it is: one type, whichever way the bytes came. */
function asBytes(piece: Uint8Array | null): Uint8Array {
  return piece ? new Uint8Array(piece.buffer, piece.byteOffset, piece.length) : NOTHING;
}

/**
 * Encodes through one of Node's compression streams, which flushes each write: small payloads on this thread, big ones
 * in the thread pool, all in the stream's one native context. Closing during a call is safe: Node frees the context
 * when the pool has let go of it.
 */
export class NativeEncoder implements Encoder {
  readonly #stream: Transform;
  readonly #handle: SyncHandle | undefined;

  /** `stream` flushes every write with `flush`, and has a high-water mark above any payload's size. */
  constructor(stream: Transform, flush: number) {
    this.#stream = stream;
    this.#handle = syncHandleOf(stream, flush);
    stream.on('error', () => undefined);
  }

  encode(plain: Uint8Array): Uint8Array | Promise<Uint8Array> {
    if (this.#handle && plain.length < POOL_FROM) return this.#encodeHere(this.#handle, plain);
    return new Promise((resolve, reject) => {
      this.#stream.write(plain, (error) => {
        if (!error) resolve(asBytes(this.#stream.read() as Uint8Array | null));
        else if (this.#stream.errored) reject(error);
      });
    });
  }

  close(): void {
    this.#stream.destroy();
  }

  #encodeHere(handle: SyncHandle, plain: Uint8Array): Uint8Array {
    const pieces: Uint8Array[] = [];
    let size = 0;
    let at = 0;
    do {
      handle.run(plain, at, SCRATCH, SCRATCH.length);
      if (this.#stream.errored) throw this.#stream.errored;
      at = plain.length - handle.unread;
      const piece = SCRATCH.slice(0, SCRATCH.length - handle.unwritten);
      pieces.push(piece);
      size += piece.length;
    } while (handle.unwritten === 0);
    return joinPieces(pieces, size);
  }
}

/** Decodes through one of Node's decompression streams, in the same two ways as {@link NativeEncoder}. */
export class NativeSource implements PlainSource {
  readonly #stream: Transform;
  readonly #handle: SyncHandle | undefined;
  #payload: Uint8Array = NOTHING;
  #at = 0;
  /** Plain bytes of the payload given so far. */
  #given = 0;
  #phase: 'here' | 'to pool' | 'in pool' | 'written' = 'here';
  #exhausted = true;
  /** The stream has ended: it came upon bytes after the end of the encoded data. */
  #ended = false;
  /** Tells the one who waits that the pool has something new. */
  #wake: (() => void) | undefined;

  /** `flush` is the stream's own flag for its writes. */
  constructor(stream: Transform, flush: number) {
    this.#stream = stream;
    this.#handle = syncHandleOf(stream, flush);
    const wake = (): void => this.#wake?.();
    stream.on('readable', wake);
    stream.on('error', wake);
    stream.on('end', () => {
      this.#ended = true;
      wake();
    });
  }

  feed(payload: Uint8Array): void {
    this.#payload = payload;
    this.#at = 0;
    this.#given = 0;
    this.#exhausted = false;
    this.#phase = this.#handle && payload.length < POOL_FROM ? 'here' : 'to pool';
  }

  read(room: number): Reading | Promise<Reading> {
    if (this.#exhausted) return 'exhausted';
    if (this.#phase === 'here' && this.#given >= POOL_FROM_PLAIN) this.#phase = 'to pool';
    return this.#handle && this.#phase === 'here' ? this.#readHere(this.#handle, room) : this.#readFromPool();
  }

  close(): void {
    this.#wake = undefined;
    this.#stream.destroy();
  }

  #readHere(handle: SyncHandle, room: number): Reading {
    const space = Math.min(room, SCRATCH.length);
    handle.run(this.#payload, this.#at, SCRATCH, space);
    if (this.#stream.errored) return malformed(this.#stream.errored.message);
    const { unread, unwritten } = handle;
    // Room left and input left: the context wants no more.
    if (unread > 0 && unwritten > 0) return malformed(AFTER_END);
    this.#exhausted = unwritten > 0;
    this.#at = this.#payload.length - unread;
    this.#given += space - unwritten;
    return SCRATCH.slice(0, space - unwritten);
  }

  #readFromPool(): Reading | Promise<Reading> {
    if (this.#phase === 'to pool') {
      this.#phase = 'in pool';
      this.#stream.write(this.#payload.subarray(this.#at), (error) => {
        if (!error) this.#phase = 'written';
        this.#wake?.();
      });
    }
    const piece = this.#stream.read() as Uint8Array | null;
    if (piece) return asBytes(piece);
    if (this.#stream.errored) return malformed(this.#stream.errored.message);
    if (this.#ended) return malformed(AFTER_END);
    if (this.#phase === 'written') {
      this.#exhausted = true;
      return 'exhausted';
    }
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined;
        resolve(this.#readFromPool());
      };
    });
  }
}
