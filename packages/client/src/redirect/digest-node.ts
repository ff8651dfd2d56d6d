import { createHash } from 'node:crypto';
import type { OpenDigest } from './digest.js';

/** Digests as bytes come. */
export const openDigest: OpenDigest = (name) => {
  const hash = createHash(name);
  return {
    update: (bytes) => void hash.update(bytes),
    end: () => Promise.resolve(hash.digest()),
  };
};
