import { uploadFailed, type WiremuxError } from '@wiremux/framing';
import type { UploadReader } from './source.js';

/** The most bytes given to the connection at once: pieces that are larger are cut. */
const PIECE = 32 * 1024;

/** Where an upload goes. */
export interface UploadSink {
  /** False: no more until {@link Upload.writable}. */
  send(bytes: Uint8Array): boolean;
  end(): void;
  /** The source failed, and there will be no end. */
  fail(error: WiremuxError): void;
}

/** Carries a source to a sink, reading it only when the sink has room. */
export class Upload {
  readonly #source: UploadReader;
  readonly #sink: UploadSink;
  #over = false;
  #resume: (() => void) | undefined;

  constructor(source: UploadReader, sink: UploadSink) {
    this.#source = source;
    this.#sink = sink;
  }

  start(): void {
    void this.#carry();
  }

  /** The sink has room again. */
  writable(): void {
    this.#resume?.();
    this.#resume = undefined;
  }

  /** It does not go on here; its source is somebody else's from now on. */
  abandon(): void {
    this.#over = true;
    this.writable();
  }

  /** No more is wanted; the source is given up, unless it has ended. */
  stop(): void {
    if (this.#over) return;
    this.#over = true;
    this.#source.cancel();
    this.writable();
  }

  async #carry(): Promise<void> {
    try {
      while (!this.#over) {
        const piece = await this.#source.read();
        if (this.#over) return;
        if (piece !== undefined) {
          await this.#send(checkPiece(piece));
          continue;
        }
        this.#over = true;
        this.#sink.end();
      }
    } catch (error) {
      if (this.#over) return;
      this.stop();
      this.#sink.fail(uploadFailed(error));
    }
  }

  async #send(piece: Uint8Array): Promise<void> {
    for (let at = 0; at < piece.length && !this.#over; at += PIECE) {
      if (this.#sink.send(piece.subarray(at, at + PIECE))) continue;
      await new Promise<void>((resolve) => {
        this.#resume = resolve;
      });
    }
  }
}

function checkPiece(piece: unknown): Uint8Array {
  if (ArrayBuffer.isView(piece)) return new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength);
  throw new TypeError(`It gave a ${typeof piece} where a Uint8Array is needed.`);
}
