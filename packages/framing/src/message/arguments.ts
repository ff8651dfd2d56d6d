import { BREAK, CborWriter, INDEFINITE, Major, utf8Encode } from '../cbor/index.js';
import { WiremuxError } from '../errors.js';

/** The most bytes of an argument's name or value (SPEC 3.2.8). */
const MOST_U16 = 0xffff;
/** Bytes before an argument's name: the lengths of name and value. */
const ARGUMENT_HEAD = 4;

const NO_BYTES: Uint8Array = new Uint8Array(0);
const OPEN_MAP: Uint8Array = Uint8Array.of((Major.Map << 5) | INDEFINITE);
const END_MAP: Uint8Array = Uint8Array.of(BREAK);

/** One argument as `exp-framing-0002` sends it: u16 length of the name, u16 length of the value, name, value. */
export interface PackedArgument {
  readonly bytes: Uint8Array;
  /** Bytes that must not be cut: the lengths and the name. */
  readonly head: number;
}

/**
 * The payload of a command-name frame.
 * @throws {WiremuxError} `too-big` past a frame's 65,535 bytes
 */
export function packName(name: string): Uint8Array {
  const bytes = utf8Encode(name);
  if (bytes.length <= MOST_U16) return bytes;
  throw new WiremuxError('too-big', `The command's name takes ${bytes.length} bytes; 65,535 fit into a frame.`);
}

/**
 * Packs an argument (SPEC 3.2.8).
 * @throws {WiremuxError} `unsupported` for a value that is neither bytes nor a string, `too-big` past 65,535 bytes
 */
export function packArgument(key: string, value: unknown): PackedArgument {
  const content = typeof value === 'string' ? utf8Encode(value) : value;
  if (!(content instanceof Uint8Array)) {
    throw new WiremuxError(
      'unsupported',
      `In exp-framing-0002 arguments are strings and bytes, and \`${key}\` is neither; use a newer dialect.`,
    );
  }
  const name = utf8Encode(key);
  const head = ARGUMENT_HEAD + name.length;
  if (head > MOST_U16) {
    throw new WiremuxError('too-big', `An argument's name takes ${name.length} bytes; 65,531 fit into a frame.`);
  }
  if (content.length > MOST_U16) {
    throw new WiremuxError(
      'too-big',
      `The argument \`${key}\` takes ${content.length} bytes, 65,535 at most; send it as data.`,
    );
  }
  const bytes = new Uint8Array(head + content.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, name.length, true);
  view.setUint16(2, content.length, true);
  bytes.set(name, ARGUMENT_HEAD);
  bytes.set(content, head);
  return { bytes, head };
}

/** Reads the frames of one request of `exp-framing-0002` as the map that newer dialects send (SPEC 3.2.8, 3.2.9). */
export class ArgumentsReader {
  readonly #out = new CborWriter();
  #name = NO_BYTES;
  /** Bytes that the value being read still lacks. */
  #missing = 0;
  /** The last frame said that its value goes on. */
  #continues = false;
  #begun = false;

  /** The command's name, alone in its frame: the first bytes of the map, or all of it where no arguments follow. */
  readName(name: Uint8Array, last: boolean): Uint8Array {
    this.#name = name.slice();
    return last ? this.#end() : NO_BYTES;
  }

  /** One argument frame: the next bytes of the map, or what is wrong with it. */
  readArgument(payload: Uint8Array, continues: boolean, last: boolean): Uint8Array | string {
    let value = payload;
    if (!this.#continues) {
      const length = this.#readHead(payload);
      if (length === undefined) return 'An argument frame does not hold the whole name of its argument.';
      value = payload.subarray(length);
    }
    if (value.length > this.#missing) return 'An argument is longer than it said.';
    this.#missing -= value.length;
    if (!continues && this.#missing > 0) return 'An argument is shorter than it said.';
    this.#out.raw(value);
    this.#continues = continues;
    return last ? this.#end() : this.#out.take();
  }

  /** Writes the key and begins the value: the length of what was read. */
  #readHead(payload: Uint8Array): number | undefined {
    if (payload.length < ARGUMENT_HEAD) return undefined;
    const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
    const head = ARGUMENT_HEAD + view.getUint16(0, true);
    if (payload.length < head) return undefined;
    if (!this.#begun) this.#beginArguments();
    this.#missing = view.getUint16(2, true);
    this.#out.bytes(payload.subarray(ARGUMENT_HEAD, head));
    this.#out.head(Major.Bytes, this.#missing);
    return head;
  }

  #beginArguments(): void {
    this.#begun = true;
    this.#out.raw(OPEN_MAP);
    this.#out.bytes('args');
    this.#out.raw(OPEN_MAP);
  }

  #end(): Uint8Array {
    if (this.#begun) this.#out.raw(END_MAP);
    else this.#out.raw(OPEN_MAP);
    this.#out.bytes('name');
    this.#out.bytes(this.#name);
    this.#out.raw(END_MAP);
    return this.#out.take();
  }
}
