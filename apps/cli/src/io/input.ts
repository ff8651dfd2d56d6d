import { open } from 'node:fs/promises';
import { usageError } from '../exit-status.js';
import { reasonOf } from './file-reason.js';

/** How much is read at once, bytes. */
const PIECE = 65_536;

/** Bytes to read, and how many they are, where that is known beforehand. */
export interface Input {
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly size: number | undefined;
}

/** The bytes of a file, or of stdin for `-`. The file is opened at once: one that cannot be read throws `usage`. */
export async function openInput(path: string): Promise<Input> {
  if (path === '-') return { bytes: process.stdin as AsyncIterable<Uint8Array>, size: undefined };
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    throw usageError(`Cannot read ${path}: ${reasonOf(error)}.`);
  });
  const stat = await file.stat();
  if (stat.isDirectory()) {
    await file.close();
    throw usageError(`Cannot read ${path}: it is a folder.`);
  }
  const bytes = file.createReadStream({ highWaterMark: PIECE }) as AsyncIterable<Uint8Array>;
  return { bytes, size: stat.isFile() ? stat.size : undefined };
}
