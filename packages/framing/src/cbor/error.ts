/** Why CBOR was refused (SPEC 3.1). */
export const CborErrorCode = {
  /** Not well-formed, or a simple value without a meaning here. */
  Malformed: 'malformed',
  /** Arrays and maps nested past {@link CborLimits.depth}. */
  TooDeep: 'too-deep',
  /** More items than {@link CborLimits.items}, or more numbers as keys than {@link MAX_NUMBER_KEYS}. */
  TooManyItems: 'too-many-items',
  /** Longer than {@link CborLimits.bytes}, or a big integer longer than {@link MAX_BIGNUM}. */
  TooBig: 'too-big',
  /** A tag other than 2, 3 and 258, or one of these around the wrong content. */
  ForbiddenTag: 'forbidden-tag',
  /** A map says one key twice. */
  DuplicateKey: 'duplicate-key',
  /** A text string that is not UTF-8. */
  BadUtf8: 'bad-utf8',
  /** More bytes after the one item expected. */
  TrailingBytes: 'trailing-bytes',
  /** The bytes ended inside an item. */
  Unfinished: 'unfinished',
  /** Well-formed, but not in the strict form of control payloads (SPEC 8.2). */
  NotStrict: 'not-strict',
} as const;
export type CborErrorCode = (typeof CborErrorCode)[keyof typeof CborErrorCode];

/** How CBOR was refused: a value, never thrown. */
export interface CborError {
  readonly code: CborErrorCode;
  /** What was wrong, in one sentence. */
  readonly message: string;
  /** Where: bytes before the head of the item at fault, counted from the first byte ever given. */
  readonly offset: number;
}

/** The error of bytes that end inside a value. */
export function unfinished(offset: number): CborError {
  return { code: CborErrorCode.Unfinished, message: 'The bytes end inside a value.', offset };
}
