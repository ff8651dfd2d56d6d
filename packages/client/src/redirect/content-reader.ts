import { type CborLimits, DEFAULT_LIMITS, type Limits, type PieceSink, ValueReader } from '@wiremux/framing';
import { ByteStringReader } from '@wiremux/framing/byte-strings';
import { redirectFailed } from './failed.js';
import type { FollowReader } from './following.js';

/** Makes the values of an answer of what was fetched (SPEC 3.4.14). */
export interface ContentReader {
  /** @throws {WiremuxError} `redirect-failed` for bytes that are not what the media type says */
  push(bytes: Uint8Array): void;
  /** All has come. @throws as `push` does */
  end(): void;
}

/** Media types whose content is the results one behind the other, as an answer has them behind its status map. */
const SEQUENCES: readonly string[] = ['application/mercurial-cbor', 'application/cbor-seq'];

/** Reads content of that media type; of one that is not known, it is one byte string. */
export function contentReader(mediaType: string, reader: FollowReader, limits: Partial<Limits>): ContentReader {
  const [type = ''] = mediaType.split(';', 1);
  if (SEQUENCES.includes(type.trim().toLowerCase())) return new SequenceContent(reader, limits);
  return reader.bytePieces ? piecesOf(reader) : new WholeContent(reader);
}

function piecesOf(reader: FollowReader): ContentReader {
  return {
    push: (bytes) => reader.bytes(bytes, bytes.length, false),
    end: () => reader.bytes(new Uint8Array(0), 0, true),
  };
}

class WholeContent implements ContentReader {
  readonly #reader: FollowReader;
  readonly #pieces: Uint8Array[] = [];
  #size = 0;

  constructor(reader: FollowReader) {
    this.#reader = reader;
  }

  push(bytes: Uint8Array): void {
    this.#pieces.push(bytes);
    this.#size += bytes.length;
  }

  end(): void {
    const whole = new Uint8Array(this.#size);
    let at = 0;
    for (const piece of this.#pieces) {
      whole.set(piece, at);
      at += piece.length;
    }
    this.#reader.values([whole], [this.#size]);
  }
}

class SequenceContent implements ContentReader {
  readonly #reader: FollowReader;
  readonly #cbor: ValueReader;
  readonly #pieces: PieceSink | undefined;
  #values: unknown[] = [];
  #sizes: number[] = [];

  constructor(reader: FollowReader, limits: Partial<Limits>) {
    this.#reader = reader;
    this.#cbor = new ValueReader(cborLimits(limits));
    if (!reader.bytePieces) return;
    this.#cbor.bytePieces = ByteStringReader;
    this.#pieces = (bytes, size, last) => {
      this.#give();
      reader.bytes(bytes, size, last);
    };
  }

  push(bytes: Uint8Array): void {
    const sink = (value: unknown, size: number): void => {
      this.#values.push(value);
      this.#sizes.push(size);
    };
    const error = this.#cbor.push(bytes, sink, this.#pieces);
    this.#give();
    if (error !== undefined) throw malformed(error);
  }

  end(): void {
    const error = this.#cbor.end();
    if (error !== undefined) throw malformed(error);
  }

  #give(): void {
    if (this.#values.length === 0) return;
    const [values, sizes] = [this.#values, this.#sizes];
    this.#values = [];
    this.#sizes = [];
    this.#reader.values(values, sizes);
  }
}

function cborLimits(limits: Partial<Limits>): CborLimits {
  const { cborDepth, cborItems, valueBytes } = { ...DEFAULT_LIMITS, ...limits };
  return { depth: cborDepth, items: cborItems, bytes: valueBytes };
}

function malformed({ message, offset }: { readonly message: string; readonly offset: number }): Error {
  return redirectFailed(`it is no CBOR that can be read, at byte ${offset}: ${message}`);
}
