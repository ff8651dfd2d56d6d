import type { KnownHash, OpenDigest } from './digest.js';

const ALGORITHMS: Readonly<Record<KnownHash, string>> = {
  sha512: 'SHA-512',
  sha384: 'SHA-384',
  sha256: 'SHA-256',
  sha1: 'SHA-1',
};

/** WebCrypto digests whole buffers only: the bytes are kept until the end. */
export const openDigest: OpenDigest = (name) => {
  const kept: Uint8Array[] = [];
  return {
    update: (bytes) => void kept.push(bytes),
    async end() {
      // The DOM's types want bytes that are not shared between threads; ours never are.
      const bytes = await new Blob(kept.splice(0) as Uint8Array<ArrayBuffer>[]).arrayBuffer();
      return new Uint8Array(await crypto.subtle.digest(ALGORITHMS[name], bytes));
    },
  };
};
