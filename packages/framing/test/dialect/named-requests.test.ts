import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, dialectByName, type Limits, Peer } from '../../src/index.js';
import { everyChunking } from '../../src/testing/index.js';
import { fromHex, toHex } from '../frame/vectors.js';
import { frameBytes, joined, LonePeer } from '../reactor/lone-peer.js';

const DIALECT = 'exp-framing-0002';

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));

/** The payload of an argument's first frame. `length`: what it says of its value. */
function argument(name: string, value: string, length: number = value.length): string {
  const u16 = (size: number): string => `\\x${hex(size & 0xff)}\\x${hex(size >> 8)}`;
  return `${u16(name.length)}${u16(length)}${name}${value}`;
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

/** A server that was fed these frames, of which the first begins the stream. */
function fed(frames: readonly string[], limits: Partial<Limits> = {}): LonePeer {
  const lone = new LonePeer({ dialect: DIALECT, limits });
  lone.feed(...withBegin(frames));
  return lone;
}

function withBegin(frames: readonly string[]): string[] {
  return frames.map((frame, index) => (index === 0 ? frame.replace(/^(\d+ \d+) 0/, '$1 stream-begin') : frame));
}

const request = (lone: LonePeer, id = 1): unknown =>
  lone.of('request', id).map(({ name, args, hasData }) => ({ name, args, hasData }))[0];

/** What a client sends for a request, in text form. */
function sent(open: Parameters<Peer['open']>[0], mapCut?: number): string[] {
  const lone = new LonePeer({ role: 'client', dialect: DIALECT, ...(mapCut === undefined ? {} : { mapCut }) });
  lone.peer.open(open);
  return lone.sent();
}

describe('SPEC 3.2.8 requests in frames of their own', () => {
  it('are the bytes of the example', () => {
    const peer = new Peer({ role: 'client', dialect: dialectOf(), now: 0 });
    peer.open({ name: 'greet', args: { who: 'you' } });
    const [one, two] = ['05000001000101126772656574', '0a000001000100220300030077686f796f75'];
    expect(toHex(joined(peer.takeBytes(0) ?? []))).toBe(`${one}${two}`);
    const lone = new LonePeer({ dialect: DIALECT });
    lone.feedBytes(fromHex(`${one}${two}`));
    expect(request(lone)).toEqual({ name: 'greet', args: { who: bytes('you') }, hasData: false });
  });

  it.each([
    [{ name: 'n' }, ['eos n']],
    [{ name: 'n', hasData: true }, ['have-data n']],
    [{ name: 'n', args: { none: undefined } }, ['eos n']],
    [
      { name: 'n', args: { b: 'é', a: bytes('x') } },
      ['have-args n', '0 \\x01\\x00\\x01\\x00ax', 'eoa \\x01\\x00\\x02\\x00bé'],
    ],
    [{ name: 'n', args: { '': '' }, hasData: true }, ['have-args|have-data n', 'eoa \\x00\\x00\\x00\\x00']],
  ])('open %j as %j', (open, expected) => {
    const payloads = sent(open).map((frame) => frame.replace(/^1 1 \S+ command-\S+ /, ''));
    expect(payloads).toEqual(expected);
  });

  it('cut a long value, never the name before it', () => {
    expect(sent({ name: 'n', args: { key: 'abcdefgh', other: '123' } }, 4)).toEqual([
      '1 1 stream-begin command-name have-args n',
      `1 1 0 command-argument continuation ${argument('key', '', 8)}`,
      '1 1 0 command-argument continuation abcd',
      '1 1 0 command-argument 0 efgh',
      `1 1 0 command-argument continuation ${argument('other', '', 3)}`,
      '1 1 0 command-argument eoa 123',
    ]);
  });

  it.each([
    ['a number', 7],
    ['null', null],
    ['an object', { a: 1 }],
    ['a boolean', true],
  ])('cannot carry %s, and send nothing of it', (_, value) => {
    const lone = new LonePeer({ role: 'client', dialect: DIALECT });
    expect(() => lone.peer.open({ name: 'n', args: { value } })).toThrow(
      expect.objectContaining({ code: 'unsupported', message: expect.stringContaining('`value`') }),
    );
    expect(lone.sent()).toEqual([]);
    expect(lone.peer.open({ name: 'n' })).toBe(1);
  });

  it.each([
    ['a value', { value: 'x'.repeat(65_535) }, { value: 'x'.repeat(65_536) }],
    ['the UTF-8 of a value', { value: `${'ü'.repeat(32_767)}x` }, { value: 'ü'.repeat(32_768) }],
    ['an argument name', { ['k'.repeat(65_531)]: 'v' }, { ['k'.repeat(65_532)]: 'v' }],
  ])('carry %s of as many bytes as their length can say, and no more', (_, fits, over) => {
    const lone = new LonePeer({ dialect: DIALECT });
    const peer = new Peer({ role: 'client', dialect: dialectOf(), now: 0 });
    expect(() => peer.open({ name: 'n', args: over })).toThrow(expect.objectContaining({ code: 'too-big' }));
    peer.open({ name: 'n', args: fits });
    for (let message = peer.takeBytes(0); message !== undefined; message = peer.takeBytes(0)) {
      lone.feedBytes(joined(message));
    }
    const [[name, value]] = Object.entries(fits) as [[string, string]];
    expect(request(lone)).toEqual({ name: 'n', args: { [name]: bytes(value) }, hasData: false });
  });

  it('carry a command name that fits into a frame, and no longer one', () => {
    const peer = new Peer({ role: 'client', dialect: dialectOf(), now: 0 });
    expect(peer.open({ name: 'n'.repeat(65_535) })).toBe(1);
    expect(() => peer.open({ name: 'n'.repeat(65_536) })).toThrow(expect.objectContaining({ code: 'too-big' }));
  });

  it('give the answerer what was given, whatever it is and wherever it is cut', () => {
    const value = fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.string({ unit: 'grapheme' }));
    const args = fc.dictionary(fc.string({ unit: 'grapheme' }), value, { maxKeys: 8 });
    fc.assert(
      fc.property(args, fc.integer({ min: 1, max: 64 }), fc.boolean(), (given, mapCut, hasData) => {
        const peer = new Peer({ role: 'client', dialect: { ...dialectOf(), mapCut }, now: 0 });
        const id = peer.open({ name: 'command', args: given, hasData });
        if (hasData) peer.endData(id);
        const lone = new LonePeer({ dialect: DIALECT });
        lone.feedBytes(joined(peer.takeBytes(0) ?? []));
        expect(lone.fault).toBeUndefined();
        const expected = Object.entries(given).map(([key, item]) => [
          key,
          typeof item === 'string' ? bytes(item) : item,
        ]);
        expect(request(lone)).toEqual({ name: 'command', args: Object.fromEntries(expected), hasData });
        expect(lone.of('data-end', id)).toHaveLength(hasData ? 1 : 0);
      }),
    );
  });
});

describe('SPEC 3.2.9 frames that make a request', () => {
  const CONTINUED = [
    '1 1 0 command-name have-args|have-data put',
    `1 1 0 command-argument continuation ${argument('key', 'ab', 6)}`,
    '1 1 0 command-argument continuation cd',
    '1 1 0 command-argument 0 ef',
    `1 1 0 command-argument continuation ${argument('whole', 'x')}`,
    '1 1 0 command-argument eoa ',
    '1 1 0 command-data eos data',
  ];

  it('are taken in every cut, values that go on among them', () => {
    const all = joined(withBegin(CONTINUED).map((text) => frameBytes(text, DIALECT)));
    for (const pieces of everyChunking(all)) {
      const lone = new LonePeer({ dialect: DIALECT });
      for (const piece of pieces) lone.feedBytes(piece);
      expect(lone.fault).toBeUndefined();
      expect(request(lone)).toEqual({
        name: 'put',
        args: { key: bytes('abcdef'), whole: bytes('x') },
        hasData: true,
      });
      expect(lone.kinds(1)).toEqual(['request', 'data', 'data-end']);
    }
  });

  it('may be interleaved with those of other requests', () => {
    const others = CONTINUED.map((frame) => frame.replace(/^1/, '3').replace('put', 'put-too'));
    const lone = fed(CONTINUED.flatMap((frame, index) => [frame, others[index] as string]));
    expect(lone.fault).toBeUndefined();
    expect(request(lone, 1)).toMatchObject({ name: 'put', args: { key: bytes('abcdef') } });
    expect(request(lone, 3)).toMatchObject({ name: 'put-too', args: { key: bytes('abcdef') } });
  });

  const NAMED = '1 1 0 command-name have-args n';
  it.each([
    ['3.2.9', 'lengths that are cut', [NAMED, '1 1 0 command-argument eoa \\x01\\x00\\x01']],
    ['3.2.9', 'an empty frame', [NAMED, '1 1 0 command-argument eoa ']],
    [
      '3.2.9',
      'a name that is cut',
      [NAMED, `1 1 0 command-argument continuation ${argument('key', '').replace('key', 'ke')}`],
    ],
    ['3.2.9', 'a value that is too long', [NAMED, `1 1 0 command-argument eoa ${argument('k', 'abc', 2)}`]],
    ['3.2.9', 'a value that is too short', [NAMED, `1 1 0 command-argument 0 ${argument('k', 'abc', 4)}`]],
    ['3.2.9', 'a last value that is too short', [NAMED, `1 1 0 command-argument eoa ${argument('k', 'abc', 4)}`]],
    [
      '3.2.9',
      'a value that goes on too long',
      [NAMED, `1 1 0 command-argument continuation ${argument('k', 'a', 2)}`, '1 1 0 command-argument eoa bc'],
    ],
    [
      '3.2.4',
      'an argument given twice',
      [NAMED, `1 1 0 command-argument 0 ${argument('k', 'a')}`, `1 1 0 command-argument eoa ${argument('k', 'b')}`],
    ],
    ['3.2.4', 'an empty name', ['1 1 0 command-name eos ']],
    ['3.2.4', 'a name that is not UTF-8', ['1 1 0 command-name eos \\xff']],
    ['5.4', 'an argument of no request', [`1 1 0 command-argument eoa ${argument('k', 'a')}`]],
    [
      '5.4',
      'an argument behind the last',
      ['1 1 0 command-name have-data n', `1 1 0 command-argument eoa ${argument('k', 'a')}`],
    ],
    ['5.2', 'a second name', [NAMED, NAMED]],
    ['5.2', 'a name for a request of the server', ['2 1 0 command-name eos n']],
    ['3.3.3', 'data before the arguments', ['1 1 0 command-name have-args|have-data n', '1 1 0 command-data eos x']],
    [
      '2.3',
      'a last argument that goes on',
      [NAMED, `1 1 0 command-argument continuation|eoa ${argument('k', 'a', 2)}`],
    ],
    ['5.13', 'an answer', [NAMED, '1 1 0 bytes-response eos x']],
  ])('SPEC 5.4: rule %s: %s', (rule, _, frames) => {
    const lone = fed(frames);
    expect(lone.fault?.rule).toBe(rule);
    expect(lone.of('request').map(({ name }) => name)).toEqual(rule === '5.4' && frames.length > 1 ? ['n'] : []);
    expect(lone.sent()).toEqual([expect.stringMatching(/^[12] 2 stream-begin error-response protocol /)]);
  });

  it('SPEC 3.2.4 refuse argument names that are not UTF-8', () => {
    const lone = fed([NAMED, '1 1 0 command-argument eoa \\x01\\x00\\x00\\x00\\xff']);
    expect(lone.fault).toBeUndefined();
    expect(lone.sent()).toEqual(['1 2 stream-begin error-response application An argument name is not UTF-8 text.']);
  });

  it('SPEC 3.1.4 keep `__proto__` a name like any other', () => {
    const lone = fed([NAMED, `1 1 0 command-argument eoa ${argument('__proto__', 'x')}`]);
    const { args } = lone.of('request')[0] as { args: object };
    expect(Object.keys(args)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(args)).toBe(Object.prototype);
  });

  const SIX = 'n'.length + argument('key', 'abc').replaceAll(/\\x../g, '.').length;
  it.each([
    [SIX, []],
    [SIX - 1, ['1 2 stream-begin error-response application ']],
  ])('SPEC 9.1.2, 9.1.17 count their payloads against %i bytes', (requestMap, answers) => {
    const frames = [NAMED, `1 1 0 command-argument eoa ${argument('key', 'abc')}`, '3 1 0 command-name eos next'];
    const lone = fed(frames, { requestMap });
    expect(lone.fault).toBeUndefined();
    expect(request(lone, 1) === undefined).toBe(answers.length > 0);
    expect(request(lone, 3)).toMatchObject({ name: 'next' });
    const refused = lone.sent();
    expect(refused).toEqual(answers.map((start) => expect.stringMatching(`^${start}A request map may take`)));
  });

  it('SPEC 9.1.3 count together against what may be under way on a connection', () => {
    const opening = [1, 3, 5].map((id) => `${id} 1 0 command-name have-args n`);
    const long = [1, 3, 5].map(
      (id) => `${id} 1 0 command-argument continuation ${argument('k', 'a'.repeat(100), 200)}`,
    );
    const lone = fed([...opening, ...long], { requestMaps: 3 + 3 * 105 - 1 });
    expect(lone.fault).toBeUndefined();
    expect(lone.sent()).toEqual([
      expect.stringMatching(/^5 2 stream-begin error-response application All request maps/),
    ]);
    lone.feed('5 1 0 command-argument eoa ', '1 1 0 command-argument eoa …a100');
    expect(lone.of('request').map(({ id }) => id)).toEqual([1]);
  });

  it.each([2, 1])('SPEC 9.1.4 open at most %i at once, one that needs one frame not counted', (openingRequests) => {
    const lone = fed(['1 1 0 command-name have-args a', '3 1 0 command-name have-args b', '5 1 0 command-name eos c'], {
      openingRequests,
    });
    expect(lone.sent()).toHaveLength(2 - openingRequests);
    expect(lone.of('request').map(({ name }) => name)).toEqual(['c']);
  });

  it('SPEC 9.1.8 hold as many arguments as a map may hold items', () => {
    const args = (count: number): string[] =>
      Array.from(
        { length: count },
        (_, at) => `1 1 0 command-argument ${at === count - 1 ? 'eoa' : '0'} ${argument(`k${at}`, '')}`,
      );
    const limits = { cborItems: 25 };
    const most = [9, 10, 11, 12].filter((count) => fed([NAMED, ...args(count)], limits).of('request').length === 1);
    expect(most.at(-1)).toBeLessThan(12);
    const over = fed([NAMED, ...args(12)], limits);
    expect(over.fault).toBeUndefined();
    expect(over.sent()).toEqual([expect.stringMatching(/^1 2 stream-begin error-response application /)]);
  });

  it('SPEC 9.1.14, 9.1.16 may not be empty again and again', () => {
    const lone = fed([NAMED, `1 1 0 command-argument continuation ${argument('k', '', 1)}`], { controlBudget: 3 });
    for (let count = 0; count < 3; count++) lone.feed('1 1 0 command-argument continuation ');
    expect(lone.fault).toBeUndefined();
    lone.feed('1 1 0 command-argument continuation ');
    expect(lone.fault).toMatchObject({ rule: '9.1.14', closeCode: 4429 });
    expect(DEFAULT_LIMITS.controlBudget).toBeGreaterThan(3);
  });
});

function dialectOf(): NonNullable<ReturnType<typeof dialectByName>> {
  const found = dialectByName(DIALECT);
  if (found === undefined) throw new Error(`There is no dialect ${DIALECT}.`);
  return found;
}
