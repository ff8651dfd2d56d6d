import { ContentCheck } from './content-check.js';
import { contentReader } from './content-reader.js';
import { fetchBody } from './fetch-body.js';
import type { FollowTask } from './following.js';
import { checkLocation } from './location.js';

const MiB = 1024 * 1024;

/**
 * Fetches what an answer consists of, and gives it to its reader (SPEC 3.4.14, 3.4.15).
 * @throws {WiremuxError} `redirect-failed`; anything else only once the signal has aborted
 */
export async function follow(task: FollowTask): Promise<void> {
  const { location, hashes, reader, signal, limits, maxBytes = 16 * MiB, verify = 'before', requireHash = true } = task;
  const url = checkLocation(location, task.secure);
  const check = new ContentCheck(location, { hashes, maxBytes, requireHash });
  const content = contentReader(location.mediaType, reader, limits);
  const give = async (piece: Uint8Array): Promise<void> => {
    signal.throwIfAborted();
    content.push(piece);
    await task.room();
  };
  const held: Uint8Array[] = [];
  for await (const piece of fetchBody(url, signal)) {
    check.push(piece);
    if (verify === 'after') await give(piece);
    else held.push(piece);
  }
  await check.end();
  for (const piece of held) await give(piece);
  signal.throwIfAborted();
  content.end();
}
