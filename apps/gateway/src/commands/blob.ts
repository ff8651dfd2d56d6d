import { byteStream, type CommandSet, command, defineCommands, implement } from '@wiremux/server';
import { z } from 'zod';

const MiB = 1024 * 1024;
/** As many bytes as a request may ask for: 1 TiB. */
const MOST_BYTES = 1024 * 1024 * MiB;

const contract = defineCommands({
  blob: command({
    about: 'Yields byte strings, as fast as they are read.',
    args: z.strictObject({
      bytes: z.int().min(0).max(MOST_BYTES).describe('How many bytes in all.'),
      piece: z.int().min(1).max(MiB).default(32_768).describe('Bytes in one value.'),
      whole: z.boolean().default(false).describe('One value of all the bytes, however many.'),
    }),
    yields: z.instanceof(Uint8Array),
    channel: 'bulk',
  }),
});

export const blobCommands: CommandSet = implement(contract, {
  blob: ({ bytes, piece, whole }) => {
    const pieces = blob(bytes, piece);
    return whole ? byteStream(pieces, { length: bytes }) : pieces;
  },
});

/** Pieces whose byte n is n modulo 256; the last one may be shorter. */
function* blob(bytes: number, piece: number): Generator<Uint8Array<ArrayBuffer>, void, undefined> {
  // One buffer serves every piece: values are only read.
  const whole = Uint8Array.from({ length: Math.min(bytes, piece) }, (_, at) => at);
  for (let left = bytes; left > 0; left -= piece) yield left >= piece ? whole : whole.subarray(0, left);
}
