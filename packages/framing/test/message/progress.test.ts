import { describe, expect, it } from 'vitest';
import { decodeOne } from '../../src/index.js';
import { encodeProgress, type ProgressUpdate, parseProgress } from '../../src/message/progress.js';
import { toHex } from '../frame/vectors.js';
import { cbor } from './bytes.js';

const LIMITS = { depth: 64, items: 10_000, bytes: 65_536 };

function read(bytes: Uint8Array): ProgressUpdate | undefined {
  const decoded = decodeOne(bytes, LIMITS);
  if (!decoded.ok) throw new Error(decoded.error.message);
  return parseProgress(decoded.value);
}

describe('SPEC 3.7 progress', () => {
  it('SPEC 3.7.1 writes its keys in order', () => {
    const update = { topic: 'bytes', pos: 5, total: 1_000, label: 'read', item: 'file' };
    const literal = "{b'item': b'file', b'label': b'read', b'pos': 5, b'topic': b'bytes', b'total': 1000}";
    expect(toHex(encodeProgress(update))).toBe(toHex(cbor(literal)));
    expect(read(encodeProgress(update))).toEqual(update);
  });

  it.each([
    [-1, -1],
    [1.9, 1],
    [-1.9, -1],
    [Number.NaN, 0],
    [Number.POSITIVE_INFINITY, 0],
    [2 ** 60, Number.MAX_SAFE_INTEGER],
  ])('SPEC 3.7.1 writes the position %s as %s: an integer', (pos, written) => {
    expect(read(encodeProgress({ topic: 't', pos, total: 0 }))).toEqual({ topic: 't', pos: written, total: 0 });
  });

  it('SPEC 3.7.2 says with -1 that a topic is over, and with a total of 0 that it is not known', () => {
    const over = { topic: 't', pos: -1, total: 0 };
    expect(read(encodeProgress(over))).toEqual(over);
  });

  it.each([
    ["{b'topic': b't', b'pos': -1, b'total': 0}", { topic: 't', pos: -1, total: 0 }],
    ["{'topic': 't', 'pos': 1}", { topic: 't', pos: 1, total: 0 }],
    ["{b'topic': b'\\xff', b'pos': 1, b'later': [], 7: 8}", { topic: '\ufffd', pos: 1, total: 0 }],
    ["{b'topic': b't', b'pos': 18446744073709551615}", { topic: 't', pos: 2 ** 64, total: 0 }],
    ["{b'topic': b't', b'pos': 1, b'label': 7, b'item': None}", { topic: 't', pos: 1, total: 0 }],
  ])('SPEC 3.7.1 reads %s', (literal, update) => {
    expect(read(cbor(literal))).toEqual(update);
  });

  it.each([
    "{b'pos': 1, b'total': 2}",
    "{b'topic': b't', b'total': 2}",
    "{b'topic': b't', b'pos': 1.5}",
    "{b'topic': b't', b'pos': b'1'}",
    "{b'topic': b't', b'pos': 1, b'total': None}",
    "{b'topic': 7, b'pos': 1}",
    '[]',
    '7',
  ])('SPEC 3.7.1 refuses %s', (literal) => {
    expect(read(cbor(literal))).toBeUndefined();
  });
});
