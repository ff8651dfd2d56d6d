import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ByteRange, decodeOne, writePortable, writeValue } from '../../src/cbor/index.js';
import { parseRequest } from '../../src/message/parse-request.js';
import { encodeRequest, type RequestMessage, type WriteArgument, withDeadline } from '../../src/message/request.js';
import { fromHex, toHex } from '../frame/vectors.js';
import { cbor } from './bytes.js';

const LIMITS = { depth: 8, items: 1_000, bytes: 4_096 };

/** What the request maps of wiremux.1 and of exp-framing-0005 may have. */
const NEWEST = { extended: true, redirects: true };
const OLDER = { extended: false, redirects: false };

function decodeFields(map: Uint8Array): object {
  const decoded = decodeOne(map, LIMITS);
  return decoded.ok ? (decoded.value as object) : {};
}

const read = (literal: string, features = NEWEST): ReturnType<typeof parseRequest> =>
  parseRequest(cbor(literal), LIMITS, features);

/** Its bytes, in memory of their own. */
const contentOf = ({ bytes, from, to }: ByteRange): Uint8Array => bytes.slice(from, to);
const mapOf = (request: RequestMessage, write: WriteArgument): Uint8Array => contentOf(encodeRequest(request, write));

describe('SPEC 3.2 request maps', () => {
  it('SPEC 3.2.5 writes the one of the example', () => {
    const map = mapOf({ name: 'host.metrics', args: { every: 1_000 } }, writeValue);
    expect(toHex(map)).toBe('a24461726773a1456576657279' + '1903e8446e616d654c686f73742e6d657472696373');
  });

  it('SPEC 3.2.1 leaves `args` out when there are none', () => {
    expect(toHex(mapOf({ name: 'echo', args: {} }, writeValue))).toBe('a1446e616d65446563686f');
    expect(toHex(mapOf({ name: 'echo', args: { none: undefined } }, writeValue))).toBe('a1446e616d65446563686f');
  });

  it('SPEC 3.1.1 sorts keys by the bytes of their content, shorter ones not first', () => {
    const args = { b: 1, aa: 2, a: 3, ä: 4, '\u{1f600}': 5, '\uffee': 6 };
    const sorted = ['a', 'aa', 'b', 'ä', '\uffee', '\u{1f600}'];
    const map = mapOf({ name: 'n', args, channel: 'bulk', credit: 2_048 }, writeValue);
    const parsed = parseRequest(map, LIMITS, NEWEST);
    expect(parsed).toEqual({ kind: 'request', request: { name: 'n', args, channel: 'bulk', credit: 2_048 } });
    expect(parsed.kind === 'request' ? Object.keys(parsed.request.args) : []).toEqual(sorted);
    const keys = ['args', 'channel', 'credit', 'name'].map((key) => Buffer.from(map).indexOf(`${key}`));
    expect([...keys].sort((a, b) => a - b)).toEqual(keys);
  });

  it.each([2, 12, 13, 100])('SPEC 3.1.1 sorts %s arguments', (count) => {
    const names = Array.from({ length: count }, (_, at) => `a${count - at}`);
    const map = mapOf({ name: 'n', args: Object.fromEntries(names.map((name) => [name, 0])) }, writeValue);
    const parsed = parseRequest(map, LIMITS, NEWEST);
    expect(parsed.kind === 'request' ? Object.keys(parsed.request.args) : []).toEqual(names.toSorted());
  });

  it('SPEC 3.1.1 sorts them whatever the request before had', () => {
    const keysOf = (args: Record<string, unknown>): string[] => {
      const parsed = parseRequest(mapOf({ name: 'n', args }, writeValue), LIMITS, NEWEST);
      return parsed.kind === 'request' ? Object.keys(parsed.request.args) : [];
    };
    for (let twice = 0; twice < 2; twice++) expect(keysOf({ b: 1, a: 2, c: 3 })).toEqual(['a', 'b', 'c']);
    expect(keysOf({ b: 1, a: 2 })).toEqual(['a', 'b']);
    expect(keysOf({ b: 1, a: 2, c: 3 })).toEqual(['a', 'b', 'c']);
    expect(keysOf({ b: 1, a: undefined, c: 3 })).toEqual(['b', 'c']);
    expect(keysOf({ a: 1, c: 2, b: 3, d: 4 })).toEqual(['a', 'b', 'c', 'd']);
    expect(keysOf({})).toEqual([]);
  });

  it('SPEC 3.1.3 writes strings as bstr for the old dialects, as tstr in wiremux.1', () => {
    const request = { name: 'n', args: { s: 'x', o: { k: 'y' } } };
    expect(toHex(mapOf(request, writePortable))).toBe('a24461726773a2416fa1416b4179' + '41734178' + '446e616d65416e');
    expect(toHex(mapOf(request, writeValue))).toBe('a24461726773a2416fa1616b6179' + '41736178' + '446e616d65416e');
  });

  it.each([
    ['a float', 1.5],
    ['undefined inside an array', [undefined]],
    ['a big integer', 2n ** 64n],
  ])('SPEC 3.1.3 cannot write %s for the old dialects', (_, value) => {
    expect(() => encodeRequest({ name: 'n', args: { value } }, writePortable)).toThrow(
      expect.objectContaining({ code: 'unsupported' }),
    );
  });

  it('gives back what it wrote', () => {
    const value = fc.oneof(fc.integer(), fc.string({ unit: 'grapheme' }), fc.boolean(), fc.constant(null));
    const args = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.oneof(value, fc.array(value)));
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), args, (name, given) => {
        const request = { name, args: given };
        expect(parseRequest(mapOf(request, writeValue), LIMITS, NEWEST)).toEqual({
          kind: 'request',
          request,
        });
      }),
    );
  });
});

describe('SPEC 3.2.4 request maps that come in', () => {
  it.each([
    ["{b'name': b'x'}", 'bstr', {}],
    ["{'name': 'x'}", 'tstr', {}],
    ["{b'name': b'x', b'args': {b'a': 1, 'b': 2}}", 'both kinds of argument names', { a: 1, b: 2 }],
    ["{b'args': {b'__proto__': 1}, b'name': b'x'}", 'a harmless __proto__', JSON.parse('{"__proto__":1}')],
  ])('SPEC 3.1.2, 3.1.4 takes %s: %s', (literal, _, args) => {
    expect(read(literal)).toEqual({ kind: 'request', request: { name: 'x', args } });
  });

  it('SPEC 3.1.8 ignores keys it does not know, also those that are no text', () => {
    const request = { kind: 'request', request: { name: 'x', args: {} } };
    expect(read("{b'name': b'x', b'later': 1}")).toEqual(request);
    expect(read("{b'name': b'x', 7: 1, b'\\xff': 2}")).toEqual(request);
  });

  it('SPEC 3.1.1 takes indefinite lengths and keys in any order', () => {
    const parsed = parseRequest(fromHex('bf446e616d655f4178ff4461726773bf41619f01ffffff'), LIMITS, NEWEST);
    expect(parsed).toEqual({ kind: 'request', request: { name: 'x', args: { a: [1] } } });
  });

  it.each([
    ['{}', 'no name'],
    ["{b'name': b''}", 'an empty name'],
    ["{b'name': b'\\xff'}", 'a name that is not UTF-8'],
    ["{b'name': 7}", 'a number for a name'],
    ["{b'name': None}", 'null for a name'],
    ["{b'name': b'x', b'args': []}", 'an array for arguments'],
    ["{b'name': b'x', b'args': None}", 'null for arguments'],
    ["[b'name']", 'an array'],
    ["b'name'", 'a bstr'],
    ['7', 'a number'],
  ])('is a protocol error: %s, %s', (literal) => {
    expect(read(literal)).toMatchObject({ kind: 'fault', rule: '3.2.4' });
  });

  it.each([
    ['', 'nothing'],
    ['a1446e616d65446563686f00', 'bytes after it'],
    ['a2446e616d654178446e616d654179', 'a key that comes twice'],
    ['a1446e616d6544656368', 'a map that is cut'],
    ['a1446e616d65c04178', 'a tag'],
    ['a1446e616d6562fffe', 'a tstr that is not UTF-8'],
    ['ff', 'a break'],
  ])('SPEC 3.1.7 is a protocol error: %s, %s', (hex) => {
    expect(parseRequest(fromHex(hex), LIMITS, NEWEST)).toMatchObject({ kind: 'fault', rule: '3.2.4' });
  });

  it('is refused with `bad-arguments` for argument names that are no text', () => {
    const refused = { kind: 'refused', error: { code: 'bad-arguments' } };
    expect(read("{b'name': b'x', b'args': {b'\\xff': 1}}")).toMatchObject(refused);
    expect(read("{b'name': b'x', b'args': {7: 1}}")).toMatchObject(refused);
  });

  it.each([
    ['depth', `{b'name': b'x', b'args': {b'a': ${'['.repeat(7)}${']'.repeat(7)}}}`],
    ['items', `{b'name': b'x', b'args': {b'a': [${Array.from({ length: 1_000 }, () => 1).join(',')}]}}`],
    ['bytes', `{b'name': b'x', b'args': {b'a': b'${'x'.repeat(4_096)}'}}`],
  ])('SPEC 3.1.6, 3.1.7 is refused with `too-big` past the bound of %s', (_, literal) => {
    expect(read(literal)).toMatchObject({ kind: 'refused', error: { code: 'too-big' } });
  });

  it('SPEC 9.1.7 takes what is just as deep as allowed', () => {
    expect(read(`{b'name': b'x', b'args': {b'a': ${'['.repeat(6)}${']'.repeat(6)}}}`)).toMatchObject({
      kind: 'request',
    });
  });
});

const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

describe('SPEC 8.11 extras of the request map', () => {
  const withExtra = (extra: string): string => `{b'name': b'x', ${extra}}`;

  it.each([
    [`b'channel': b'${'c'.repeat(64)}'`, { channel: 'c'.repeat(64) }],
    ["b'channel': b''", { channel: '' }],
    ["b'credit': 1024", { credit: 1_024 }],
    ["b'credit': 16777216", { credit: 2 ** 24 }],
    ["b'plain': True", { plain: true }],
    ["b'plain': False", {}],
    ["b'deadline': 1", { deadline: 1 }],
    ["b'deadline': 2147483647", { deadline: 2_147_483_647 }],
    ["b'idem': b'\\xff'", { idem: new Uint8Array([255]) }],
    ["b'idem': 'ä'", { idem: new Uint8Array([0xc3, 0xa4]) }],
    [`b'idem': b'${'k'.repeat(64)}'`, { idem: new Uint8Array(64).fill(0x6b) }],
    [`b'trace': b'${TRACE}'`, { trace: TRACE }],
    [`b'trace': '${TRACE}'`, { trace: TRACE }],
    ["b'trace': b'what is this'", {}],
    ["b'trace': b'\\xff'", {}],
    [`b'trace': b'${'x'.repeat(256)}'`, {}],
    ["b'slow': b'block', b'keep': 1", { slow: 'block', keep: 1 }],
    ["b'slow': 'latest'", { slow: 'latest' }],
    ["b'slow': b'drop', b'keep': 65536", { slow: 'drop', keep: 65_536 }],
    ["b'slow': b'fail'", { slow: 'fail' }],
    ["b'keep': 5", { keep: 5 }],
  ])('SPEC 8.11.1, 8.11.2, 8.11.4, 8.11.5, 8.11.9, 8.11.10, 8.11.16 takes %s', (extra, found) => {
    expect(read(withExtra(extra))).toEqual({ kind: 'request', request: { name: 'x', args: {}, ...found } });
  });

  it.each([
    `b'channel': b'${'c'.repeat(65)}'`,
    `b'channel': '${'ä'.repeat(33)}'`,
    "b'channel': b'\\xff'",
    "b'channel': 7",
    "b'channel': None",
    "b'credit': 1023",
    "b'credit': 16777217",
    "b'credit': b'2048'",
    "b'credit': None",
    "b'credit': -1",
    "b'plain': 1",
    "b'plain': None",
    "b'deadline': 0",
    "b'deadline': 2147483648",
    "b'deadline': b'5'",
    "b'deadline': None",
    "b'idem': b''",
    `b'idem': b'${'k'.repeat(65)}'`,
    "b'idem': 7",
    "b'idem': None",
    `b'trace': b'${'x'.repeat(257)}'`,
    "b'trace': 7",
    "b'trace': None",
    "b'slow': b'never'",
    "b'slow': b''",
    "b'slow': b'\\xff'",
    "b'slow': 1",
    "b'slow': None",
    "b'keep': 0",
    "b'keep': 65537",
    "b'keep': b'5'",
    "b'keep': None",
    "b'slow': b'block', b'keep': 0",
  ])('SPEC 8.11.3 refuses %s with `bad-arguments`', (extra) => {
    expect(read(withExtra(extra))).toMatchObject({ kind: 'refused', error: { code: 'bad-arguments' } });
  });

  it('SPEC 3.1.1 are written in order, and the deadline once more when it is sent', () => {
    const request = {
      name: 'x',
      args: { a: 1 },
      channel: 'bulk',
      credit: 2_048,
      deadline: 70_000,
      idem: new Uint8Array([1]),
      keep: 2,
      plain: true,
      slow: 'drop' as const,
      trace: TRACE,
    };
    const encoded = encodeRequest(request, writeValue);
    expect(parseRequest(contentOf(encoded), LIMITS, NEWEST)).toEqual({ kind: 'request', request });
    const keys = Object.keys(decodeFields(contentOf(encoded)));
    expect(keys).toEqual(['args', 'channel', 'credit', 'deadline', 'idem', 'keep', 'name', 'plain', 'slow', 'trace']);
    for (const deadline of [1, 24, 256, 65_536]) {
      const again = withDeadline(encoded, deadline);
      expect(contentOf(again)).toEqual(mapOf({ ...request, deadline }, writeValue));
      expect(contentOf(withDeadline(again, 70_000))).toEqual(contentOf(encoded));
    }
    const without = encodeRequest({ name: 'x', args: {} }, writeValue);
    expect(withDeadline(without, 5)).toBe(without);
  });

  it('does not look at them in older dialects', () => {
    expect(
      read(
        withExtra(
          "b'channel': 7, b'credit': 0, b'deadline': 0, b'idem': 1, b'trace': 1, b'redirect': 1, b'slow': 1, b'keep': 0",
        ),
        OLDER,
      ),
    ).toEqual({
      kind: 'request',
      request: { name: 'x', args: {} },
    });
  });
});
