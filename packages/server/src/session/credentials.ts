const ID_BYTES = 16;
const SECRET_BYTES = 32;

/** What a client shows to get its session back (SPEC 8.8). */
export interface SessionCredentials {
  /** 16 random bytes. */
  readonly id: Uint8Array;
  /** 32 random bytes. Only the client keeps them. */
  readonly secret: Uint8Array;
}

/** Makes credentials that nobody can guess. */
export function newCredentials(): SessionCredentials {
  return { id: randomBytes(ID_BYTES), secret: randomBytes(SECRET_BYTES) };
}

/** Compares hashes in a time that tells nothing of where they differ. */
export function sameHash(one: string, other: string): boolean {
  let difference = one.length ^ other.length;
  for (let at = 0; at < one.length; at++) difference |= one.charCodeAt(at) ^ other.charCodeAt(at);
  return difference === 0;
}

function randomBytes(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}
