/** Memory one encoder owns while it writes: bytes before `used` belong to results already handed out. */
export interface ArenaBlock {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly view: DataView;
  used: number;
}

/** Small enough that a result kept for long does not hold much more than itself, large enough to be worth sharing. */
const BLOCK_SIZE = 32 * 1024;
/** A block with less room than this is given up. */
const LEAST_ROOM = 512;

/** Writers nest (a map's writer, and one for a value in it): as many blocks as they take at once are kept. */
const MOST_IDLE = 4;
const idle: ArenaBlock[] = [];

/** Takes an idle block, or a new one if it has not `room` bytes. Nobody else writes to it until it is given back. */
export function takeBlock(room: number): ArenaBlock {
  if (room > BLOCK_SIZE / 2) return newBlock(room);
  const block = idle.pop();
  if (block !== undefined && block.bytes.length - block.used >= Math.max(room, LEAST_ROOM)) return block;
  return newBlock(BLOCK_SIZE);
}

/** Gives a block back. Bytes from `used` on may be written again, those before never are. */
export function giveBlock(block: ArenaBlock): void {
  if (isShared(block) && idle.length < MOST_IDLE) idle.push(block);
}

/** Others may write to it too, one after another: it was not made for one large result. */
export function isShared({ bytes }: ArenaBlock): boolean {
  return bytes.length === BLOCK_SIZE;
}

function newBlock(size: number): ArenaBlock {
  const bytes = new Uint8Array(size);
  return { bytes, view: new DataView(bytes.buffer), used: 0 };
}
