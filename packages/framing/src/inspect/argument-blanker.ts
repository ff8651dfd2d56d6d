import { utf8Decode } from '../cbor/index.js';
import { asItIs, hidden, type ShownPayload } from './sequence-reader.js';

const STAR = 0x2a;
const HEAD = 4;

/** Blanks the values of secret arguments in the command-argument frames of one request (`exp-framing-0002`, SPEC 6.13). */
export class ArgumentBlanker {
  /** Bytes of a value that continues. */
  #left = 0;
  #isSecret = false;
  #isLost = false;

  read(payload: Uint8Array): ShownPayload {
    const from = this.#left > 0 ? 0 : this.#begin(payload);
    if (this.#isLost || payload.length - from > this.#left) {
      this.#isLost = true;
      return hidden(payload, 'It is no argument.');
    }
    this.#left -= payload.length - from;
    if (!this.#isSecret) return asItIs(payload);
    const shown = payload.slice();
    shown.fill(STAR, from);
    return asItIs(shown);
  }

  /** Reads the lengths and the name; where the value begins. */
  #begin(payload: Uint8Array): number {
    const nameLength = (payload[0] ?? 0) | ((payload[1] ?? 0) << 8);
    const from = HEAD + nameLength;
    if (payload.length < from) {
      this.#isLost = true;
      return 0;
    }
    this.#left = (payload[2] as number) | ((payload[3] as number) << 8);
    this.#isSecret = ['token', 'secret'].includes(utf8Decode(payload.subarray(HEAD, from)));
    return from;
  }
}
