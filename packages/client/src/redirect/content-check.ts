import type { RedirectLocation } from '@wiremux/framing';
import { openDigest } from '#digest';
import { type Digest, KNOWN_HASHES } from './digest.js';
import { redirectFailed } from './failed.js';

/** What is demanded of what was fetched, beside what its location says. */
export interface CheckOptions {
  /** Names of the hashes that may be verified. */
  readonly hashes: readonly string[];
  /** Bytes at most. */
  readonly maxBytes: number;
  /** Whether there must be a hash that can be verified. */
  readonly requireHash: boolean;
}

/** Verifies that what was fetched is what its location says (SPEC 3.4.10, 3.4.15). */
export class ContentCheck {
  readonly #size: number | undefined;
  readonly #maxBytes: number;
  readonly #hash:
    | { readonly name: string; readonly digest: Digest; readonly expected: readonly Uint8Array[] }
    | undefined;
  /** Bytes that have come. */
  #read = 0;

  /** @throws {WiremuxError} `redirect-failed` if it is known beforehand */
  constructor({ size, fullHashes = [], fullHashSeed }: RedirectLocation, options: CheckOptions) {
    const { hashes, maxBytes, requireHash } = options;
    this.#size = size;
    this.#maxBytes = maxBytes;
    if (size !== undefined && size > maxBytes) throw this.#tooBig(`has ${size} bytes`);
    const name = KNOWN_HASHES.find((known) => hashes.includes(known) && fullHashes.some(([given]) => given === known));
    if (name === undefined) {
      if (!requireHash) return;
      throw redirectFailed(
        'its location has no hash that can be verified; take it with `requireHash: false` if you may.',
      );
    }
    const digest = openDigest(name);
    if (fullHashSeed !== undefined) digest.update(fullHashSeed);
    const expected = fullHashes.filter(([given]) => given === name).map(([, bytes]) => bytes);
    this.#hash = { name, digest, expected };
  }

  /** @throws {WiremuxError} `redirect-failed` if there are more bytes than there may be */
  push(bytes: Uint8Array): void {
    this.#read += bytes.length;
    if (this.#size !== undefined && this.#read > this.#size) {
      throw redirectFailed(`it is longer than the ${this.#size} bytes its location says.`);
    }
    if (this.#read > this.#maxBytes) throw this.#tooBig('is larger');
    this.#hash?.digest.update(bytes);
  }

  /**
   * All has come.
   * @throws {WiremuxError} `redirect-failed` if it is not what the location says
   */
  async end(): Promise<void> {
    if (this.#size !== undefined && this.#read < this.#size) {
      throw redirectFailed(`it has ${this.#read} of the ${this.#size} bytes its location says.`);
    }
    if (this.#hash === undefined) return;
    const { name, digest, expected } = this.#hash;
    const found = await digest.end().catch((error: unknown) => {
      throw redirectFailed(`its ${name} cannot be taken here (browsers do so on https pages only).`, error);
    });
    if (expected.every((bytes) => isSame(bytes, found))) return;
    throw redirectFailed(`its ${name} is not the one its location says.`);
  }

  #tooBig(how: string): Error {
    return redirectFailed(`it ${how}, and at most ${this.#maxBytes} are taken; raise \`maxBytes\`.`);
  }
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
