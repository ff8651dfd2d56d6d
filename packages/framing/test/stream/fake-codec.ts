import type { ContentCodec, Decoder, DecodeStep, Encoder } from '../../src/index.js';
import { ENCODING_RUNTIME } from '../../src/stream/encoding-runtime.js';

const LITERAL = 0;
const RUN = 1;
const HEAD = 5;

/** How a {@link FakeCodec} behaves. */
export interface FakeOptions {
  readonly name?: string;
  /** Whether the next call leaves the event loop: it is then finished with {@link FakeCodec.finish}. */
  readonly leaves?: () => boolean;
  /** Bytes an encoding is longer than it must be. */
  readonly grow?: number;
  /** Whether the next encoding fails. */
  readonly fails?: () => boolean;
  /** Whether decodings that leave the event loop fail. */
  readonly decodingsFail?: boolean;
  readonly decodesOnly?: boolean;
}

/**
 * An encoding that shows every mistake with its contexts: each payload says how many plain bytes came before it, and
 * decodes only there. Runs of one byte shrink to ten.
 */
export class FakeCodec implements ContentCodec {
  readonly name: string;
  readonly createEncoder?: () => Encoder;
  /** Work that has left the event loop. */
  readonly jobs: (() => void)[] = [];
  /** Contexts that live. */
  encoders = 0;
  decoders = 0;
  readonly runtime = ENCODING_RUNTIME;
  readonly #options: FakeOptions;

  constructor(options: FakeOptions = {}) {
    this.#options = options;
    this.name = options.name ?? 'fake';
    if (options.decodesOnly !== true) this.createEncoder = () => this.#encoder();
  }

  /** Finishes the job at this place in `jobs`, the oldest unless told otherwise. */
  async finish(index = 0): Promise<void> {
    this.jobs.splice(index, 1)[0]?.();
    await Promise.resolve();
    await Promise.resolve();
  }

  readonly createDecoder = (): Decoder => {
    this.decoders++;
    let before = 0;
    let closed = false;
    let rest: { readonly byte: number; left: number } | { readonly bytes: Uint8Array; left: number } = {
      byte: 0,
      left: 0,
    };
    const step = (most: number): DecodeStep => {
      const size = Math.min(most, rest.left);
      const plain =
        'byte' in rest
          ? new Uint8Array(size).fill(rest.byte)
          : rest.bytes.slice(rest.bytes.length - rest.left, rest.bytes.length - rest.left + size);
      rest.left -= size;
      before += size;
      return { kind: 'plain', plain, more: rest.left > 0 };
    };
    return {
      decode: (payload, most) => {
        if (closed) throw new Error('decode after close');
        if (rest.left > 0) throw new Error('decode before the payload was finished');
        const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
        if (payload.length < HEAD || view.getUint32(1, true) !== before) {
          return this.#maybeLater({ kind: 'malformed', message: `it does not follow ${before} bytes` });
        }
        if (payload[0] === RUN) {
          rest = { byte: payload[HEAD + 4] as number, left: view.getUint32(HEAD, true) };
        } else {
          const bytes = unmixed(payload.subarray(HEAD + (this.#options.grow ?? 0)), before);
          rest = { bytes, left: bytes.length };
        }
        return this.#maybeLater(step(most));
      },
      resume: (most) => {
        if (closed) throw new Error('resume after close');
        return this.#maybeLater(step(most));
      },
      close: () => {
        if (closed) throw new Error('closed twice');
        closed = true;
        this.decoders--;
      },
    };
  };

  #encoder(): Encoder {
    this.encoders++;
    let before = 0;
    let closed = false;
    let working = false;
    return {
      encode: (plain) => {
        if (closed || working) throw new Error('encode out of turn');
        const encoded = encode(plain, before, this.#options.grow ?? 0);
        before += plain.length;
        const fails = this.#options.fails?.() ?? false;
        if (this.#options.leaves?.() !== true) {
          if (fails) throw new Error('as planned');
          return encoded;
        }
        working = true;
        return new Promise((resolve, reject) => {
          this.jobs.push(() => {
            working = false;
            if (fails) reject(new Error('as planned'));
            else resolve(encoded);
          });
        });
      },
      close: () => {
        if (closed) throw new Error('closed twice');
        closed = true;
        this.encoders--;
      },
    };
  }

  #maybeLater(step: DecodeStep): DecodeStep | Promise<DecodeStep> {
    if (this.#options.leaves?.() !== true) return step;
    return new Promise((resolve, reject) => {
      this.jobs.push(() => {
        if (this.#options.decodingsFail === true) reject(new Error('as planned'));
        else resolve(step);
      });
    });
  }
}

/** What the encoder makes of `plain` after `before` other bytes. */
export function encode(plain: Uint8Array, before: number, grow = 0): Uint8Array {
  const [byte = 0] = plain;
  if (plain.length > 16 && plain.every((other) => other === byte)) return encodedRun(byte, plain.length, before);
  const encoded = new Uint8Array(HEAD + grow + plain.length);
  encoded[0] = LITERAL;
  new DataView(encoded.buffer).setUint32(1, before, true);
  encoded.set(unmixed(plain, before), HEAD + grow);
  return encoded;
}

/** `length` times the same byte. */
export function encodedRun(byte: number, length: number, before = 0): Uint8Array {
  const encoded = new Uint8Array(HEAD + 5);
  encoded[0] = RUN;
  const view = new DataView(encoded.buffer);
  view.setUint32(1, before, true);
  view.setUint32(HEAD, length, true);
  encoded[HEAD + 4] = byte;
  return encoded;
}

/** Mixed and unmixed the same way. */
function unmixed(bytes: Uint8Array, before: number): Uint8Array {
  return bytes.map((byte, index) => byte ^ ((before + index) & 0xff) ^ 0x5a);
}
