import { describe, expect, it } from 'vitest';
import { decodeOne, encodeValue, preEncoded } from '../../src/cbor/index.js';
import { WiremuxError } from '../../src/errors.js';
import { encodePortable, fromHex, LIMITS, toHex } from './support.js';

describe('SPEC 3.1.10 a value that is encoded already', () => {
  it.each(['00', 'bf6161 9f01ffff', '5f4101ff', 'd9010281 01', '190001', 'f97e00'])('%s is sent as it is', (hex) => {
    const bytes = fromHex(hex);
    const value = preEncoded(bytes);
    expect(value.bytes).toBe(bytes);
    expect(toHex(encodeValue(value))).toBe(toHex(bytes));
    expect(toHex(encodePortable(value))).toBe(toHex(bytes));
  });

  it('stands for its value inside others', () => {
    const cached = preEncoded(encodeValue({ rows: [1, 2] }));
    const bytes = encodeValue({ a: cached, b: [cached], c: new Map([[1, cached]]) });
    expect(decodeOne(bytes, LIMITS)).toEqual({
      ok: true,
      value: { a: { rows: [1, 2] }, b: [{ rows: [1, 2] }], c: new Map([[1, { rows: [1, 2] }]]) },
    });
    expect(toHex(encodePortable({ a: preEncoded(fromHex('9f01ff')) }))).toBe('a141619f01ff');
  });

  it.each([
    ['', 'unfinished', 0],
    ['8201', 'unfinished', 2],
    ['0000', 'trailing-bytes', 1],
    ['ff', 'malformed', 0],
    ['61ff', 'bad-utf8', 0],
    ['c11a00000000', 'forbidden-tag', 0],
    ['a2616101416102', 'duplicate-key', 4],
    [`${'81'.repeat(65)}00`, 'too-deep', 64],
    ['5a01000000', 'too-big', 0],
  ])('%s is refused', (hex, code, offset) => {
    let thrown: unknown;
    try {
      preEncoded(fromHex(hex));
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(WiremuxError);
    expect(thrown).toMatchObject({ code: 'bad-encoding', data: { code, offset } });
    expect((thrown as WiremuxError).message).toContain(`byte ${offset}:`);
  });
});
