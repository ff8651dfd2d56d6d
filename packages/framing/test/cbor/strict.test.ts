import { describe, expect, it } from 'vitest';
import { decodeStrict } from '../../src/cbor/index.js';
import { fromHex, LIMITS } from './support.js';

describe('SPEC 8.2 control payloads', () => {
  it.each([
    ['1a00010000', 65_536],
    ['1903e8', 1000],
    ['1b0000000100000000', 2 ** 32],
    ['17', 23],
    ['1818', 24],
    ['40', new Uint8Array()],
    ['a0', {}],
    ['a146726573756c744773746f70706564', { result: new TextEncoder().encode('stopped') }],
    ['a14161f5', { a: true }],
    ['a1416182f6a0', { a: [null, {}] }],
    ['63616263', 'abc'],
  ])('reads %s', (hex, value) => {
    expect(decodeStrict(fromHex(hex), LIMITS)).toStrictEqual({ ok: true, value });
  });

  it.each([
    ['1817', 0],
    ['1900ff', 0],
    ['1a0000ffff', 0],
    ['1b00000000ffffffff', 0],
    ['3800', 0],
    ['580100', 0],
    ['7801 61', 0],
    ['9801 00', 0],
    ['b80000', 0],
    ['9fff', 0],
    ['bfff', 0],
    ['5fff', 0],
    ['7fff', 0],
    ['ff', 0],
    ['c24101', 0],
    ['d9010280', 0],
    ['f93c00', 0],
    ['fa3f800000', 0],
    ['fb3ff0000000000000', 0],
    ['a1616101', 1],
    ['a10001', 1],
    ['a1416118 17', 3],
  ])('refuses %s at %i', (hex, offset) => {
    expect(decodeStrict(fromHex(hex), LIMITS)).toMatchObject({ ok: false, error: { code: 'not-strict', offset } });
  });

  it.each([
    ['', 'unfinished'],
    ['18', 'unfinished'],
    ['0000', 'trailing-bytes'],
    ['a2416100416101', 'duplicate-key'],
    ['f818', 'malformed'],
    ['1c', 'malformed'],
    ['61ff', 'bad-utf8'],
  ])('refuses %s as %s like any payload', (hex, code) => {
    expect(decodeStrict(fromHex(hex), LIMITS)).toMatchObject({ ok: false, error: { code } });
  });
});
