import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLiteral } from '../../src/frame/cbor-literal.js';
import { printLiteral } from '../../src/frame/cbor-literal-print.js';
import type { Frame } from '../../src/frame/frame.js';
import { redactFrame } from '../../src/frame/redact.js';
import { fromHex } from './vectors.js';

const CONTINUATION = 1;
const EOS = 2;

function settings(payload: Uint8Array, flags = EOS): Frame {
  return { requestId: 0, streamId: 1, streamFlags: 1, type: 8, flags, payload };
}

function redacted(literal: string): string | undefined {
  return printLiteral(redactFrame(settings(parseLiteral(literal, 0)), 'wiremux.1').payload);
}

function ascii(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

const secretive =
  "{b'contentencodings': [b'identity'], b'wiremux': {b'agent': b'cli', b'session': {b'resume': b'id', b'secret': b'hushhush'}, b'token': b'open sesame'}}";

describe('SPEC 6.12 secrets', () => {
  it('overwrites token and secret in whole settings and nothing else', () => {
    expect(redacted(secretive)).toBe(secretive.replace('hushhush', '********').replace('open sesame', '***********'));
  });

  it('takes text strings for keys and values too', () => {
    expect(redacted("{'wiremux': {'token': 'abc'}}")).toBe("{'wiremux': {'token': '***'}}");
  });

  it('goes past numbers and other simple values', () => {
    const literal = "{'wiremux': {'credit': 1024, 'plain': True, 'token': 'abc'}}";
    expect(redacted(literal)).toBe(literal.replace('abc', '***'));
  });

  it('blanks settings with a tag whole', () => {
    const payload = Uint8Array.from([...parseLiteral("{'wiremux': 1}", 0).subarray(0, -1), 0xc1, 1]);
    expect(ascii(redactFrame(settings(payload), 'wiremux.1').payload)).toBe('*'.repeat(payload.length));
  });

  it('leaves the frame it was given as it was', () => {
    const frame = settings(parseLiteral(secretive, 0));
    const before = ascii(frame.payload);
    redactFrame(frame, 'wiremux.1');
    expect(ascii(frame.payload)).toBe(before);
  });

  it('blanks every piece of settings that are cut, wherever they are', () => {
    const whole = parseLiteral(secretive, 0);
    for (let cut = 1; cut < whole.length; cut++) {
      const pieces = [settings(whole.subarray(0, cut), CONTINUATION), settings(whole.subarray(cut), EOS)];
      const [first, second] = pieces.map((piece) => redactFrame(piece, 'wiremux.1').payload);
      expect(ascii(first!)).toBe('*'.repeat(cut));
      expect(ascii(second!)).toBe('*'.repeat(whole.length - cut));
    }
  });

  it.each([
    ['an indefinite map', 'bf47776972656d7578a145746f6b656e43616263ff'],
    ['an indefinite token', 'a147776972656d7578a145746f6b656e5f43616263ff'],
    ['a tagged token', 'a147776972656d7578a145746f6b656ec143616263'],
    ['a token that is a list', 'a147776972656d7578a145746f6b656e8143616263'],
    ['a key that is a list', 'a147776972656d7578a18145746f6b656e43616263'],
    ['a map and more', 'a147776972656d7578a0a145746f6b656e43616263'],
    ['a token that is cut', 'a147776972656d7578a145746f6b656e44616263'],
    ['a map of something else', 'a145746f6b656e43616263'],
    ['a list', '8143616263'],
    ['nesting past any settings', `a147776972656d7578${'81'.repeat(40)}80`],
  ])('blanks %s whole', (_, hex) => {
    const payload = redactFrame(settings(fromHex(hex)), 'wiremux.1').payload;
    expect(ascii(payload)).toBe('*'.repeat(hex.length / 2));
  });

  it('leaves other frames alone, by the types of the dialect', () => {
    const frame = settings(parseLiteral(secretive, 0));
    expect(redactFrame(frame, 'exp-framing-0005')).toBe(frame);
    expect(redactFrame({ ...frame, type: 1 }, 'wiremux.1').payload).toBe(frame.payload);
    expect(redactFrame(frame, 'exp-framing-0006')).not.toBe(frame);
  });

  it('keeps the length of any payload', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (payload) => {
        expect(redactFrame(settings(payload), 'wiremux.1').payload.length).toBe(payload.length);
      }),
    );
  });
});
