import { describe, expect, it } from 'vitest';
import { decodeOne } from '../../src/index.js';
import { parseVerdict, type TokenVerdict } from '../../src/message/auth.js';
import { encodeTokenAnswer, encodeTokenRefresh } from '../../src/message/later-settings.js';
import { toHex } from '../frame/vectors.js';
import { cbor } from './bytes.js';

function read(literal: string): TokenVerdict | undefined {
  const decoded = decodeOne(cbor(literal), { depth: 8, items: 64, bytes: 4_096 });
  if (!decoded.ok) throw new Error(decoded.error.message);
  return parseVerdict(decoded.value);
}

describe('SPEC 8.3.11 the settings of a newer token', () => {
  it('are the token alone', () => {
    expect(toHex(encodeTokenRefresh('new'))).toBe(toHex(cbor("{b'wiremux': {b'token': b'new'}}")));
  });
});

describe('SPEC 8.3.12 what a server says of a token', () => {
  it.each<[TokenVerdict, string]>([
    [{ ok: true }, "{b'ok': True}"],
    [{ ok: true, expires: 1_000.9 }, "{b'expires': 1000, b'ok': True}"],
    [{ ok: false, code: 'not-allowed', expires: 0 }, "{b'code': b'not-allowed', b'expires': 0, b'ok': False}"],
    [{ ok: false, code: 'Not A Code' }, "{b'ok': False}"],
  ])('writes %j as %s', (verdict, literal) => {
    expect(toHex(encodeTokenAnswer(verdict))).toBe(toHex(cbor(`{b'wiremux': {b'auth': ${literal}}}`)));
  });

  it.each<[string, TokenVerdict]>([
    ["{b'ok': True, b'later': 1}", { ok: true }],
    ["{'ok': False, 'code': 'not-allowed'}", { ok: false, code: 'not-allowed' }],
    ["{b'ok': False, b'code': b'Not A Code'}", { ok: false }],
    ["{b'ok': True, b'expires': 9007199254740991}", { ok: true, expires: 2 ** 53 - 1 }],
  ])('reads %s', (literal, verdict) => {
    expect(read(literal)).toEqual(verdict);
  });

  it.each([
    '1',
    '{}',
    "{b'ok': 1}",
    "{b'ok': True, b'code': 7}",
    "{b'ok': True, b'code': None}",
    "{b'ok': True, b'expires': -1}",
    "{b'ok': True, b'expires': 1.5}",
    "{b'ok': True, b'expires': None}",
    "{b'ok': True, b'expires': 9007199254740992}",
  ])('SPEC 8.3.5 refuses %s', (literal) => {
    expect(read(literal)).toBeUndefined();
  });
});
