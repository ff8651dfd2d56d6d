import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Frame } from '../../src/frame/frame.js';
import type { DialectName } from '../../src/frame/frame-types.js';
import { encodeFrame } from '../../src/frame/header.js';
import { FrameReader } from '../../src/frame/reader.js';
import { parseFrame, printFrame } from '../../src/frame/text-form.js';
import { countByDialect } from '../vectors/rows.js';
import { anyDialect, anyFrame } from './arbitraries.js';
import { dialectOf, type FrameRow, fromHex, type TextFormRow, toHex, vectors } from './vectors.js';

function parseHex(text: string, dialect: DialectName = 'wiremux.1'): string {
  const parsed = parseFrame(text, dialect);
  if (!parsed.ok) throw new Error(`${parsed.message} (at ${parsed.offset})`);
  return toHex(parsed.bytes);
}

function refusal(text: string): { message: string; offset: number } {
  const parsed = parseFrame(text, 'wiremux.1');
  if (parsed.ok) throw new Error(`${text} was parsed`);
  return { message: parsed.message, offset: parsed.offset };
}

function frameOf(bytes: Uint8Array): Frame {
  const frames: Frame[] = [];
  new FrameReader(0xff_ff_ff).push(bytes, (header, payload) => frames.push({ ...header, payload }) > 0);
  const [frame] = frames;
  if (frame === undefined || frames.length > 1) throw new Error('not one frame');
  return frame;
}

function reprint(hex: string, dialect: DialectName = 'wiremux.1', literals = false): string {
  return printFrame(frameOf(fromHex(hex)), dialect, { literals });
}

const credit = '05000003000300a01a00010000';
const stopped = '10000003000400b1a146726573756c744773746f70706564';
const newSession =
  '3300000000010182a247776972656d7578a14773657373696f6ea1436e6577f550636f6e74656e74656e636f64696e677381486964656e74697479';

describe('SPEC 6 text form: vectors', () => {
  const rows = vectors<TextFormRow>('text-form.jsonl');

  it('has the rows of the reference, all of them', () => {
    expect(countByDialect(rows)).toEqual({ '0002': 17, '0003': 21, '0005': 20, '0006': 22 });
  });

  it.each(rows)('$dialect: $text', ({ dialect, text, frame }) => {
    const name = dialectOf(dialect);
    expect(parseHex(text, name)).toBe(frame);
    const printed = reprint(frame, name);
    expect(parseHex(printed, name)).toBe(frame);
    expect(printed.split(' ').slice(0, 2)).toEqual(text.split(' ').slice(0, 2));
  });

  it.each(vectors<FrameRow>('frames.jsonl'))('prints and reads row $requestId/$streamId', ({ dialect, frame }) => {
    const name = dialectOf(dialect);
    expect(parseHex(reprint(frame, name), name)).toBe(frame);
    expect(parseHex(reprint(frame, name, true), name)).toBe(frame);
  });
});

describe('SPEC 6 text form: printing', () => {
  it('uses names, and numbers for what has none', () => {
    expect(reprint('0300000100030511616263')).toBe('1 3 stream-begin|encoded command-request new abc');
    expect(reprint('0000002a00ffff4f')).toBe('42 255 stream-begin|stream-end|encoded|248 4 15 ');
    expect(reprint('00000001000200b9')).toBe('1 2 0 cancel ack|8 ');
    expect(reprint('00000001000200f0')).toBe('1 2 0 15 0 ');
  });

  it('SPEC 6.10 escapes what is not printable UTF-8', () => {
    const payload = [...new TextEncoder().encode('é\n\r\t\\"\'\u0000\u007f\u0085\u202e\u00a0✓'), 0xff, 0xc3];
    const printed = printFrame(
      { requestId: 0, streamId: 0, streamFlags: 0, type: 0, flags: 0, payload: Uint8Array.from(payload) },
      'wiremux.1',
    );
    expect(printed).toBe('0 0 0 0 0 é\\n\\r\\t\\\\"\'\\x00\\x7f\\xc2\\x85\\xe2\\x80\\xae\\xc2\\xa0✓\\xff\\xc3');
  });

  it('escapes the c of a payload that starts with cbor:', () => {
    const hex = parseHex('1 1 0 6 0 \\x63bor:1');
    expect(hex).toBe('060000010001006063626f723a31');
    expect(reprint(hex)).toBe('1 1 0 text-output 0 \\x63bor:1');
    expect(reprint(hex, 'wiremux.1', true)).toBe('1 1 0 text-output 0 \\x63bor:1');
  });

  it('SPEC 6.7 prints literals where asked to', () => {
    expect(reprint(credit, 'wiremux.1', true)).toBe('3 3 0 credit 0 cbor:65536');
    expect(reprint(stopped, 'wiremux.1', true)).toBe("3 4 0 cancel ack cbor:{b'result': b'stopped'}");
    expect(reprint('00000003000300b0', 'wiremux.1', true)).toBe('3 3 0 cancel 0 ');
  });

  it('prints no literal that would give other bytes', () => {
    // Keys out of order; a long form of 1; half a float; two items.
    expect(reprint(newSession, 'wiremux.1', true)).not.toContain('cbor:');
    expect(reprint('02000003000300a01801', 'wiremux.1', true)).toBe('3 3 0 credit 0 \\x18\\x01');
    expect(reprint('03000003000300a0f93c00', 'wiremux.1', true)).not.toContain('cbor:');
    expect(reprint('02000003000300a00101', 'wiremux.1', true)).not.toContain('cbor:');
  });

  it('SPEC 6.11 parses back to the same bytes, for any frame in any dialect', () => {
    fc.assert(
      fc.property(anyFrame, anyDialect, fc.boolean(), (frame, dialect, literals) => {
        const printed = printFrame(frame, dialect, { literals });
        expect(printed).not.toMatch(/[\n\r]/);
        expect(parseHex(printed, dialect)).toBe(toHex(encodeFrame(frame, frame.payload)));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('SPEC 6 text form: parsing', () => {
  it('SPEC 6.2 mixes names and numbers', () => {
    expect(parseHex('3 3 0 10 0 cbor:65536')).toBe(credit);
    expect(parseHex('1 3 stream-begin|4 1 new|2|1 x')).toBe('010000010003051378');
  });

  it('SPEC 6.3 takes every number that fits its field, legal or not', () => {
    expect(parseHex('65535 255 255 15 15 ')).toBe('000000ffffffffff');
    const tooLarge = ['65536 1 0 6 0 ', '1 256 0 6 0 ', '1 1 256 6 0 ', '1 1 0 16 0 ', '1 1 0 6 16 '];
    for (const line of tooLarge) expect(parseFrame(line, 'wiremux.1').ok, line).toBe(false);
  });

  it('SPEC 6.1 keeps every space of the payload', () => {
    expect(parseHex('1 1 0 6 0  a b ')).toBe('05000001000100602061206220');
  });

  it('SPEC 6.4 knows the names of the dialect only', () => {
    expect(parseFrame('1 1 0 credit 0 ', 'exp-framing-0006').ok).toBe(false);
    expect(parseHex('1 1 0 command-data eos ', 'exp-framing-0002')).toBe('0000000100010032');
    expect(parseHex('1 1 0 command-data eos ', 'exp-framing-0005')).toBe('0000000100010022');
    expect(parseFrame('1 1 0 15 eos ', 'wiremux.1').ok).toBe(false);
  });

  it.each([
    ['65536 1 0 6 0 ', 0],
    ['1 256 0 6 0 ', 2],
    ['1 1 256 6 0 ', 4],
    ['1 1 encoded|no 6 0 ', 12],
    ['1 1 0 16 0 ', 6],
    ['1 1 0 no 0 ', 6],
    ['1 1 0 6 16 ', 8],
    ['1 1 0 ping pong||1 ', 16],
    ['-1 1 0 6 0 ', 0],
    ['1e1 1 0 6 0 ', 0],
    ['1  0 6 0 x', 2],
    ['', 0],
    ['1 1 0 6 0', 9],
    ['1 1 0 6 0 a\\', 11],
    ['1 1 0 6 0 \\xg0', 10],
    ['1 1 0 6 0 ab\\x1', 12],
    ['1 1 0 6 0 \ud800', 10],
    ['1 1 0 6 0 cbor:', 15],
    ['1 1 0 6 0 cbor:[1,,2]', 18],
  ])('refuses %j at %i', (text, offset) => {
    const { message, offset: at } = refusal(text);
    expect(at).toBe(offset);
    expect(message).toMatch(/^[A-Z].*\.$/);
  });

  it('takes a payload of 70,000 bytes', () => {
    expect(parseHex(`1 1 0 6 0 ${'x'.repeat(70_000)}`).slice(0, 16)).toBe('7011010100010060');
  });

  it('never throws, whatever the text', () => {
    const piece = fc.constantFrom(
      '1 ',
      '0 ',
      ' ',
      'cbor:',
      '\\',
      '\\x',
      "b'",
      "'",
      '{',
      '[',
      ']',
      '}',
      ':',
      ',',
      '-',
      'True',
      '|',
      '9',
      'ping ',
      '\ud800',
      'é',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join('')),
      fc.array(piece, { maxLength: 30 }).map((pieces) => `1 1 0 6 0 ${pieces.join('')}`),
      fc.array(piece, { maxLength: 30 }).map((pieces) => `1 1 0 6 0 cbor:${pieces.join('')}`),
    );
    fc.assert(
      fc.property(text, anyDialect, (text, dialect) => {
        const parsed = parseFrame(text, dialect);
        if (!parsed.ok) {
          expect(parsed.offset).toBeGreaterThanOrEqual(0);
          expect(parsed.offset).toBeLessThanOrEqual(text.length);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
