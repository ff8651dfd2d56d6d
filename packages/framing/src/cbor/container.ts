import { MAX_BIGNUM } from './bounds.js';
import { CborErrorCode } from './error.js';
import { BREAK, INDEFINITE, Major } from './head.js';

// What an item belongs to. Odd: keys and values alternate. Kinds past MAP need a look at every item, so that one
// comparison keeps them off the fast path; kinds up to OPEN_MAP count as nesting.
export const ARRAY = 0;
export const MAP = 1;
export const OPEN_ARRAY = 2;
export const OPEN_MAP = 3;
export const SET = 4;
export const BIGNUM = 6;
export const BYTE_PIECES = 8;
export const TEXT_PIECES = 10;

/** Why an item does not belong where it is. */
export interface Misfit {
  readonly code: CborErrorCode;
  readonly message: string;
}

const NO_ARRAY: Misfit = { code: CborErrorCode.ForbiddenTag, message: 'Tag 258 holds no array.' };
const NO_BYTES: Misfit = { code: CborErrorCode.ForbiddenTag, message: 'Tag 2 or 3 holds no definite byte string.' };
const LONG_BIGNUM: Misfit = { code: CborErrorCode.TooBig, message: `A big integer has over ${MAX_BIGNUM} bytes.` };
const NO_PIECE: Misfit = { code: CborErrorCode.Malformed, message: 'A string in pieces holds something else.' };

/** Judges the content of a tag, or a piece of a string in pieces. Other containers take any item. */
export function findMisfit(kind: number, initial: number, argument: number): Misfit | undefined {
  const major = initial >> 5;
  const indefinite = (initial & 31) === INDEFINITE;
  switch (kind) {
    case SET:
      return major === Major.Array ? undefined : NO_ARRAY;
    case BIGNUM:
      if (major !== Major.Bytes || indefinite) return NO_BYTES;
      return argument > MAX_BIGNUM ? LONG_BIGNUM : undefined;
    case BYTE_PIECES:
      return initial === BREAK || (major === Major.Bytes && !indefinite) ? undefined : NO_PIECE;
    case TEXT_PIECES:
      return initial === BREAK || (major === Major.Text && !indefinite) ? undefined : NO_PIECE;
    default:
      return undefined;
  }
}
