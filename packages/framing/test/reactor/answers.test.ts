import { describe, expect, it } from 'vitest';
import { fromHex } from '../frame/vectors.js';
import { specTable } from '../spec.js';
import { type LoneOptions, LonePeer, rawFrame } from './lone-peer.js';

const CLIENTS: readonly LoneOptions[] = [{ role: 'client' }, { role: 'client', dialect: 'exp-framing-0006' }];
const OK = "cbor:{b'status': b'ok'}";
const OK_BYTES = 'a146737461747573426f6b';

/** A client that has sent request 1, and request 3 to see that nothing else is harmed. */
function asked(options: LoneOptions): LonePeer {
  const lone = new LonePeer(options);
  lone.peer.open({ name: 'asked' });
  lone.peer.open({ name: 'other' });
  lone.sent();
  return lone;
}

function give(lone: LonePeer, ...frames: string[]): void {
  lone.feed(...frames.map((frame) => frame.replace(' S ', ` ${lone.stream} `)));
}

/** The other request still gets its answer. */
function expectUnharmed(lone: LonePeer): void {
  give(lone, `3 S 0 command-response eos ${OK}`);
  expect(lone.fault).toBeUndefined();
  expect(lone.kinds(3)).toEqual(['answering', 'ended']);
}

const STATES: Readonly<Record<string, readonly string[]>> = {
  waiting: [],
  answering: [`1 S 0 command-response continuation ${OK}`],
  ended: [`1 S 0 command-response eos ${OK}`],
};

const INPUTS: Readonly<Record<string, string>> = {
  'response continuation': '1 S 0 command-response continuation \\xa1',
  'response eos': `1 S 0 command-response eos ${OK}`,
  error: "1 S 0 error-response 0 cbor:{b'message': [], b'type': b'command'}",
  text: "1 S 0 text-output 0 cbor:[{b'msg': b'm'}]",
  progress: "1 S 0 progress 0 cbor:{b'topic': b't', b'pos': 1, b'total': 2}",
};

const EVENTS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  waiting: {
    'response continuation': [],
    'response eos': ['answering', 'ended'],
    error: ['failed'],
    text: ['output'],
    progress: ['progress'],
  },
  answering: {
    'response continuation': ['answering'],
    'response eos': ['answering', 'values', 'ended'],
    error: ['answering', 'failed'],
    text: ['answering', 'output'],
    progress: ['answering', 'progress'],
  },
};

const pairs = Object.keys(STATES).flatMap((state) => Object.keys(INPUTS).map((input) => ({ state, input })));

it("SPEC 5.5 the table of the answerer's half is the one that these tests go by", () => {
  const legal = specTable('- **5.5**').map(([state = '', response, eos, error, side]) => {
    const cells = { 'response continuation': response, 'response eos': eos, error, text: side, progress: side };
    return [state, Object.keys(cells).filter((input) => cells[input as keyof typeof cells] !== '')];
  });
  expect(legal).toEqual([
    ['absent or ended', []],
    ['waiting (no complete status map)', Object.keys(EVENTS['waiting'] ?? {})],
    ['answering', Object.keys(EVENTS['answering'] ?? {})],
  ]);
});

describe.each(CLIENTS)("SPEC 5.5 the answerer's half in %j", (options) => {
  it.each(pairs)('goes by the table: $state, $input', ({ state, input }) => {
    const lone = asked(options);
    give(lone, ...(STATES[state] ?? []), INPUTS[input] as string);
    const legal = EVENTS[state]?.[input];
    expect(lone.fault?.rule).toBe(legal === undefined ? '5.5' : undefined);
    if (legal === undefined) return;
    expect(lone.kinds(1)).toEqual(legal);
    expectUnharmed(lone);
  });

  it.each(Object.keys(INPUTS))('breaks with the %s of a request that was never opened', (input) => {
    const lone = asked(options);
    give(lone, (INPUTS[input] as string).replace('1', '5'));
    expect(lone.fault?.rule).toBe('5.5');
  });
});

describe.each(CLIENTS)('SPEC 5.5, 8.4.5 an answer in %j', (options) => {
  it('to a request of which nothing was sent yet breaks the connection', () => {
    const lone = new LonePeer(options);
    lone.peer.open({ name: 'queued' });
    give(lone, `1 S 0 command-response eos ${OK}`);
    expect(lone.fault?.rule).toBe('5.5');
  });
});

describe.each(CLIENTS)('SPEC 3.4 answers in %j', (options) => {
  const values = fromHex([OK_BYTES, '01', '83010203', '5f41614162ff', 'a1617801', '6568656c6c6f', 'f93e00'].join(''));
  const expected = [1, [1, 2, 3], Uint8Array.of(0x61, 0x62), { x: 1 }, 'hello', 1.5];

  it('SPEC 3.4.1, 3.1.1 may be cut anywhere, and hold indefinite lengths', () => {
    for (let cut = 0; cut <= values.length; cut++) {
      const lone = asked(options);
      lone.feedBytes(rawFrame(1, lone.stream, 0, 3, 1, values.subarray(0, cut)));
      lone.feedBytes(rawFrame(1, lone.stream, 0, 3, 2, values.subarray(cut)));
      expect(lone.values(1)).toEqual(expected);
      expect(lone.kinds(1).filter((kind) => kind !== 'values')).toEqual(['answering', 'ended']);
    }
  });

  it('SPEC 3.4.1 may come in frames of one byte, with the sizes of the values', () => {
    const lone = asked(options);
    for (const byte of values) lone.feedBytes(rawFrame(1, lone.stream, 0, 3, 1, Uint8Array.of(byte)));
    give(lone, '1 S 0 command-response eos ');
    expect(lone.values(1)).toEqual(expected);
    expect(lone.of('values', 1).flatMap(({ sizes }) => sizes)).toEqual([1, 4, 6, 4, 6, 3]);
  });

  it('SPEC 3.4.5 may have no values', () => {
    const lone = asked(options);
    lone.feedBytes(fromHex(`0b000001000${options.dialect ? '20032' : '40032'}${OK_BYTES}`));
    expect(lone.kinds(1)).toEqual(['answering', 'ended']);
  });

  it('SPEC 3.1.2, 3.4.2 may have a status of text strings, in any order of keys', () => {
    const lone = asked(options);
    give(lone, "1 S 0 command-response eos cbor:{'later': 1, 'status': 'ok'}");
    expect(lone.kinds(1)).toEqual(['answering', 'ended']);
  });

  const error = "cbor:{b'error': {b'message': b'no %s', b'args': [b'luck']}, b'status': b'error'}";

  it('SPEC 3.4.3 may be an error, of which the caller hears at the end', () => {
    const whole = asked(options);
    give(whole, `1 S 0 command-response eos ${error}`);
    const pieces = asked(options);
    give(pieces, `1 S 0 command-response continuation ${error}`);
    expect(pieces.kinds(1)).toEqual([]);
    give(pieces, '1 S 0 command-response eos ');
    for (const lone of [whole, pieces]) {
      expect(lone.kinds(1)).toEqual(['failed']);
      expect(lone.error(1)?.message).toBe('no luck');
      expect(lone.sentSession()).toEqual([]);
      expectUnharmed(lone);
    }
  });

  it('SPEC 3.4.3 keep their error when the connection ends before them', () => {
    const lone = asked(options);
    give(lone, `1 S 0 command-response continuation ${error}`);
    lone.lose();
    expect(lone.error(1)?.message).toBe('no luck');
    expect(lone.error(3)?.code).toBe('connection-lost');
  });

  it.each([
    ['no status', '01'],
    ['a redirect', 'a2466c6f636174696f6ea04673746174757348726564697265637' + '4'],
    ['a status of another kind', 'a146737461747573437965' + '73'],
    ['an error without a message', 'a2456572726f72a046737461747573456572726f72'],
    ['a stray break', `${OK_BYTES}ff`],
    ['a tag', `${OK_BYTES}c001`],
    ['a tstr that is not UTF-8', `${OK_BYTES}61ff`],
    ['a key that comes twice', `${OK_BYTES}a2616101616102`],
    ['a reserved head', `${OK_BYTES}1c`],
  ])('SPEC 3.4.4, 3.1.5, 3.1.7 fail alone with %s', (_, hex) => {
    const lone = asked(options);
    lone.feedBytes(rawFrame(1, lone.stream, 0, 3, 1, fromHex(hex)));
    expect(lone.error(1)).toMatchObject({ code: 'protocol' });
    expect(lone.sentSession()).toEqual(options.dialect ? [] : [expect.stringMatching(CANCELLED_FOR_PROTOCOL)]);
    give(lone, '1 S 0 command-response continuation \\xff\\xff', "1 S 0 text-output 0 cbor:[{b'msg': b'm'}]");
    expect(lone.of('failed', 1)).toHaveLength(1);
    expectUnharmed(lone);
  });

  it.each([
    ['no status', ''],
    ['half a status', OK_BYTES.slice(0, 8)],
    ['half a value', `${OK_BYTES}8201`],
    ['a value after an error', 'a2456572726f72a1476d6573736167654161467374617475734565' + '72726f7201'],
    ['half a value after an error', 'a2456572726f72a1476d65737361676541614673746174757345' + '6572726f7282'],
  ])('SPEC 3.4.4 fail alone when they end with %s', (_, hex) => {
    const lone = asked(options);
    lone.feedBytes(rawFrame(1, lone.stream, 0, 3, 2, fromHex(hex)));
    expect(lone.kinds(1).filter((kind) => kind !== 'answering')).toEqual(['failed']);
    expect(lone.error(1)).toMatchObject({ code: 'protocol' });
    expect(lone.sentSession()).toEqual([]);
    expectUnharmed(lone);
  });

  it('SPEC 3.4.2 do not begin with a status that only looks like one, inside another', () => {
    const lone = asked(options);
    lone.feedBytes(rawFrame(1, lone.stream, 0, 3, 1, fromHex('a1467374617475734b')));
    lone.feedBytes(rawFrame(1, lone.stream, 0, 3, 1, fromHex(OK_BYTES)));
    expect(lone.kinds(1)).toEqual(['failed']);
    expect(lone.error(1)?.code).toBe('protocol');
    expectUnharmed(lone);
  });

  it('SPEC 3.4.4 still give the values before the fault', () => {
    const lone = asked(options);
    lone.feedBytes(rawFrame(1, lone.stream, 0, 3, 1, fromHex(`${OK_BYTES}0102ff03`)));
    expect(lone.values(1)).toEqual([1, 2]);
    expect(lone.kinds(1)).toEqual(['answering', 'values', 'failed']);
  });

  it('SPEC 3.4.6, 3.5 may end with an error frame behind their values', () => {
    const lone = asked(options);
    give(lone, `1 S 0 command-response continuation ${OK}`, '1 S 0 command-response continuation cbor:7');
    give(
      lone,
      "1 S 0 error-response 0 cbor:{b'message': [{b'msg': b'broke'}], b'type': b'weather', b'code': b'storm'}",
    );
    expect(lone.kinds(1)).toEqual(['answering', 'values', 'failed']);
    expect(lone.error(1)).toMatchObject({ code: options.dialect ? 'remote-error' : 'storm', message: 'broke' });
    expectUnharmed(lone);
  });

  it('SPEC 3.5.3 may end with an error longer than any that is sent', () => {
    const lone = asked(options);
    give(lone, `1 S 0 error-response 0 cbor:{b'message': [{b'msg': b'${'m'.repeat(60_000)}'}]}`);
    expect(lone.error(1)?.message).toHaveLength(60_000);
    expectUnharmed(lone);
  });

  it('SPEC 3.6.3 may have text and progress before the status', () => {
    const lone = asked(options);
    give(lone, INPUTS['text'] as string, INPUTS['progress'] as string, `1 S 0 command-response eos ${OK}`);
    expect(lone.kinds(1)).toEqual(['output', 'progress', 'answering', 'ended']);
    expect(lone.of('output')).toMatchObject([{ atoms: [{ text: 'm', args: [], labels: [] }] }]);
    expect(lone.of('progress')).toMatchObject([{ update: { topic: 't', pos: 1, total: 2 } }]);
  });

  it.each([
    ['3.5.1', 'error-response 0 cbor:{}'],
    ['3.5.1', 'error-response 0 '],
    ['3.6.1', "text-output 0 cbor:[b'm']"],
    ['3.6.1', 'text-output 0 \\x81'],
    ['3.7.1', "progress 0 cbor:{b'pos': 1}"],
    ['3.7.1', 'progress 0 \\xff'],
  ])('SPEC 3.1.7, 3.5.1, 3.6.1, 3.7.1 break the connection (%s) with %s', (rule, frame) => {
    const lone = asked(options);
    give(lone, `1 S 0 ${frame}`);
    expect(lone.fault).toMatchObject({ rule, closeCode: 1002 });
  });

  it.each([
    ['depth', { cborDepth: 3 }, '8181' + '80', '81818180'],
    ['items', { cborItems: 3 }, '820102', '83010203'],
    ['length', { valueBytes: 100 }, `5862${'00'.repeat(98)}`, `5863${'00'.repeat(99)}`],
  ])('SPEC 9.1.7, 9.1.8, 9.1.9, 8.12.9 fail alone with `too-big` past the bound of %s', (_, limits, at, past) => {
    const lone = asked({ ...options, limits });
    lone.feedBytes(rawFrame(1, lone.stream, 0, 3, 1, fromHex(OK_BYTES + at)));
    expect(lone.of('values', 1)).toHaveLength(1);
    lone.feedBytes(rawFrame(1, lone.stream, 0, 3, 1, fromHex(past)));
    expect(lone.error(1)?.code).toBe('too-big');
    if (options.dialect === undefined) expect(lone.sent().join()).toContain("cancel 0 cbor:{b'code': b'too-big'}");
    expectUnharmed(lone);
  });

  it('SPEC 9.1.9, 3.1.6 fail on the head of a value that is too long, before its bytes come', () => {
    const lone = asked({ ...options, limits: { valueBytes: 1_000 } });
    lone.feedBytes(rawFrame(1, lone.stream, 0, 3, 1, fromHex(`${OK_BYTES}5a7fffffff00`)));
    expect(lone.error(1)?.code).toBe('too-big');
    expectUnharmed(lone);
  });
});

const CANCELLED_FOR_PROTOCOL = /^1 \d \S+ cancel 0 cbor:\{b'code': b'protocol'\}$/;
