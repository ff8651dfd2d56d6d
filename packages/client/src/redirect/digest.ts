/** Takes bytes and tells their digest. */
export interface Digest {
  update(bytes: Uint8Array): void;
  /** Rejects where the platform cannot do it. Once. */
  end(): Promise<Uint8Array>;
}

/** Begins a digest by one of {@link KNOWN_HASHES}. */
export type OpenDigest = (hash: KnownHash) => Digest;

/** Names that locations have for hashes which this program can do, the strongest first. */
export const KNOWN_HASHES = ['sha512', 'sha384', 'sha256', 'sha1'] as const;
export type KnownHash = (typeof KNOWN_HASHES)[number];
