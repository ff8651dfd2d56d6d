/** Thrown where a block is none, and caught where blocks are read: bytes of a peer throw no further. */
export class MalformedBlock extends Error {}
