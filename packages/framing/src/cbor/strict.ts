import { argumentWidth, INDEFINITE, leastArgument, Major } from './head.js';

/** What keeps an item out of a control payload (SPEC 8.2), or undefined. `argument` counts for ints, lengths and sizes. */
export function strictFault(initial: number, argument: number, isKey: boolean): string | undefined {
  const major = initial >> 5;
  const info = initial & 31;
  if (info === INDEFINITE) return 'An item has an indefinite length.';
  if (major === Major.Tag) return 'There is a tag.';
  if (major === Major.Simple && info > 24) return 'There is a float.';
  if (isKey && major !== Major.Bytes) return 'A map key is not a byte string.';
  if (info > 23 && argument < leastArgument(argumentWidth(info))) return 'A head is longer than it need be.';
  return undefined;
}
