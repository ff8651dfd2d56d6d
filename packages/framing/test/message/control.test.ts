import { describe, expect, it } from 'vitest';
import {
  encodeCancel,
  encodeCancelResult,
  encodeDrain,
  encodePing,
  encodeUint,
  parseAck,
  parseCancel,
  parseCancelResult,
  parseCredit,
  parseDrain,
  parsePing,
} from '../../src/message/control.js';
import { fromHex, toHex } from '../frame/vectors.js';
import { cbor } from './bytes.js';

describe('SPEC 8.2 payloads of the extension frames', () => {
  it('SPEC 8.2.7 writes those of the examples', () => {
    expect(toHex(encodeUint(65_536))).toBe('1a00010000');
    expect(toHex(encodeUint(1_000))).toBe('1903e8');
    expect(toHex(encodeCancel({}))).toBe('');
    expect(toHex(encodeCancelResult('stopped'))).toBe('a146726573756c744773746f70706564');
    expect(toHex(encodePing(new Uint8Array(0)))).toBe('40');
  });

  it.each([
    ['1', 1],
    ['65536', 65_536],
    ['16777216', 2 ** 24],
    ['0', undefined],
    ['16777217', undefined],
    ['-1', undefined],
    ['1.0', undefined],
    ["b'1'", undefined],
    ['None', undefined],
    ['[1]', undefined],
  ])('SPEC 8.2.3 reads the credit %s as %s', (literal, amount) => {
    expect(parseCredit(cbor(literal))).toBe(amount);
  });

  it.each([
    ['0', 0],
    ['9007199254740991', 2 ** 53 - 1],
    ['9007199254740992', undefined],
    ['-1', undefined],
    ['2.0', undefined],
  ])('SPEC 8.2.5 reads the ack %s as %s', (literal, count) => {
    expect(parseAck(cbor(literal))).toBe(count);
  });

  it.each([
    ['', 'nothing'],
    ['1801', 'a head that is not the shortest'],
    ['0101', 'a second item'],
    ['c101', 'a tag'],
    ['5f4101ff', 'an indefinite length'],
    ['ff', 'a stray break'],
    ['1a0001', 'an item that is cut'],
  ])('SPEC 8.2.1 refuses %s: %s', (hex) => {
    expect(parseCredit(fromHex(hex))).toBeUndefined();
    expect(parseAck(fromHex(hex))).toBeUndefined();
    expect(parsePing(fromHex(hex))).toBeUndefined();
  });

  it.each([
    ["b''", 0],
    [`b'${'p'.repeat(64)}'`, 64],
    [`b'${'p'.repeat(65)}'`, undefined],
    ["'text'", undefined],
    ['1', undefined],
  ])('SPEC 8.2.6 reads the ping %s', (literal, length) => {
    expect(parsePing(cbor(literal))?.length).toBe(length);
  });

  it.each([
    ['{}', {}],
    ["{b'code': b'deadline', b'message': b'late'}", { code: 'deadline', message: 'late' }],
    [`{b'message': b'${'m'.repeat(1_024)}'}`, { message: 'm'.repeat(1_024) }],
    ["{b'code': b'Not A Code'}", {}],
    [`{b'code': b'${'c'.repeat(65)}'}`, {}],
    ["{b'message': b'\\xff'}", { message: '\ufffd' }],
    ["{b'later': [1, {b'x': None}]}", {}],
  ])('SPEC 8.2.4 reads the cancel %s', (literal, reason) => {
    expect(parseCancel(cbor(literal))).toEqual(reason);
  });

  it('SPEC 8.2.1 takes an empty cancel as {}', () => {
    expect(parseCancel(new Uint8Array(0))).toEqual({});
  });

  it.each([
    [`{b'message': b'${'m'.repeat(1_025)}'}`, 'a message that is too long'],
    ["{b'code': 'tstr'}", 'a code that is a tstr'],
    ["{'code': b'x'}", 'a key that is a tstr'],
    ["{b'code': None}", 'null for a code'],
    ["{b'later': 1.5}", 'a float'],
    ['[]', 'an array'],
    ["b''", 'a bstr'],
  ])('SPEC 8.2.2 refuses the cancel %s: %s', (literal) => {
    expect(parseCancel(cbor(literal))).toBeUndefined();
  });

  it('SPEC 8.2.2 refuses a key that comes twice', () => {
    expect(parseCancel(fromHex('a2416101416102'))).toBeUndefined();
  });

  it('SPEC 8.2.1 takes 64 items and 8 levels, and no more', () => {
    const list = (items: number): string => `{b'x': [${Array.from({ length: items }, () => '1').join(', ')}]}`;
    expect(parseCancel(cbor(list(61)))).toEqual({});
    expect(parseCancel(cbor(list(62)))).toBeUndefined();
    const deep = (levels: number): string => `{b'x': ${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;
    expect(parseCancel(cbor(deep(8)))).toEqual({});
    expect(parseCancel(cbor(deep(9)))).toBeUndefined();
  });

  it('SPEC 8.2.4 writes a reason, cut where it is too long, and leaves out what is no code', () => {
    expect(parseCancel(encodeCancel({ code: 'deadline', message: 'late' }))).toEqual({
      code: 'deadline',
      message: 'late',
    });
    expect(parseCancel(encodeCancel({ message: 'ä'.repeat(600) }))).toEqual({ message: 'ä'.repeat(512) });
    expect(toHex(encodeCancel({ code: 'Not A Code' }))).toBe('');
  });

  it.each([
    ["{b'result': b'stopped'}", 'stopped'],
    ["{b'result': b'finished'}", 'finished'],
    ["{b'result': b'left'}", 'left'],
    ["{b'result': b'vanished'}", 'stopped'],
    ["{b'result': b'\\xff'}", 'stopped'],
    ["{b'result': 'stopped'}", undefined],
    ['{}', undefined],
    ['1', undefined],
  ])('SPEC 8.6.4 reads the cancel|ack %s as %s', (literal, result) => {
    expect(parseCancelResult(cbor(literal))).toBe(result);
  });

  it('SPEC 8.2.1 refuses an empty cancel|ack', () => {
    expect(parseCancelResult(new Uint8Array(0))).toBeUndefined();
  });

  it.each([
    ["{b'after': 0, b'jitter': 0}", true],
    ["{b'after': 600000, b'jitter': 600000, b'reason': b'restart', b'at': b'other:80'}", true],
    ["{b'after': 600001, b'jitter': 0}", false],
    ["{b'after': 0, b'jitter': 600001}", false],
    ["{b'after': 0}", false],
    ["{b'jitter': 0}", false],
    ["{b'after': b'1', b'jitter': 0}", false],
    ["{b'after': 0, b'jitter': 0, b'reason': 1}", false],
    ["{b'after': 0, b'jitter': 0, b'at': 'host'}", false],
    ['[]', false],
  ])('SPEC 8.2.7 judges the drain %s: %s', (literal, legal) => {
    expect(parseDrain(cbor(literal)) !== undefined).toBe(legal);
  });

  it.each([
    [{ after: 0, jitter: 600_000 }, "{b'after': 0, b'jitter': 600000}"],
    [
      { after: 600_000, jitter: 0, at: 'wss://b/mux', reason: 'ä' },
      "{b'after': 600000, b'at': b'wss://b/mux', b'jitter': 0, b'reason': b'\\xc3\\xa4'}",
    ],
  ])('SPEC 8.2.7 writes the drain %j, and reads it', (notice, literal) => {
    expect(toHex(encodeDrain(notice))).toBe(toHex(cbor(literal)));
    expect(parseDrain(encodeDrain(notice))).toEqual(notice);
  });

  it.each([
    { after: -1, jitter: 0 },
    { after: 0, jitter: 600_001 },
    { after: 0.5, jitter: 0 },
  ])('SPEC 8.2.7 writes no drain of %j', (notice) => {
    expect(() => encodeDrain(notice)).toThrow(expect.objectContaining({ code: 'bad-arguments' }));
  });
});
