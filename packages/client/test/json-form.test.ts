import { isDeepStrictEqual } from 'node:util';
import { WiremuxError } from '@wiremux/framing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromJsonForm, toJsonForm } from '../src/json-form.js';

const scalar = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.boolean(),
  fc.constant(null),
  fc.double(),
  fc.integer(),
  fc.bigInt(),
  fc.bigInt({ min: -5n, max: 5n }),
  fc.constantFrom(2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n), 2n ** 64n),
  fc.uint8Array(),
);
const key = fc.oneof(
  fc.string(),
  fc.constantFrom('$', '$$', '$bytes', '$$bytes', '$int', '$map', '$set', '$undefined', '__proto__', 'constructor', ''),
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(fc.oneof(tie('value'), fc.constant(undefined))),
    fc.dictionary(key, tie('value'), { noNullPrototype: true }),
    fc.array(fc.tuple(tie('value'), tie('value'))).map((pairs) => new Map(pairs)),
    fc.array(tie('value')).map((items) => new Set(items)),
  ),
}));

function nested(levels: number, innermost: unknown = 1): unknown {
  let inner = innermost;
  for (let level = 0; level < levels; level++) inner = [inner];
  return inner;
}

function failure(act: () => unknown): WiremuxError {
  try {
    act();
  } catch (error) {
    if (error instanceof WiremuxError) return error;
    throw error;
  }
  throw new Error('It did not fail.');
}

describe('SPEC 3.1 the JSON form of application values', () => {
  it('gives every value back, through JSON text', () => {
    fc.assert(
      fc.property(value, (original) => {
        const text = JSON.stringify(toJsonForm(original));
        return isDeepStrictEqual(fromJsonForm(JSON.parse(text)), original);
      }),
    );
  });

  it.each([
    [new Uint8Array([0, 1, 255]), { $bytes: 'AAH/' }],
    [new Uint8Array(), { $bytes: '' }],
    [2n ** 53n + 1n, { $int: '9007199254740993' }],
    [-7n, { $int: '-7' }],
    [Number.NaN, { $float: 'NaN' }],
    [Number.NEGATIVE_INFINITY, { $float: '-Infinity' }],
    [-0, { $float: '-0' }],
    [new Map<unknown, unknown>([[1, 'one']]), { $map: [[1, 'one']] }],
    [new Set([1, 'a']), { $set: [1, 'a'] }],
    [[undefined], [{ $undefined: true }]],
    [
      { $bytes: 1, $$x: 2 },
      { $$bytes: 1, $$$x: 2 },
    ],
    [
      { id: 1, at: null, rows: [{ ok: true }] },
      { id: 1, at: null, rows: [{ ok: true }] },
    ],
  ])('writes %o as %o and reads it back', (original, form) => {
    expect(toJsonForm(original)).toStrictEqual(form);
    expect(fromJsonForm(form)).toStrictEqual(original);
  });

  it('turns a megabyte of bytes into base64', () => {
    const bytes = Uint8Array.from({ length: 1 << 20 }, (_, index) => index % 251);
    const form = toJsonForm(bytes);
    expect(form).toStrictEqual({ $bytes: Buffer.from(bytes).toString('base64') });
    expect(Buffer.compare(fromJsonForm(form) as Uint8Array, bytes)).toBe(0);
  });

  it('leaves out properties that are undefined, and keeps __proto__ harmless', () => {
    expect(toJsonForm({ a: undefined, b: 1 })).toStrictEqual({ b: 1 });
    const read = fromJsonForm(JSON.parse('{"__proto__":{"polluted":true}}')) as object;
    expect(Object.keys(read)).toStrictEqual(['__proto__']);
    expect('polluted' in read).toBe(false);
  });

  it('carries nesting to the CBOR depth and no deeper', () => {
    expect(fromJsonForm(toJsonForm(nested(64)))).toStrictEqual(nested(64));
    expect(fromJsonForm(toJsonForm(nested(64, new Uint8Array(3))))).toStrictEqual(nested(64, new Uint8Array(3)));
    expect(failure(() => toJsonForm(nested(65))).code).toBe('unsupported');
    expect(failure(() => fromJsonForm(nested(100_000))).code).toBe('bad-arguments');
  });

  it.each([
    ['not base64', { $bytes: 'a' }, 'The value', ''],
    ['bytes that are no string', { data: { $bytes: 5 } }, 'data', 'data'],
    ['an unpadded base64', { a: [{ $bytes: 'AA' }] }, 'a[0]', 'a[0]'],
    ['a fraction as integer', { rows: [1, { id: { $int: '1.5' } }] }, 'rows[1].id', 'rows[1].id'],
    ['an integer as a number', { $int: 5 }, 'The value', ''],
    ['an integer of too many digits', { $int: '1'.repeat(4097) }, 'The value', ''],
    ['an unknown float', { $float: 'nan' }, 'The value', ''],
    ['a map of no pairs', { m: { $map: [[1]] } }, 'm', 'm'],
    ['a fault inside a map', { m: { $map: [[1, { $int: '' }]] } }, 'm[0][1]', 'm[0][1]'],
    ['a set that is no array', { $set: {} }, 'The value', ''],
    ['an undefined that is not true', { $undefined: null }, 'The value', ''],
    ['an unknown form', { a: { $date: 1 } }, '$date', 'a'],
    ['a lone mark', { $: 1 }, '$', ''],
    ['a form with company', { a: { $int: '1', b: 2 } }, 'a ', 'a'],
  ])('refuses %s and names the place', (_, json, mention, path) => {
    const error = failure(() => fromJsonForm(json));
    expect(error.code).toBe('bad-arguments');
    expect(error.message).toContain(mention);
    expect(error.data).toStrictEqual({ path });
  });

  it.each([
    [new Date(0)],
    [() => 1],
    [Symbol('s')],
    [new Uint16Array(1)],
    [new ArrayBuffer(1)],
    [{ deep: [new Date(0)] }],
  ])('refuses to write %o', (original) => {
    expect(failure(() => toJsonForm(original)).code).toBe('unsupported');
  });
});
