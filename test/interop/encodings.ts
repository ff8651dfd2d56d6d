import type { ContentCodec } from '@wiremux/framing';
import { zlib } from '@wiremux/framing/zlib';
import { zstd } from '@wiremux/framing/zstd';
import type { Random } from '../../packages/framing/test/model/random.js';

/** What this Node has, in the order the reference prefers them. */
const CODECS: readonly ContentCodec[] = [zstd(), zlib()].filter((codec) => codec !== undefined);

/** Codecs for one session: none, zlib, or all; of several the reference picks the first. */
export function randomCodecs(random: Random): readonly ContentCodec[] {
  if (random.chance(0.3)) return [];
  return random.chance(0.3) ? CODECS : CODECS.filter(({ name }) => name === 'zlib');
}
