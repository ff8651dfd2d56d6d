import { isObservable, type Observable } from 'rxjs';
import type { AnswerSink, Pump } from './pump.js';
import { AsyncIterablePump } from './pump-async-iterable.js';
import { pumpFor } from './pump-for.js';
import { IteratorPump } from './pump-iterator.js';

/**
 * What a byte stream is read from. Pieces are of any size, and must not be changed once given. All but an Observable are
 * read at the pace of the caller; what an Observable emits ahead waits up to the limit `sendQueue`.
 */
export type ByteSource =
  | AsyncIterable<Uint8Array>
  | Iterable<Uint8Array>
  | ReadableStream<Uint8Array>
  | Observable<Uint8Array>;

export interface ByteStreamOptions {
  /**
   * How many bytes there will be, if that is known: callers learn it at once, and those of older dialects can read it.
   * A source that gives more or fewer fails the request with `wrong-length`.
   */
  readonly length?: number | undefined;
}

/** One byte string of an answer whose bytes come from a source; see {@link byteStream}. */
export class ByteStream {
  readonly source: ByteSource;
  /** Bytes there will be; undefined: not known. */
  readonly length: number | undefined;

  constructor(source: ByteSource, length: number | undefined) {
    this.source = source;
    this.length = length;
  }

  /** What moves the pieces to `sink`. */
  pump(sink: AnswerSink): Pump {
    const { source } = this;
    if ('getReader' in source) return new AsyncIterablePump(readerOf(source), sink);
    return (
      pumpFor(source, sink) ??
      new IteratorPump((source as Iterable<Uint8Array, undefined, undefined>)[Symbol.iterator](), sink)
    );
  }
}

/**
 * One byte string, however long, that a handler returns or yields as a value of its answer: it is sent as it is read,
 * with the backpressure of the answer, and never held whole (SPEC 3.4.9).
 * @throws {TypeError} if the source is none, or the length is not a whole number from 0
 */
export function byteStream(source: ByteSource, { length }: ByteStreamOptions = {}): ByteStream {
  if (!isSource(source)) {
    throw new TypeError('A byte stream is made of a stream, an iterable or an Observable of Uint8Array.');
  }
  if (length !== undefined && !(Number.isSafeInteger(length) && length >= 0)) {
    throw new TypeError(`The length of a byte stream is a whole number of bytes, not ${length}.`);
  }
  return new ByteStream(source, length);
}

/** A web stream's own iterator can be closed only between two pieces, which may be long in coming. */
function readerOf(stream: ReadableStream<Uint8Array>): AsyncIterable<Uint8Array, undefined> {
  return {
    [Symbol.asyncIterator]: () => {
      const reader = stream.getReader();
      return {
        next: async () => {
          const { done, value } = await reader.read();
          return done ? { done, value: undefined } : { done, value };
        },
        return: async () => {
          await reader.cancel();
          return { done: true, value: undefined };
        },
      };
    },
  };
}

/** Bytes and strings can be iterated too, but are values. */
function isSource(source: unknown): boolean {
  if (typeof source !== 'object' || source === null || ArrayBuffer.isView(source)) return false;
  return isObservable(source) || 'getReader' in source || Symbol.asyncIterator in source || Symbol.iterator in source;
}
