interface Utf8Decoder {
  decode(bytes: Uint8Array): string;
}
interface Utf8Encoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
  encodeInto(text: string, target: Uint8Array): { readonly written: number };
}
declare const TextDecoder: new (label: string, options: { fatal: boolean; ignoreBOM: boolean }) => Utf8Decoder;
declare const TextEncoder: new () => Utf8Encoder;

const decoder = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** UTF-8 to string. A byte order mark stays; bytes that are not UTF-8 become U+FFFD, so check first. */
export function utf8Decode(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** As {@link utf8Decode}; undefined if the bytes are not UTF-8, which takes long to find out. */
export function utf8Read(bytes: Uint8Array): string | undefined {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** String to UTF-8 in memory of its own. A lone surrogate becomes U+FFFD. */
export function utf8Encode(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** Writes UTF-8 at `offset` and returns how many bytes it took. There must be room for three bytes a UTF-16 unit. */
export function utf8Write(text: string, target: Uint8Array, offset: number): number {
  return encoder.encodeInto(text, target.subarray(offset)).written;
}

/** True if `bytes[from, to)` is well-formed UTF-8: no surrogates, no overlong forms, nothing cut. */
export function isUtf8(bytes: Uint8Array, from = 0, to: number = bytes.length): boolean {
  const ascii = skipAscii(bytes, from, to);
  if (ascii === to) return true;
  const check = new Utf8Check();
  return check.feed(bytes, ascii, to) && check.complete;
}

/** Where in `bytes[from, to)` the first byte past U+007F is; `to` if there is none. */
function skipAscii(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && (bytes[at] as number) < 0x80) at++;
  return at;
}

/** True if `text` has no character past U+007F. */
export function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 0x7f) return false;
  return true;
}

/** A character for each byte: strings that compare as the bytes do. */
export function latin1(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** Checks UTF-8 that may be cut anywhere. */
export class Utf8Check {
  /** Continuation bytes the current character still needs. */
  #need = 0;
  // The range the next continuation byte must be in: it is narrower after E0, ED, F0 and F4.
  #low = 0x80;
  #high = 0xbf;

  /** True if no character is cut. */
  get complete(): boolean {
    return this.#need === 0;
  }

  /** Goes on with `bytes[from, to)`; false as soon as they cannot be UTF-8. */
  feed(bytes: Uint8Array, from: number, to: number): boolean {
    let need = this.#need;
    let low = this.#low;
    let high = this.#high;
    for (let at = from; at < to; at++) {
      const byte = bytes[at] as number;
      if (need > 0) {
        if (byte < low || byte > high) return false;
        low = 0x80;
        high = 0xbf;
        need--;
      } else if (byte >= 0x80) {
        if (byte < 0xc2 || byte > 0xf4) return false;
        need = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
        if (byte === 0xe0) low = 0xa0;
        else if (byte === 0xed) high = 0x9f;
        else if (byte === 0xf0) low = 0x90;
        else if (byte === 0xf4) high = 0x8f;
      }
    }
    this.#need = need;
    this.#low = low;
    this.#high = high;
    return true;
  }
}
