import { describe, expect, it } from 'vitest';
import { ByteStringReader } from '../../src/byte-strings.js';
import { decodeOne, EncodedValue } from '../../src/cbor/index.js';
import { DEFAULT_LIMITS } from '../../src/limits.js';
import { LonePeer } from './lone-peer.js';

const LIMITS = { depth: DEFAULT_LIMITS.cborDepth, items: DEFAULT_LIMITS.cborItems, bytes: DEFAULT_LIMITS.valueBytes };
const OK = '\\xa1FstatusBok';

/** A client that asked for the values of request 1 as they are encoded. */
function asking(bytePieces = false): LonePeer {
  const lone = new LonePeer({ role: 'client' });
  lone.peer.open({ name: 'x', encodedValues: true, bytePieces: bytePieces ? ByteStringReader : undefined });
  lone.sentSession();
  return lone;
}

/** Every value that came, in hex, and the sum of their sizes. */
function valuesOf(lone: LonePeer): { readonly hex: string[]; readonly size: number } {
  const events = lone.events.filter((event) => event.kind === 'values');
  const values = events.flatMap((event) => event.values as EncodedValue[]);
  expect(values.every((value) => value instanceof EncodedValue)).toBe(true);
  const size = events.flatMap((event) => event.sizes).reduce((sum, each) => sum + each, 0);
  return { hex: values.map(({ bytes }) => Buffer.from(bytes).toString('hex')), size };
}

describe('SPEC 3.1.11 values that are passed on', () => {
  it('come as they are encoded, whole, cut and behind each other', () => {
    const lone = asking();
    lone.feed(`1 4 0 command-response continuation ${OK}\\x01\\x82\\x01`);
    lone.feed('1 4 0 command-response continuation \\x02cabc\\xbf');
    lone.feed('1 4 0 command-response continuation Aa\\xf6\\xff\\xf4');
    lone.feed('1 4 0 command-response eos \\x18\\x18');
    expect(valuesOf(lone)).toEqual({ hex: ['01', '820102', '63616263', 'bf4161f6ff', 'f4', '1818'], size: 16 });
    expect(lone.events.at(-1)).toMatchObject({ kind: 'ended' });
  });

  it('do not change when more comes', () => {
    const lone = asking();
    lone.feed(`1 4 0 command-response continuation ${OK}\\x82\\x01`);
    lone.feed('1 4 0 command-response continuation \\x02\\x82\\x03');
    lone.feed('1 4 0 command-response eos \\x04');
    expect(valuesOf(lone).hex).toEqual(['820102', '820304']);
  });

  it('begin behind a status in any form', () => {
    const lone = asking();
    lone.feed("1 4 0 command-response eos cbor:{'status': 'ok'}");
    expect(lone.events.map(({ kind }) => kind).slice(-2)).toEqual(['answering', 'ended']);
    const failing = asking();
    failing.feed("1 4 0 command-response eos cbor:{b'status': b'error', b'error': {b'message': b'no'}}");
    expect(failing.events.at(-1)).toMatchObject({ kind: 'failed', error: { message: 'no' } });
    const repeating = asking();
    repeating.feed('1 4 0 command-response eos \\xa2FstatusBokFstatusBok');
    expect(repeating.events.at(-1)).toMatchObject({ kind: 'failed', error: { code: 'protocol' } });
  });

  it('are within the bounds and well-formed; what only a decoder sees is left to one', () => {
    const lone = asking();
    lone.feed(`1 4 0 command-response continuation ${OK}\\xa2Aa\\x01Aa\\x02`);
    const [twice] = lone.events.flatMap((event) => (event.kind === 'values' ? (event.values as EncodedValue[]) : []));
    expect(decodeOne(twice!.bytes, LIMITS)).toMatchObject({ ok: false, error: { code: 'duplicate-key' } });
    lone.feed('1 4 0 command-response continuation \\xff');
    expect(lone.events.at(-1)).toMatchObject({ kind: 'failed', error: { code: 'protocol' } });
  });

  it('leave byte strings in pieces as they are', () => {
    const lone = asking(true);
    lone.feed(`1 4 0 command-response continuation ${OK}\\x01Cab`);
    lone.feed('1 4 0 command-response eos c\\x02');
    const parts = lone.events.filter(({ kind }) => kind === 'values' || kind === 'bytes');
    expect(parts.map(({ kind }) => kind)).toEqual(['values', 'bytes', 'bytes', 'values']);
    expect(valuesOf(lone).hex).toEqual(['01', '02']);
  });

  it('of 0003 are bytes where a frame holds them, and encoded where it says that it is CBOR', () => {
    const lone = new LonePeer({ role: 'client', dialect: 'exp-framing-0003' });
    lone.peer.open({ name: 'x', encodedValues: true });
    lone.sentSession();
    lone.feed('1 2 stream-begin bytes-response continuation abc');
    lone.feed('1 2 0 bytes-response eos|cbor \\x82\\x01\\x02');
    const values = lone.events.flatMap((event) => (event.kind === 'values' ? event.values : []));
    expect(values).toEqual([new Uint8Array(Buffer.from('abc')), new EncodedValue(Uint8Array.of(0x82, 1, 2))]);
  });

  it('do not make those of the next request so', () => {
    const lone = asking();
    lone.feed(`1 4 0 command-response eos ${OK}\\x01`);
    lone.peer.open({ name: 'x' });
    lone.sentSession();
    lone.feed(`3 4 0 command-response eos ${OK}\\x01`);
    expect(lone.events.filter(({ kind }) => kind === 'values').at(-1)).toMatchObject({ values: [1] });
  });
});

describe('SPEC 8.11.2, 8.11.4 what a request says of itself', () => {
  it('is told to whoever passes it on', () => {
    const lone = new LonePeer();
    lone.feed("1 3 0 command-request new cbor:{b'credit': 2048, b'name': b'x', b'plain': True}");
    expect(lone.events.at(-1)).toMatchObject({ kind: 'request', credit: 2_048, plain: true });
    lone.feed("3 3 0 command-request new cbor:{b'name': b'x'}");
    expect(lone.events.at(-1)).toMatchObject({ kind: 'request', credit: undefined, plain: undefined });
  });
});
