import { describe, expect, it } from 'vitest';
import { decodeOne, encodeValue } from '../../src/cbor/index.js';
import { WIREMUX_1 } from '../../src/dialect/wiremux-1.js';
import { parseRequest } from '../../src/message/parse-request.js';
import { readUsualRequest } from '../../src/message/usual-request.js';
import { fromHex } from '../frame/vectors.js';

const LIMITS = { depth: 64, items: 1_000, bytes: 10_000 };
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** The map of a request, its keys in the order given. */
const map = (entries: readonly (readonly [string, unknown])[]): Uint8Array =>
  encodeValue(new Map(entries.map(([key, value]) => [text(key), value])));

const usual = (args: unknown, name: unknown = text('echo')): Uint8Array =>
  map([
    ['args', args],
    ['name', name],
  ]);

describe('SPEC 3.2.4 a request of arguments and a name', () => {
  it.each([[{}], [{ a: 1, b: 'two', c: [1.5, null, true], d: { e: text('f') } }], [new Map([[text('every'), 1_000]])]])(
    'is read as any other map would be: %j',
    (args) => {
      const bytes = usual(args);
      const request = readUsualRequest(bytes, LIMITS);
      expect(request).toBeDefined();
      const decoded = decodeOne(bytes, LIMITS) as { value: { args: unknown } };
      expect(request).toEqual({ name: 'echo', args: decoded.value.args, redirect: undefined });
    },
  );

  it.each([1, 23])('may have a name of %i bytes', (length) => {
    expect(readUsualRequest(usual({}, text('n'.repeat(length))), LIMITS)?.name).toBe('n'.repeat(length));
  });

  it.each<[string, Uint8Array]>([
    ['a name alone', map([['name', text('echo')]])],
    [
      'another order',
      map([
        ['name', text('echo')],
        ['args', {}],
      ]),
    ],
    [
      'more than the two',
      map([
        ['args', {}],
        ['channel', text('bulk')],
        ['name', text('echo')],
      ]),
    ],
    ['a name of 24 bytes', usual({}, text('n'.repeat(24)))],
    ['an empty name', usual({}, text(''))],
    ['a name that is text', usual({}, 'echo')],
    ['a name that is not UTF-8', usual({}, Uint8Array.of(0xff))],
    ['arguments that are no map', usual([1])],
    ['argument names that are not UTF-8', usual(new Map([[Uint8Array.of(0xff), 1]]))],
    ['an argument said twice', fromHex('a24461726773a2416101416102446e616d65446563686f')],
    ['something behind it', Uint8Array.of(...usual({}), 0)],
    ['no name', fromHex('a24461726773a0')],
    ['a name that is cut', usual({}).subarray(0, -1)],
    ['arguments that are cut', usual({ a: 1 }).subarray(0, 8)],
    ['nothing', new Uint8Array(0)],
  ])('leaves to others what is %s', (_, bytes) => {
    expect(readUsualRequest(bytes, LIMITS)).toBeUndefined();
  });

  it.each([
    ['items', { a: [1, 2, 3] }, { items: 10 }],
    ['depth', { a: [1, 2, 3] }, { depth: 3 }],
    ['bytes', { a: [1, 2, 3] }, { bytes: usual({ a: [1, 2, 3] }).length }],
  ])('SPEC 9.1 keeps to the limit of %s as any other map does', (_, args, least) => {
    const bytes = usual(args);
    const past = Object.fromEntries(Object.entries(least).map(([key, value]) => [key, value - 1]));
    expect(decodeOne(bytes, { ...LIMITS, ...least }).ok).toBe(true);
    expect(decodeOne(bytes, { ...LIMITS, ...past }).ok).toBe(false);
    expect(readUsualRequest(bytes, { ...LIMITS, ...least })).toBeDefined();
    expect(readUsualRequest(bytes, { ...LIMITS, ...past })).toBeUndefined();
    expect(parseRequest(bytes, { ...LIMITS, ...past }, WIREMUX_1)).toMatchObject({ kind: 'refused' });
  });
});
