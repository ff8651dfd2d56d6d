import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeOne, encodeValue } from '../../src/cbor/index.js';
import { parseLiteral } from '../../src/frame/cbor-literal.js';
import { SecretBlanker } from '../../src/inspect/secret-blanker.js';
import { everyChunking } from '../../src/testing/chunking.js';
import { deflated, frame, joined, Told } from './wire.js';

const SECRET = 'qzjxkvqwpfy';
const LIMITS = { depth: 64, items: 1_000, bytes: 10_000 };

/** Everything that was told, as one text; byte strings as their characters. */
function all(told: Told): string {
  return JSON.stringify([told.frames, told.requests], (_, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
  );
}

function blanked(...chunks: readonly Uint8Array[]): Uint8Array {
  const blanker = new SecretBlanker();
  return joined(
    ...chunks.map((chunk) => {
      const copy = chunk.slice();
      blanker.blank(copy);
      return copy;
    }),
  );
}

describe('SPEC 6.13 secrets of a connection that is followed', () => {
  it('are blanked in settings, wherever they are cut', async () => {
    const payload = parseLiteral(`{b'wiremux': {b'session': {b'secret': b'${SECRET}'}, b'token': b'${SECRET}'}}`, 0);
    for (let cut = 1; cut < payload.length; cut++) {
      const told = new Told({ payloadShown: Number.POSITIVE_INFINITY });
      for (const [flags, piece] of [
        [1, payload.subarray(0, cut)],
        [2, payload.subarray(cut)],
      ] as const) {
        const header = frame(`0 1 ${flags === 1 ? 'stream-begin' : '0'} sender-protocol-settings ${flags} `);
        header[0] = piece.length;
        await told.receive('in', joined(header, piece));
      }
      const shown = all(told);
      expect(told.frames).toHaveLength(2);
      expect(told.follower.problems).toBe(0);
      for (let at = 0; at + 3 <= SECRET.length; at++) expect(shown).not.toContain(SECRET.slice(at, at + 3));
    }
  });

  it('are blanked in arguments and answers, encoded ones too, and nothing beside them is', async () => {
    const told = new Told({ payloadShown: 1_000 });
    await told.receive(
      'in',
      frame(
        `1 3 stream-begin command-request new cbor:{b'args': {b'token': '${SECRET}', b'user': 'ali'}, b'name': b'login'}`,
      ),
    );
    const value = encodeValue({ user: 'ali', session: { secret: [SECRET, 1_234], ok: true } });
    await told.receive(
      'out',
      await deflated(4, 1, [joined(encodeValue({ status: 'ok' }), value.subarray(0, 40)), value.subarray(40)]),
    );
    const shown = all(told);
    expect(shown).not.toContain(SECRET);
    expect(shown).not.toContain('1234');
    expect(told.frames[0]).toMatchObject({ values: [{ args: { token: '***********', user: 'ali' } }] });
    expect(told.frames.at(-1)).toMatchObject({
      values: [{ user: 'ali', session: { secret: ['***********', 0], ok: true } }],
    });
  });

  it('are blanked in the arguments of exp-framing-0002, also where a value continues', async () => {
    const told = new Told({ dialect: 'exp-framing-0002' });
    const lines = [
      '1 1 stream-begin command-name have-args login',
      '1 1 0 command-argument continuation \\x05\\x00\\x0b\\x00tokenopen s',
      '1 1 0 command-argument 0 qwpfy',
      '1 1 0 command-argument eoa \\x04\\x00\\x03\\x00userali',
    ];
    for (const line of lines) await told.receive('in', frame(line, 'exp-framing-0002'));
    expect(told.lines.slice(1)).toEqual([
      'in 1 1 0 command-argument continuation \\x05\\x00\\x0b\\x00token******',
      'in 1 1 0 command-argument 0 *****',
      'in 1 1 0 command-argument eoa \\x04\\x00\\x03\\x00userali',
    ]);
  });

  it('are not told where a payload cannot be judged: it is blanked from there', async () => {
    const told = new Told({ fromStart: false });
    await told.receive('out', frame('1 4 0 command-response continuation ken\\x43abc'));
    await told.receive('out', frame('3 4 0 command-response continuation \\x65token\\x63abc'));
    await told.receive('in', frame('5 3 0 command-request new \\xa1\\x45token\\xfeabc'));
    await told.receive('in', frame('1 3 0 7 4 secret'));
    await told.receive('in', frame('1 3 0 4 0 secret'));
    expect(told.frames.map(({ payload }) => payload)).toEqual([
      '*******',
      'etokenc***',
      '\\xa1Etoken****',
      '******',
      '******',
    ]);
  });

  it.each([
    ['an integer', "{'token': 123456}", Buffer.from('a165746f6b656e1a00000000', 'hex')],
    ['a small integer', "{'token': -7}", Buffer.from('a165746f6b656e20', 'hex')],
    ['a float', "{'token': 1.5}", Buffer.from('a165746f6b656efb0000000000000000', 'hex')],
    [
      'a list with a map',
      "{'token': ['ab', {'k': 'cd'}], 'x': 'y'}",
      literal("{'token': ['**', {'*': '**'}], 'x': 'y'}"),
    ],
    ['keys in a secret', "{'secret': {'a': 'b', 'token': 'cd'}}", literal("{'secret': {'*': '*', '*****': '**'}}")],
    ['no other keys', "{'tokens': 'ab', 'x': ['token', 'ab']}", literal("{'tokens': 'ab', 'x': ['token', 'ab']}")],
  ])('blanks %s', (_, text, expected) => {
    expect(Buffer.from(blanked(literal(text))).toString('hex')).toBe(Buffer.from(expected).toString('hex'));
  });

  const hex = (text: string): string => Buffer.from(text).toString('hex');
  it.each([
    ['a map', `bf65${hex('token')}63${hex('abc')}ff`, `bf65${hex('token')}63${hex('***')}ff`],
    ['a map in a map', `a16178bf66${hex('secret')}01617906ff`, `a16178bf66${hex('secret')}00617906ff`],
    ['a list', `a166${hex('secret')}9f0161${hex('a')}ff`, `a166${hex('secret')}9f0061${hex('*')}ff`],
    [
      'a text',
      `a165${hex('token')}7f61${hex('a')}62${hex('bc')}ff`,
      `a165${hex('token')}7f61${hex('*')}62${hex('**')}ff`,
    ],
    [
      'a key',
      `a25f43${hex('tok')}42${hex('en')}ff41${hex('a')}41${hex('x')}41${hex('b')}`,
      `a25f43${hex('tok')}42${hex('en')}ff41${hex('*')}41${hex('x')}41${hex('b')}`,
    ],
    ['an empty text and a list without items', `a265${hex('token')}6066${hex('secret')}80`, undefined],
    ['a tag', `a165${hex('token')}c11a00010203`, `a165${hex('token')}c11a00000000`],
  ])('blanks what has no length, and what has: %s', (_, text, expected = text) => {
    for (const chunks of everyChunking(Buffer.from(text, 'hex'))) {
      const blanker = new SecretBlanker();
      const copies = chunks.map((chunk) => chunk.slice());
      for (const copy of copies) blanker.blank(copy);
      expect(Buffer.from(joined(...copies)).toString('hex')).toBe(expected);
      expect([blanker.broken, blanker.atEdge]).toEqual([false, true]);
    }
  });

  it.each([
    ['a break outside', 'ff'],
    ['a break in a list with a length', '82ff01'],
    ['a break where a value is due', 'bf6161ff'],
    ['a chunk of another kind', '7f4161ff'],
    ['a chunk without a length', '5f5f4161ffff'],
    ['a number without a length', '1f01'],
    ['a tag without a length', 'df01'],
    ['a head of no meaning', '1c01'],
    ['too deep a nesting', '81'.repeat(2_000)],
  ])('is broken by %s', (_, text) => {
    const blanker = new SecretBlanker();
    blanker.blank(Buffer.from(text, 'hex'));
    expect(blanker.broken).toBe(true);
  });

  it('are blanked with all of an argument that is none, and all that follows it', async () => {
    for (const argument of ['\\x05\\x00', '\\x01\\x00\\x02\\x00aopen']) {
      const told = new Told({ dialect: 'exp-framing-0002' });
      for (const line of [
        '1 1 stream-begin command-name have-args login',
        `1 1 0 command-argument 0 ${argument}`,
        '1 1 0 command-argument eoa \\x01\\x00\\x02\\x00aok',
      ]) {
        await told.receive('in', frame(line, 'exp-framing-0002'));
      }
      expect(told.frames.slice(1)).toMatchObject([
        { payload: expect.stringMatching(/^\*+$/), note: 'It is no argument.' },
        { payload: '*******', note: 'It is no argument.' },
      ]);
    }
  });

  it('keeps every length and every value without such keys, in any cut', () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 3 },
        fc.string(),
        fc.integer(),
        fc.double({ noNaN: true }),
        fc.boolean(),
        fc.uint8Array(),
        fc.array(tie('any')),
        fc.dictionary(fc.string({ maxLength: 4 }), tie('any')),
      ),
    })).any;
    fc.assert(
      fc.property(fc.array(value), fc.nat(), (values, seed) => {
        const bytes = joined(...values.map((item) => encodeValue(item)));
        const cut = bytes.length === 0 ? 0 : seed % bytes.length;
        expect(blanked(bytes.subarray(0, cut), bytes.subarray(cut))).toEqual(bytes);
      }),
    );
  });

  it('leaves no byte of a secret string, in any cut', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 40 }),
        fc.constantFrom('token', 'secret'),
        fc.nat(),
        (text, key, seed) => {
          const bytes = encodeValue({ a: 1, deep: [{ [key]: text, after: 'kept' }] });
          const cut = seed % bytes.length;
          const decoded = decodeOne(blanked(bytes.subarray(0, cut), bytes.subarray(cut)), LIMITS);
          const stars = '*'.repeat(Buffer.byteLength(text));
          expect(decoded).toMatchObject({ ok: true, value: { deep: [{ [key]: stars, after: 'kept' }] } });
        },
      ),
    );
  });
});

function literal(text: string): Uint8Array {
  return parseLiteral(text, 0);
}
