/** Bounds of one top-level value (SPEC 9). Raising one raises what a hostile peer can make this process do. */
export interface CborLimits {
  /** Arrays and maps nested in one another, at most {@link MAX_DEPTH}; 0 allows none. */
  readonly depth: number;
  /** Items, keys and nested items counted, the value itself included. */
  readonly items: number;
  /** Encoded size in bytes, less than 2^30. */
  readonly bytes: number;
}

/** The deepest nesting ever read or written: what recursion over a value can count on. */
export const MAX_DEPTH = 512;

/** Bytes of a big integer (tags 2 and 3) at most: past it, arithmetic on it would cost more than its size. */
export const MAX_BIGNUM = 1024;

/**
 * Numbers that one map may have as keys, or one set as members. Engines hash numbers in a known way, so that a peer can
 * choose ones which collide and make a larger `Map` or `Set` take quadratic time. Strings are hashed with a secret.
 */
export const MAX_NUMBER_KEYS = 1024;
