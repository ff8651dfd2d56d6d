import { type Limits, type OfferedRedirects, type RedirectLocation, WiremuxError } from '@wiremux/framing';
import { redirectsTo } from '@wiremux/framing/redirects';
import type { FollowOptions, RedirectOptions } from './options.js';

/** What of a client decides how its answers are fetched. */
export interface FollowContext {
  /** The gateway is reached over TLS: so must be what it names. */
  readonly secure: boolean;
  /** Bounds of the values. */
  readonly limits: Partial<Limits>;
}

/** Who reads the answer, and how. */
export interface FollowReader {
  /** Byte strings are to come in pieces. */
  readonly bytePieces: boolean;
  values(values: readonly unknown[], sizes: readonly number[]): void;
  bytes(bytes: Uint8Array, size: number, last: boolean): void;
}

/** What is fetched, how, and who reads it. */
export interface FollowTask extends FollowContext, FollowOptions {
  readonly location: RedirectLocation;
  /** Names of the hashes that may be verified. */
  readonly hashes: readonly string[];
  readonly reader: FollowReader;
  /** Aborts when nobody wants it any more. */
  readonly signal: AbortSignal;
  /** Resolves when the reader has room. */
  room(): Promise<void>;
}

const DEFAULT_HASHES: readonly string[] = ['sha512', 'sha384', 'sha256'];

/** What the request says of redirects. */
export function offerOf({ targets, hashes = DEFAULT_HASHES }: RedirectOptions): OfferedRedirects {
  return redirectsTo({ targets, hashes });
}

/** The end of a request whose answer is to be had elsewhere. The address may be a secret: it names its host only. */
export function redirected(name: string, location: RedirectLocation): WiremuxError {
  const host = URL.canParse(location.url) ? new URL(location.url).host : 'an address that is none';
  const message = `The answer of "${name}" is to be had elsewhere, from ${host}: fetch it, or have the client follow.`;
  return new WiremuxError('redirected', message, { data: location });
}

/** Bytes given to a reader and not taken, from which on nothing more is fetched. */
const HIGH_WATER = 256 * 1024;

/** One answer on its way from where it is to be had, at the pace of its reader. */
export class Following {
  readonly #reader: FollowReader;
  readonly #abort = new AbortController();
  /** Bytes given and not taken. */
  #untaken = 0;
  #wake: () => void = () => undefined;

  constructor(reader: FollowReader) {
    this.#reader = reader;
  }

  /**
   * Fetches it.
   * @throws {WiremuxError} `redirect-failed`, also once it was stopped
   */
  async fetch(location: RedirectLocation, options: RedirectOptions, context: FollowContext): Promise<void> {
    try {
      await this.#follow(location, options, context);
    } catch (error) {
      if (error instanceof WiremuxError) throw error;
      throw new WiremuxError('redirect-failed', `The answer could not be fetched: ${String(error)}`, { cause: error });
    }
  }

  async #follow(location: RedirectLocation, options: RedirectOptions, context: FollowContext): Promise<void> {
    // Most clients never need it.
    const { follow } = await import('./follow.js');
    await follow({
      ...context,
      ...(typeof options.follow === 'object' ? options.follow : {}),
      location,
      hashes: offerOf(options).hashes,
      reader: {
        bytePieces: this.#reader.bytePieces,
        values: (values, sizes) => {
          for (const size of sizes) this.#untaken += size;
          this.#reader.values(values, sizes);
        },
        bytes: (bytes, size, last) => {
          this.#untaken += size;
          this.#reader.bytes(bytes, size, last);
        },
      },
      signal: this.#abort.signal,
      room: () => this.#room(),
    });
  }

  /** The reader has taken values of that many bytes in sum. */
  taken(bytes: number): void {
    this.#untaken -= bytes;
    if (this.#untaken < HIGH_WATER) this.#wake();
  }

  /** Nobody wants it any more. */
  stop(): void {
    this.#abort.abort();
    this.#wake();
  }

  async #room(): Promise<void> {
    if (this.#untaken < HIGH_WATER) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }
}
