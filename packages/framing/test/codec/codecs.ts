import { zlib as browserZlib } from '../../src/codec/browser/zlib.js';
import { zstd as browserZstd } from '../../src/codec/browser/zstd.js';
import { zlib as nodeZlib } from '../../src/codec/node/zlib.js';
import { zstd as nodeZstd } from '../../src/codec/node/zstd.js';
import type { ContentCodec, Decoder, DecodeStep } from '../../src/stream/codec.js';

export const ZLIB: Readonly<Record<'node' | 'browser', ContentCodec>> = { node: nodeZlib(), browser: browserZlib() };

/** Node's zstd, or `undefined` where this Node has none. */
export const NODE_ZSTD: ContentCodec | undefined = nodeZstd();
export const BROWSER_ZSTD: ContentCodec = browserZstd()!;
/** What a group's title says where it is skipped for want of Node's zstd. */
export const NEEDS_ZSTD = NODE_ZSTD ? '' : ' [needs Node 22.15 or later, for its zstd]';

/** Plain bytes, or the fault. */
export type Decoded = Uint8Array | string;

/** The whole of a payload, asked for in steps of `most` bytes. */
export async function decodeWhole(decoder: Decoder, payload: Uint8Array, most: number): Promise<Decoded> {
  const pieces: Uint8Array[] = [];
  let step: DecodeStep = await decoder.decode(payload, most);
  for (;;) {
    if (step.kind === 'malformed') return step.message;
    pieces.push(step.plain);
    if (!step.more) return new Uint8Array(Buffer.concat(pieces));
    step = await decoder.resume(most);
  }
}

/** `size` bytes that compress like text: words of a small vocabulary. */
export function wordy(size: number, seed = 1): Uint8Array {
  const words = [
    '{"id":',
    '"name":',
    'true,',
    '"value":',
    'null}',
    '17',
    ' the ',
    'gateway',
    'stream',
    '0.25',
    '[',
    ']',
  ];
  let text = '';
  let state = seed;
  while (text.length < size) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    text += words[(state >>> 16) % words.length]! + ((state >>> 8) % 100);
  }
  return new Uint8Array(Buffer.from(text.slice(0, size), 'latin1'));
}

/** `size` bytes that do not compress. */
export function noise(size: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(size);
  let state = seed;
  for (let i = 0; i < size; i += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

/** Every way from an encoder to a decoder of the same encoding. */
export const PAIRS: readonly (readonly [title: string, encoder: ContentCodec, decoder: ContentCodec])[] = [
  ['zlib, Node to Node', ZLIB.node, ZLIB.node],
  ['zlib, Node to browser', ZLIB.node, ZLIB.browser],
  ['zlib, browser to Node', ZLIB.browser, ZLIB.node],
  ['zlib, browser to browser', ZLIB.browser, ZLIB.browser],
  ...(NODE_ZSTD
    ? ([
        ['zstd, Node to Node', NODE_ZSTD, NODE_ZSTD],
        ['zstd, Node to browser', NODE_ZSTD, BROWSER_ZSTD],
      ] as const)
    : []),
];

/** Fails unless both are the same bytes; quicker than `toEqual` on long ones. */
export function sameBytes(actual: Decoded, expected: Uint8Array): void {
  if (typeof actual === 'string') throw new Error(`Malformed: ${actual}`);
  if (Buffer.compare(actual, expected) === 0) return;
  throw new Error(`${actual.length} bytes differ from the ${expected.length} expected.`);
}
