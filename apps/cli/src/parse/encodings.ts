import type { ContentCodec } from '@wiremux/framing';
import { zlib } from '@wiremux/framing/zlib';
import { zstd } from '@wiremux/framing/zstd';
import { usageError } from '../exit-status.js';

const CODECS: readonly ContentCodec[] = [zstd(), zlib()].filter((codec) => codec !== undefined);

/** What this platform can do, the preferred first. */
export const ENCODING_NAMES: readonly string[] = [...CODECS.map(({ name }) => name), 'identity'];

/** The codecs of content encodings named with commas between, in that order; `identity` has none. Throws `usage`. */
export function parseEncodings(text: string): readonly ContentCodec[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !ENCODING_NAMES.includes(name));
  if (unknown !== undefined) {
    throw usageError(`"${unknown}" is not an encoding known here; choose some of ${ENCODING_NAMES.join(', ')}.`);
  }
  return names.flatMap((name) => CODECS.filter((codec) => codec.name === name));
}
