import { Major, readHead } from './cbor-head.js';
import type { Frame } from './frame.js';
import { type DialectName, FRAME_TYPES } from './frame-types.js';

const STAR = 0x2a;
/** Settings nest less deep; anything deeper is blanked whole. */
const MAX_NESTING = 16;

/** Top-level keys of settings, without one of which a map is no whole settings map. */
const SETTINGS_KEYS = ['contentencodings', 'wiremux'];
const SECRET_KEYS = ['token', 'secret'];

/**
 * The frame without what is secret in it, to be used before it leaves the process (SPEC 6.12). In sender settings every
 * `token` and `secret` becomes `*`s of the same length; settings that are not one whole, plainly encoded map, as in
 * frames of a map that is cut, are blanked whole. Other frames are given back as they are.
 */
export function redactFrame(frame: Frame, dialect: DialectName): Frame {
  if (FRAME_TYPES[dialect][frame.type]?.name !== 'sender-protocol-settings') return frame;
  const payload = Uint8Array.from(frame.payload);
  if (!new SecretBlanker(payload).blank()) payload.fill(STAR);
  return { ...frame, payload };
}

/** Walks a settings map and overwrites its secrets in place. What it does not understand ends it with `false`. */
class SecretBlanker {
  readonly #bytes: Uint8Array;
  #at = 0;
  #isSettings = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  blank(): boolean {
    const head = readHead(this.#bytes, 0);
    if (head?.major !== Major.Map) return false;
    return this.#item(0) && this.#at === this.#bytes.length && this.#isSettings;
  }

  #item(depth: number): boolean {
    const head = readHead(this.#bytes, this.#at);
    if (head === undefined || depth > MAX_NESTING) return false;
    this.#at = head.end;
    switch (head.major) {
      case Major.Bytes:
      case Major.Text:
        return this.#skip(head.argument);
      case Major.Array:
        for (let left = head.argument; left > 0n; left--) if (!this.#item(depth + 1)) return false;
        return true;
      case Major.Map:
        for (let left = head.argument; left > 0n; left--) if (!this.#entry(depth)) return false;
        return true;
      case Major.Tag:
        return false;
      default:
        return true;
    }
  }

  #entry(depth: number): boolean {
    const key = this.#string();
    if (key === undefined) return false;
    const name = String.fromCharCode(...key.subarray(0, 32));
    if (depth === 0 && SETTINGS_KEYS.includes(name)) this.#isSettings = true;
    if (!SECRET_KEYS.includes(name)) return this.#item(depth + 1);
    const secret = this.#string();
    secret?.fill(STAR);
    return secret !== undefined;
  }

  /** The content of the string here; `undefined` for another item and for a string that is cut or has no length. */
  #string(): Uint8Array | undefined {
    const head = readHead(this.#bytes, this.#at);
    if (head === undefined || (head.major !== Major.Bytes && head.major !== Major.Text)) return undefined;
    this.#at = head.end;
    return this.#skip(head.argument) ? this.#bytes.subarray(head.end, this.#at) : undefined;
  }

  #skip(length: bigint): boolean {
    if (length > BigInt(this.#bytes.length - this.#at)) return false;
    this.#at += Number(length);
    return true;
  }
}
