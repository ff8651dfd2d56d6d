import { describe, expect, it } from 'vitest';
import { decodeOne } from '../../src/index.js';
import { DEFAULT_SETTINGS, encodeSettings, type PeerSettings, parseSettings } from '../../src/message/settings.js';
import { fromHex, toHex } from '../frame/vectors.js';
import { cbor } from './bytes.js';

const LIMITS = { depth: 64, items: 10_000, bytes: 65_536 };

function read(bytes: Uint8Array, extension = true, sender: 'client' | 'server' = 'client'): PeerSettings | string {
  const decoded = decodeOne(bytes, LIMITS);
  if (!decoded.ok) throw new Error(decoded.error.message);
  return parseSettings(decoded.value, extension, sender);
}

const readLiteral = (literal: string): PeerSettings | string => read(cbor(literal));

describe('SPEC 8.3.4 settings maps', () => {
  it('SPEC 8.3.8 writes the one of the example', () => {
    expect(toHex(encodeSettings(DEFAULT_SETTINGS))).toBe('a150636f6e74656e74656e636f64696e677381486964656e74697479');
  });

  it('reads back what it wrote', () => {
    const settings: PeerSettings = {
      encodings: ['identity', 'zlib'],
      maxFrame: 2 ** 20,
      credit: 1_024,
      openRequests: 3,
      requestMap: 5_000,
      openStreams: 2,
      valueBytes: 70_000,
      contexts: 1,
      token: 'secret ü',
      agent: 'test/1',
      auth: { ok: true, expires: 5_000 },
    };
    expect(read(encodeSettings(settings))).toEqual(settings);
    expect(read(encodeSettings(DEFAULT_SETTINGS))).toEqual(DEFAULT_SETTINGS);
  });

  it('takes a missing key `wiremux` for an empty one, and the defaults for what is missing', () => {
    expect(readLiteral('{}')).toEqual(DEFAULT_SETTINGS);
    expect(readLiteral("{b'wiremux': {b'limits': {}}}")).toEqual(DEFAULT_SETTINGS);
  });

  it('SPEC 8.3.5 ignores keys it does not know', () => {
    const literal = "{b'later': 1, 7: 8, b'wiremux': {b'later': None}}";
    expect(readLiteral(literal)).toEqual(DEFAULT_SETTINGS);
    expect(readLiteral("{b'wiremux': {b'limits': {b'later': b'x'}}}")).toEqual(DEFAULT_SETTINGS);
  });

  it.each([
    ["b'maxframe': 65535", { maxFrame: 65_535 }],
    ["b'maxframe': 1048576", { maxFrame: 2 ** 20 }],
    ["b'credit': 1024", { credit: 1_024 }],
    ["b'credit': 16777216", { credit: 2 ** 24 }],
    ["b'limits': {b'open': 0}", { openRequests: 0 }],
    ["b'limits': {b'open': 18446744073709551615}", { openRequests: 2 ** 64 }],
    ["b'limits': {b'map': 0, b'value': 0}", { requestMap: 0, valueBytes: 0 }],
    ["b'limits': {b'streams': 1, b'contexts': 0}", { openStreams: 1, contexts: 0 }],
    ["b'limits': {b'contexts': 2}", {}],
    [`b'token': b'${'t'.repeat(16_384)}'`, { token: 't'.repeat(16_384) }],
    ["b'token': 'tstr'", { token: 'tstr' }],
    ["b'token': b'\\xff'", { token: '\ufffd' }],
    [`b'agent': b'${'a'.repeat(256)}'`, { agent: 'a'.repeat(256) }],
  ])('takes %s', (entry, found) => {
    expect(readLiteral(`{b'wiremux': {${entry}}}`)).toEqual({ ...DEFAULT_SETTINGS, ...found });
  });

  it.each([
    "b'maxframe': 65534",
    "b'maxframe': 1048577",
    "b'maxframe': b'65535'",
    "b'maxframe': None",
    "b'credit': 1023",
    "b'credit': 16777217",
    "b'credit': -1",
    "b'credit': 1.5",
    "b'limits': []",
    "b'limits': None",
    "b'limits': {b'open': -1}",
    "b'limits': {b'open': b'1'}",
    "b'limits': {b'map': None}",
    "b'limits': {b'value': 0.5}",
    "b'limits': {b'streams': 0}",
    "b'limits': {b'contexts': 3}",
    `b'token': b'${'t'.repeat(16_385)}'`,
    "b'token': 7",
    `b'agent': b'${'a'.repeat(257)}'`,
    `b'agent': '${'ä'.repeat(129)}'`,
    "b'agent': [b'x']",
  ])('SPEC 8.3.5 refuses %s', (entry) => {
    expect(readLiteral(`{b'wiremux': {${entry}}}`)).toEqual(expect.any(String));
  });

  it.each(['[]', "b'x'", '7', 'None', "{b'wiremux': []}", "{b'wiremux': None}"])('SPEC 8.3.5 refuses %s', (literal) => {
    expect(readLiteral(literal)).toEqual(expect.any(String));
  });

  it('SPEC 8.3.4 cuts a long agent, and refuses a long token before it is sent', () => {
    const agent = 'ä'.repeat(200);
    expect(read(encodeSettings({ ...DEFAULT_SETTINGS, agent }))).toMatchObject({ agent: 'ä'.repeat(128) });
    expect(() => encodeSettings({ ...DEFAULT_SETTINGS, token: 'ä'.repeat(8_193) })).toThrow(
      expect.objectContaining({ code: 'too-big' }),
    );
  });
});

describe('SPEC 3.8.3 content encodings', () => {
  it.each([
    ["{b'contentencodings': [b'zlib', b'identity']}", ['zlib', 'identity']],
    ["{b'contentencodings': [b'zlib']}", ['zlib', 'identity']],
    ["{b'contentencodings': ['identity']}", ['identity']],
    ["{b'contentencodings': []}", ['identity']],
    ['{}', ['identity']],
  ])('reads %s', (literal, encodings) => {
    expect(readLiteral(literal)).toMatchObject({ encodings });
    expect(read(cbor(literal), false)).toMatchObject({ encodings });
  });

  it.each(["{b'contentencodings': b'identity'}", "{b'contentencodings': [1]}", "{b'contentencodings': None}", '[]'])(
    'refuses %s in both dialects',
    (literal) => {
      expect(read(cbor(literal))).toEqual(expect.any(String));
      expect(read(cbor(literal), false)).toEqual(expect.any(String));
    },
  );

  it('takes what the reference sends, and in 0006 does not look at `wiremux`', () => {
    const reference = fromHex('a150636f6e74656e74656e636f64696e677382447a6c6962486964656e74697479');
    expect(read(reference, false)).toEqual({ ...DEFAULT_SETTINGS, encodings: ['zlib', 'identity'] });
    expect(read(cbor("{b'wiremux': 7}"), false)).toEqual(DEFAULT_SETTINGS);
  });
});
