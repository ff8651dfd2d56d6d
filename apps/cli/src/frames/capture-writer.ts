import { createWriteStream, type WriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import {
  type DialectName,
  type Direction,
  encodeFrame,
  FrameReader,
  redactFrame,
  WiremuxError,
} from '@wiremux/framing';
import { usageError } from '../exit-status.js';
import { reasonOf } from '../io/file-reason.js';
import { type CaptureHead, captureLine } from './capture-format.js';

/** Largest payload that peers can agree on, bytes (SPEC 8.3.4). */
const MOST_PAYLOAD: number = 1024 * 1024;

/**
 * Writes a connection to a file that only its owner may read, frame by frame, without the `token` and `secret` of
 * settings (SPEC 6.12). What commands say is in it as it was.
 */
export class CaptureWriter {
  readonly #stream: WriteStream;
  readonly #began = performance.now();
  readonly #readers = { in: new FrameReader(MOST_PAYLOAD), out: new FrameReader(MOST_PAYLOAD) };
  #dialect: DialectName | undefined;
  #failure: Error | undefined;

  private constructor(stream: WriteStream) {
    this.#stream = stream;
    stream.on('error', (error) => {
      this.#failure = error;
    });
  }

  /** Throws `usage` if the file cannot be written. */
  static async open(path: string): Promise<CaptureWriter> {
    const file = await open(path, 'w', 0o600).catch((error: NodeJS.ErrnoException) => {
      throw usageError(`Cannot write ${path}: ${reasonOf(error)}.`);
    });
    return new CaptureWriter(createWriteStream(path, { fd: file }));
  }

  /** The connection is open, and speaks this. */
  begin(dialect: DialectName): void {
    this.#dialect = dialect;
    const head: CaptureHead = { capture: 1, dialect, began: Date.now() };
    this.#stream.write(`${JSON.stringify(head)}\n`);
  }

  /** Bytes pass; a frame is written once it is whole. */
  passed(direction: Direction, chunk: Uint8Array): void {
    const dialect = this.#dialect;
    if (dialect === undefined || this.#failure !== undefined) return;
    const frames: Uint8Array[] = [];
    // The reader keeps views of what it is given, and the connection owns the chunk.
    this.#readers[direction].push(chunk.slice(), (header, payload) => {
      frames.push(encodeFrame(header, redactFrame({ ...header, payload }, dialect).payload));
      return undefined;
    });
    if (frames.length === 0) return;
    const time = performance.now() - this.#began;
    this.#stream.write(`${captureLine({ time, direction, bytes: Buffer.concat(frames) })}\n`);
  }

  /** Writes nothing more; resolves when all is written. Throws `output-failed` if something could not be. */
  async close(): Promise<void> {
    this.#dialect = undefined;
    await new Promise<void>((resolve) => {
      this.#stream.once('close', resolve);
      this.#stream.end();
    });
    if (this.#failure === undefined) return;
    throw new WiremuxError('output-failed', `The capture cannot be written: ${this.#failure.message}.`);
  }
}
