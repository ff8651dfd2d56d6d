import { describe, expect, it } from 'vitest';
import { decodeOne, printFrame, WiremuxError } from '../../src/index.js';
import {
  encodeErrorFrame,
  encodeStatusError,
  parseErrorFrame,
  parseStatus,
  STATUS_OK,
} from '../../src/message/failure.js';
import { toHex } from '../frame/vectors.js';
import { cbor } from './bytes.js';

const LIMITS = { depth: 64, items: 10_000, bytes: 65_536 };

function value(bytes: Uint8Array): unknown {
  const decoded = decodeOne(bytes, LIMITS);
  if (!decoded.ok) throw new Error(decoded.error.message);
  return decoded.value;
}

function literal(payload: Uint8Array): string {
  const frame = { requestId: 0, streamId: 0, streamFlags: 0, type: 0, flags: 0, payload };
  return printFrame(frame, 'wiremux.1', { literals: true }).replace('0 0 0 0 0 cbor:', '');
}

const failed = (message: string, extras: ConstructorParameters<typeof WiremuxError>[2] = {}): WiremuxError =>
  new WiremuxError('bad-arguments', message, extras);

describe('SPEC 3.4.3 status maps', () => {
  it('SPEC 3.4.5 says ok in the bytes of the example', () => {
    expect(toHex(STATUS_OK)).toBe('a146737461747573426f6b');
    expect(parseStatus(value(STATUS_OK), true)).toEqual({ kind: 'ok' });
  });

  it('SPEC 3.1.1 writes its keys in order, SPEC 3.9.1 with the code in wiremux.1 only', () => {
    expect(literal(encodeStatusError(failed('no'), false))).toBe(
      "{b'error': {b'message': b'no'}, b'status': b'error'}",
    );
    expect(literal(encodeStatusError(failed('no', { data: { at: [1] }, retry: 99.6 }), true))).toBe(
      "{b'error': {b'code': b'bad-arguments', b'data': {'at': [1]}, b'message': b'no', b'retry': 100}, b'status': b'error'}",
    );
    expect(literal(encodeStatusError(failed('100 % ü'), false))).toBe(
      "{b'error': {b'args': [b'100 % ü'], b'message': b'%s'}, b'status': b'error'}",
    );
  });

  it.each([
    ["{b'status': b'ok'}", { kind: 'ok' }],
    ["{'status': 'ok', 'later': 1, 7: 8}", { kind: 'ok' }],
    ["{b'status': b'error', b'error': {b'message': b'a %s of %s', b'args': [b'b']}}", 'a b of %s'],
    ["{b'status': b'error', b'error': {b'message': '100 %% %d'}}", '100 % %d'],
    ["{b'status': b'error', b'error': {b'message': [{b'msg': b'at %s', b'args': [b'x']}, {b'msg': b'!'}]}}", 'at x!'],
    ["{b'status': b'error', b'error': {b'message': b'caf\\xe9'}}", 'caf\ufffd'],
  ])('reads %s', (map, expected) => {
    const status = parseStatus(value(cbor(map)), true);
    if (typeof expected === 'string') expect(status).toMatchObject({ kind: 'error', error: { message: expected } });
    else expect(status).toEqual(expected);
  });

  it.each([
    "{b'status': b'error'}",
    "{b'status': b'error', b'error': b'no'}",
    "{b'status': b'error', b'error': {}}",
    "{b'status': b'error', b'error': {b'message': 7}}",
    "{b'status': b'error', b'error': {b'message': b'a', b'args': b'b'}}",
    "{b'status': b'yes', b'error': {b'message': b'a'}}",
    "{b'error': {b'message': b'a'}}",
    '{}',
    '[]',
    "b'ok'",
    'None',
  ])('SPEC 3.4.4 takes %s for none', (map) => {
    expect(parseStatus(value(cbor(map)), true)).toBeUndefined();
  });
});

describe('SPEC 3.5.1 error frames', () => {
  it.each(['protocol', 'server', 'command'] as const)('SPEC 3.5.2 writes one of type %s', (type) => {
    expect(literal(encodeErrorFrame(failed('no'), type, false))).toBe(
      `{b'message': [{b'msg': b'no'}], b'type': b'${type}'}`,
    );
    expect(literal(encodeErrorFrame(failed('no'), type, true))).toBe(
      `{b'code': b'bad-arguments', b'message': [{b'msg': b'no'}], b'type': b'${type}'}`,
    );
  });

  it.each(['%'.repeat(20_000), 'ä'.repeat(20_000), '\u{1f600}'.repeat(9_000), 'x'.repeat(40_000)])(
    'SPEC 3.5.1, 3.5.3 keeps within 16 KiB and cuts at the edge of a character (%#)',
    (text) => {
      const bytes = encodeErrorFrame(failed(text, { data: 'd'.repeat(4_093), retry: 2 ** 53 }), 'command', true);
      expect(bytes.length).toBeLessThanOrEqual(16_384);
      const error = parseErrorFrame(value(bytes), true);
      expect(error?.data).toBe('d'.repeat(4_093));
      expect(text.startsWith(error?.message ?? '?')).toBe(true);
      expect(Buffer.byteLength(error?.message ?? '')).toBeGreaterThan(8_188);
    },
  );

  it('SPEC 3.9.1 leaves out data past 4 KiB, and data that cannot be written', () => {
    const sent = (data: unknown): unknown =>
      parseErrorFrame(value(encodeErrorFrame(failed('no', { data }), 'command', true)), true)?.data;
    expect(sent('d'.repeat(4_093))).toBe('d'.repeat(4_093));
    expect(sent('d'.repeat(4_094))).toBeUndefined();
    expect(sent(() => 0)).toBeUndefined();
  });

  it.each([
    ['deadline', 'deadline'],
    ['x'.repeat(64), 'x'.repeat(64)],
    ['x'.repeat(65), 'command-failed'],
    ['Not A Code', 'command-failed'],
    ['', 'command-failed'],
  ])('SPEC 3.9.2 writes the code %s as %s', (code, written) => {
    const bytes = encodeErrorFrame(new WiremuxError(code, 'no'), 'command', true);
    expect(literal(bytes)).toContain(`b'code': b'${written}'`);
  });

  it.each([
    ["b'code': b'my-own-code'", 'my-own-code'],
    ["b'code': 'deadline'", 'deadline'],
    [`b'code': b'${'x'.repeat(65)}'`, 'command-failed'],
    ["b'code': b'UPPER'", 'command-failed'],
    ["b'code': 7", 'command-failed'],
    ["b'later': 7", 'command-failed'],
  ])('SPEC 3.9.2 reads %s as %s', (entry, code) => {
    const map = value(cbor(`{b'message': [{b'msg': b'no'}], b'type': b'command', ${entry}}`));
    expect(parseErrorFrame(map, true)).toMatchObject({ code, message: 'no' });
  });

  it('SPEC 3.9.4 ignores the keys of codes in 0006', () => {
    const map = value(cbor("{b'message': [], b'type': b'server', b'code': b'deadline', b'data': 1, b'retry': 2}"));
    const error = parseErrorFrame(map, false);
    expect(error?.code).toBe('remote-error');
    expect(error?.data).toBeUndefined();
    expect(error?.retry).toBeUndefined();
  });

  it.each([
    ["b'retry': 5", 5],
    ["b'retry': 0", 0],
    ["b'retry': -1", undefined],
    ["b'retry': b'5'", undefined],
  ])('SPEC 3.9.1 reads %s as %s', (entry, retry) => {
    const map = value(cbor(`{b'message': [], b'type': b'server', b'code': b'x', ${entry}}`));
    expect(parseErrorFrame(map, true)?.retry).toBe(retry);
  });

  it.each(["{b'message': b'text'}", '{}', '[]', "{b'message': [b'x']}", '7'])('refuses %s', (map) => {
    expect(parseErrorFrame(value(cbor(map)), true)).toBeUndefined();
  });
});
