import { argumentWidth, INDEFINITE, leastArgument, Major, readArgument } from './head.js';

/** What keeps the item whose head is at `at` out of a control payload (SPEC 8.2), or undefined. */
export function strictFault(bytes: Uint8Array, at: number, isKey: boolean): string | undefined {
  const initial = bytes[at] as number;
  const major = initial >> 5;
  const info = initial & 31;
  if (info === INDEFINITE) return 'An item has an indefinite length.';
  if (major === Major.Tag) return 'There is a tag.';
  if (isKey && major !== Major.Bytes) return 'A map key is not a byte string.';
  if (major === Major.Simple) return info > 24 ? 'There is a float.' : undefined;
  if (info < 24) return undefined;
  const width = argumentWidth(info);
  return readArgument(bytes, at + 1, width) < leastArgument(width) ? 'A head is longer than it need be.' : undefined;
}
