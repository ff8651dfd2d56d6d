import { expect, it } from 'vitest';
import { canonicalBytes } from '../src/canonical-bytes.js';

it.each([
  ['objects', { b: 1, a: { d: 2, c: 3 } }, { a: { c: 3, d: 2 }, b: 1 }],
  ['objects in arrays', [{ b: 1, a: 2 }], [{ a: 2, b: 1 }]],
  ['objects in maps', new Map([[1, { b: 1, a: 2 }]]), new Map([[1, { a: 2, b: 1 }]])],
])('does not tell apart what differs in the order of keys only: %s', (_, one, other) => {
  expect(canonicalBytes(one)).toEqual(canonicalBytes(other));
});

it.each([
  ['the order of an array', [1, 2], [2, 1]],
  ['text and bytes', 'a', new Uint8Array([0x61])],
  ['a number and its text', 1, '1'],
  ['a missing key', { a: 1 }, { a: 1, b: null }],
  ['a key', JSON.parse('{"__proto__":1}'), {}],
  ['the members of a set', new Set([1]), new Set([2])],
])('tells apart %s', (_, one, other) => {
  expect(canonicalBytes(one)).not.toEqual(canonicalBytes(other));
});
