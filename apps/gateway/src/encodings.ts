import type { ContentCodec } from '@wiremux/framing';
import { zlib } from '@wiremux/framing/zlib';
import { zstd } from '@wiremux/framing/zstd';

/** What this platform can do, those that cost less first. */
const CODECS: readonly ContentCodec[] = [zstd(), zlib()].filter((codec) => codec !== undefined);

/** Content encodings this gateway can use, in the order it prefers them; `identity` is always the last. */
export const ENCODING_NAMES: readonly string[] = [...CODECS.map(({ name }) => name), 'identity'];

/** The codecs of these encodings, in their order; what stands behind `identity` is never preferred to it. */
export function codecsOf(encodings: readonly string[]): readonly ContentCodec[] {
  const end = encodings.indexOf('identity');
  const preferred = end === -1 ? encodings : encodings.slice(0, end);
  return preferred.flatMap((name) => CODECS.filter((codec) => codec.name === name));
}
