import { createHash, getHashes } from 'node:crypto';
import { type CommandContext, type CommandSet, command, defineCommands, implement } from '@wiremux/server';
import { z } from 'zod';

/** Progress is told once for so many bytes. */
const STEP = 1024 * 1024;

const Digest = z.object({ algorithm: z.string(), digest: z.string(), bytes: z.int() });

const contract = defineCommands({
  digest: command({
    about: 'Hashes the data of the request as it arrives.',
    args: z.strictObject({
      algorithm: z
        .enum(usableHashes(), { error: 'no hash of that name; try sha256, sha512, sha3-256, blake2b512 or md5' })
        .default('sha256')
        .describe('Name of the hash.'),
      size: z.int().min(0).default(0).describe('Bytes of the data, if known: the total of the progress.'),
    }),
    yields: Digest,
    takesData: true,
    channel: 'bulk',
  }),
});

export const digestCommands: CommandSet = implement(contract, {
  digest: ({ algorithm, size }, context) => digest(algorithm, size, context),
});

async function digest(algorithm: string, size: number, context: CommandContext): Promise<z.infer<typeof Digest>> {
  const hash = createHash(algorithm);
  let bytes = 0;
  let tellAt = 0;
  for await (const piece of context.data) {
    hash.update(piece);
    bytes += piece.length;
    if (bytes < tellAt) continue;
    context.progress({ topic: 'digest', pos: bytes, total: size, label: 'bytes' });
    tellAt = bytes + STEP;
  }
  context.progress({ topic: 'digest', pos: -1, total: size });
  return { algorithm, digest: hash.digest('hex'), bytes };
}

/** Without the names of signatures, which are the same hashes again, and what this OpenSSL lists but has switched off. */
function usableHashes(): string[] {
  return getHashes().filter((name) => !/^(RSA|id|ssl3)-|With/.test(name) && isUsable(name));
}

function isUsable(name: string): boolean {
  try {
    createHash(name);
    return true;
  } catch {
    return false;
  }
}
