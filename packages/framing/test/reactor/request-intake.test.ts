import { describe, expect, it } from 'vitest';
import { fromHex } from '../frame/vectors.js';
import { specTable } from '../spec.js';
import { type LoneOptions, LonePeer, rawFrame } from './lone-peer.js';

const OLD: LoneOptions = { dialect: 'exp-framing-0006' };
const NAME = "cbor:{b'name': b'x'}";

/** A map that is cut in two. */
const FIRST = '\\xa1\\x44na';
const REST = 'me\\x41x';

/** Frames that put request 1 into a state of SPEC 5.4. */
const STATES: Readonly<Record<string, readonly string[]>> = {
  absent: [],
  opening: [`1 S 0 command-request new|more|have-data ${FIRST}`],
  sending: [`1 S 0 command-request new|have-data ${NAME}`],
  ended: [`1 S 0 command-request new ${NAME}`],
};

/** One frame of each kind that an opener sends. */
const INPUTS: Readonly<Record<string, string>> = {
  'cr new': `1 S 0 command-request new ${NAME}`,
  'cr new, data': `1 S 0 command-request new|have-data ${NAME}`,
  'cr new+more': `1 S 0 command-request new|more|have-data ${FIRST}`,
  'cr continuation+more': '1 S 0 command-request continuation|more|have-data m',
  'cr continuation': `1 S 0 command-request continuation|have-data ${REST}`,
  'data continuation': '1 S 0 command-data continuation d',
  'data eos': '1 S 0 command-data eos d',
};

/** State and input to the events that follow; all other pairs break the connection. */
const LEGAL: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  absent: { 'cr new': ['request'], 'cr new, data': ['request'], 'cr new+more': [] },
  opening: { 'cr continuation+more': [], 'cr continuation': ['request'] },
  sending: { 'data continuation': ['request', 'data'], 'data eos': ['request', 'data', 'data-end'] },
  ended: {},
};

/** The rule for each input where it is not legal. */
const RULES: Readonly<Record<string, string>> = {
  'cr new': '5.2',
  'cr new, data': '5.2',
  'cr new+more': '5.2',
  'cr continuation+more': '5.4',
  'cr continuation': '5.4',
  'data continuation': '3.3.3',
  'data eos': '3.3.3',
};

const pairs = Object.keys(STATES).flatMap((state) => Object.keys(INPUTS).map((input) => ({ state, input })));

function at(lone: LonePeer, frames: readonly string[]): void {
  lone.feed(...frames.map((frame) => frame.replace(' S ', ` ${lone.stream} `)));
}

/** Whether the table of SPEC 5.4 allows an input in a state. */
function isLegal(state: string, input: string): boolean {
  const inputs = ['cr new', 'cr new+more', 'cr continuation+more', 'cr continuation', 'data continuation', 'data eos'];
  const row = specTable('- **5.4**').find(([name]) => name === state) ?? [];
  return (row[1 + inputs.indexOf(input.replace(', data', ''))] ?? '') !== '';
}

it("SPEC 5.4 the table of the opener's half is the one that these tests go by", () => {
  expect(specTable('- **5.4**').map(([state]) => state)).toEqual(Object.keys(STATES));
  for (const { state, input } of pairs) {
    expect([state, input, isLegal(state, input)]).toEqual([state, input, LEGAL[state]?.[input] !== undefined]);
  }
});

describe.each([{}, OLD])("SPEC 5.4 the opener's half in %j", (options) => {
  it.each(pairs)('SPEC 3.3.3, 5.2, 5.4 goes by the table: $state, $input', ({ state, input }) => {
    const lone = new LonePeer(options);
    at(lone, STATES[state] ?? []);
    at(lone, [INPUTS[input] as string]);
    const legal = LEGAL[state]?.[input];
    expect(lone.fault?.rule).toBe(legal === undefined ? RULES[input] : undefined);
    if (legal !== undefined) expect(lone.kinds(1)).toEqual(legal);
  });

  it('SPEC 5.3 does not mind frames of other requests between', () => {
    const lone = new LonePeer(options);
    at(lone, [
      ...(STATES['opening'] as string[]),
      `3 S 0 command-request new ${NAME}`,
      `5 S 0 command-request new|have-data ${NAME}`,
      `1 S 0 command-request continuation|have-data ${REST}`,
      '5 S 0 command-data eos 5',
      '1 S 0 command-data eos 1',
    ]);
    expect(lone.events.flatMap((event) => ('id' in event ? [`${event.id} ${event.kind}`] : []))).toEqual([
      '3 request',
      '5 request',
      '1 request',
      '5 data',
      '5 data-end',
      '1 data',
      '1 data-end',
    ]);
  });

  it('SPEC 3.2.3 announces data on every frame of its map or on none', () => {
    for (const [first, second] of [
      ['new|more', 'continuation|have-data'],
      ['new|more|have-data', 'continuation'],
    ]) {
      const lone = new LonePeer(options);
      at(lone, [`1 S 0 command-request ${first} ${FIRST}`, `1 S 0 command-request ${second} ${REST}`]);
      expect(lone.fault).toMatchObject({ rule: '3.2.3', closeCode: 1002 });
    }
  });

  it('SPEC 3.2.2 may be cut into frames of one byte', () => {
    const lone = new LonePeer(options);
    const map = fromHex('a24461726773a14161182a446e616d654178');
    for (const [index, byte] of map.entries()) {
      const flags = (index === 0 ? 1 : 2) | (index === map.length - 1 ? 0 : 4);
      lone.feedBytes(rawFrame(1, lone.stream, 0, 1, flags, Uint8Array.of(byte)));
    }
    expect(lone.of('request')).toMatchObject([{ id: 1, name: 'x', args: { a: 42 }, hasData: false }]);
  });

  it('SPEC 3.2.5, 5.7 runs the command before its data comes, and hands on each piece', () => {
    const lone = new LonePeer(options);
    at(lone, STATES['sending'] as string[]);
    expect(lone.of('request')).toMatchObject([{ hasData: true }]);
    at(lone, ['1 S 0 command-data continuation ab', '1 S 0 command-data eos c']);
    expect(lone.of('data').map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(['ab', 'c']);
    expect(lone.of('data-end')).toHaveLength(1);
  });

  it('SPEC 3.3.2 ends with an empty frame as well', () => {
    const lone = new LonePeer(options);
    at(lone, [...(STATES['sending'] as string[]), '1 S 0 command-data eos ']);
    expect(lone.kinds(1)).toEqual(['request', 'data-end']);
  });

  it.each([
    ['{}', 'no name'],
    ['[]', 'no map'],
    ["{b'name': b'', b'args': {}}", 'an empty name'],
    ["{b'name': b'x', b'args': 7}", 'arguments that are no map'],
  ])('SPEC 3.2.4 breaks the connection with %s: %s', (literal) => {
    const lone = new LonePeer(options);
    at(lone, [`1 S 0 command-request new cbor:${literal}`]);
    expect(lone.fault).toMatchObject({ rule: '3.2.4', closeCode: 1002 });
  });

  it('SPEC 3.2.4 is refused alone when an argument name is no text', () => {
    const lone = new LonePeer(options);
    at(lone, [
      `1 S 0 command-request new cbor:{b'name': b'x', b'args': {b'\\xff': 1}}`,
      INPUTS['cr new']?.replace('1', '3') ?? '',
    ]);
    expect(lone.fault).toBeUndefined();
    expect(lone.of('request').map(({ id }) => id)).toEqual([3]);
    expect(lone.sent().join()).toContain('An argument name is not UTF-8 text.');
  });

  it('SPEC 5.6, 8.4.9 keeps the id of a refused request until its half has ended, and drops its data', () => {
    const lone = new LonePeer(options);
    at(lone, ["1 S 0 command-request new|have-data cbor:{b'name': b'x', b'args': {b'\\xff': 1}}"]);
    expect(lone.sent().at(-1)).toContain('command-response eos');
    at(lone, ['1 S 0 command-data continuation abc', '1 S 0 command-data eos ', INPUTS['cr new'] as string]);
    expect(lone.fault).toBeUndefined();
    expect(lone.kinds(1)).toEqual(['request']);
    const early = new LonePeer(options);
    at(early, ["1 S 0 command-request new|have-data cbor:{b'name': b'x', b'args': {b'\\xff': 1}}"]);
    early.sent();
    at(early, [INPUTS['cr new'] as string]);
    expect(early.fault?.rule).toBe('5.2');
  });
});
