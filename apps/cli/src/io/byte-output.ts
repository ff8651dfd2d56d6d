import { constants, type FileHandle, open } from 'node:fs/promises';
import { WiremuxError } from '@wiremux/framing';
import { usageError } from '../exit-status.js';
import { reasonOf } from './file-reason.js';
import type { Output } from './output.js';

/** Where the byte strings of an answer go, as they are. */
export interface ByteOutput {
  /** Other values may not be printed: they would lie among the bytes. */
  readonly takesStdout: boolean;
  /** Resolves when there is room for more. */
  write(bytes: Uint8Array): Promise<void>;
  /** The answer has ended well: what there is is all there is. */
  finish(): Promise<void>;
  /** Lets go of the file, whatever happened. */
  close(): Promise<void>;
}

/**
 * Bytes to a file, or to stdout for `-`. The file is opened at once: one that cannot be written throws `usage`. What it
 * held before stays until the first bytes have come, or the answer has ended without any.
 */
export async function openByteOutput(path: string, stdout: Output): Promise<ByteOutput> {
  if (path === '-') return new StdoutBytes(stdout);
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT).catch((error: NodeJS.ErrnoException) => {
    throw usageError(`Cannot write ${path}: ${reasonOf(error)}.`);
  });
  return new FileBytes(file, path, (await file.stat()).isFile());
}

class StdoutBytes implements ByteOutput {
  readonly takesStdout = true;
  readonly #stdout: Output;

  constructor(stdout: Output) {
    this.#stdout = stdout;
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#stdout.bytes(bytes);
  }

  async finish(): Promise<void> {}

  async close(): Promise<void> {}
}

class FileBytes implements ByteOutput {
  readonly takesStdout = false;
  readonly #file: FileHandle;
  readonly #path: string;
  #mustTruncate: boolean;

  constructor(file: FileHandle, path: string, isRegular: boolean) {
    this.#file = file;
    this.#path = path;
    this.#mustTruncate = isRegular;
  }

  async write(bytes: Uint8Array): Promise<void> {
    try {
      await this.#truncate();
      for (let at = 0; at < bytes.length; ) at += (await this.#file.write(bytes, at)).bytesWritten;
    } catch (cause) {
      throw new WiremuxError('output-failed', `Cannot write ${this.#path}: ${reasonOf(cause as Error)}.`, { cause });
    }
  }

  finish(): Promise<void> {
    return this.write(new Uint8Array(0));
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  async #truncate(): Promise<void> {
    if (!this.#mustTruncate) return;
    this.#mustTruncate = false;
    await this.#file.truncate();
  }
}
