import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeValue } from '../../src/cbor/index.js';
import { DIALECT_NAMES } from '../../src/frame/frame-types.js';
import { ContextBudget } from '../../src/stream/contexts.js';
import { everyChunking } from '../../src/testing/chunking.js';
import { deflated, frame, joined, Told } from './wire.js';

const STATUS = encodeValue(new Map([[Buffer.from('status'), Buffer.from('ok')]]));
const ECHO = frame("1 3 stream-begin command-request new cbor:{b'name': b'echo'}");
const ANSWER = frame("1 4 stream-begin command-response eos cbor:{b'status': b'ok'}");

describe('ConnectionFollower', () => {
  it('describes the frames of both directions with their commands, and sums up their request', async () => {
    const told = new Told();
    await told.receive('in', ECHO, 5);
    await told.receive('out', ANSWER, 8);
    expect(told.lines).toEqual([
      "in 1 3 stream-begin command-request new cbor:{b'name': b'echo'}",
      "out 1 4 stream-begin command-response eos cbor:{b'status': b'ok'}",
    ]);
    expect(told.frames[1]).toMatchObject({ seq: 1, time: 8, offset: 0, bytes: 11, command: 'echo' });
    expect(told.requests).toEqual([
      {
        id: 1,
        command: 'echo',
        opener: 'in',
        since: 5,
        until: 8,
        frames: { in: 1, out: 1 },
        bytes: { in: ECHO.length, out: ANSWER.length },
        values: 0,
        result: 'ok',
      },
    ]);
    expect(told.follower.problems).toBe(0);
  });

  it('tells the same wherever the bytes are cut, also of encoded streams', async () => {
    const row = encodeValue({ row: 1, text: 'x'.repeat(90) });
    const out = await deflated(4, 1, [joined(STATUS, row.subarray(0, 7)), joined(row.subarray(7), row)]);
    const seen = new Set<string>();
    for (const chunks of everyChunking(out)) {
      const told = new Told();
      await told.receive('in', ECHO);
      for (const chunk of chunks) await told.receive('out', chunk);
      told.follower.end();
      seen.add(JSON.stringify([told.frames, told.requests, told.problems]));
    }
    expect(seen.size).toBe(1);
    const [frames, requests] = JSON.parse([...seen][0]!) as [Record<string, unknown>[], Record<string, unknown>[]];
    expect(frames[2]).toMatchObject({ encoding: 'zlib', plainBytes: STATUS.length + 7 });
    expect(frames[3]).toMatchObject({ values: [{ row: 1 }, { row: 1 }] });
    expect(requests).toMatchObject([{ command: 'echo', values: 2, result: 'ok' }]);
  });

  it.each([
    ["1 4 stream-begin error-response 0 cbor:{b'code': b'gone', b'message': [{b'msg': b'no'}], b'type': b'command'}"],
    [
      "1 4 stream-begin command-response eos cbor:{b'error': {b'code': b'gone', b'message': b'no'}, b'status': b'error'}",
    ],
  ])('tells how a request failed: %s', async (answer) => {
    const told = new Told();
    await told.receive('in', ECHO);
    await told.receive('out', frame(answer));
    expect(told.requests).toMatchObject([{ result: 'error', code: 'gone', message: 'no' }]);
  });

  it.each([
    ["{b'location': {b'url': b'u'}, b'status': b'redirect'}", { result: 'redirect' }],
    ["{b'status': b'error'}", { result: 'error' }],
    [
      "{b'error': {b'args': [b'a', 7, b'c'], b'message': b'%s of %s in %s', b'type': b'gone'}, b'status': b'error'}",
      { result: 'error', code: 'gone', message: 'a of  in c' },
    ],
    ["{b'error': {b'args': 7, b'message': b'no'}, b'status': b'error'}", { result: 'error', message: 'no' }],
  ])('SPEC 3.4.2 tells what a status says: %s', async (status, expected) => {
    const told = new Told();
    await told.receive('in', ECHO);
    await told.receive('out', frame(`1 4 stream-begin command-response eos cbor:${status}`));
    expect(told.requests).toMatchObject([expected]);
  });

  it('SPEC 5.2 finds a request that is opened twice, and one that its sender may not open', async () => {
    const told = new Told();
    await told.receive('in', joined(ECHO, frame("1 3 0 command-request new cbor:{b'name': b'echo'}")));
    await told.receive('in', frame("2 3 0 command-request new cbor:{b'name': b'echo'}"));
    expect(told.frames.slice(1)).toMatchObject([{ problem: { rule: '5.2' } }, { problem: { rule: '5.2' } }]);
  });

  it('SPEC 3.3.3 waits for the data that a request announced', async () => {
    const told = new Told();
    await told.receive('in', frame("1 3 stream-begin command-request new|have-data cbor:{b'name': b'put'}"));
    await told.receive('out', ANSWER);
    expect(told.requests).toEqual([]);
    await told.receive('in', frame('1 3 0 command-data continuation a'));
    expect(told.requests).toEqual([]);
    await told.receive('in', frame('1 3 0 command-data eos b'));
    expect(told.requests).toMatchObject([{ command: 'put', result: 'ok', frames: { in: 3, out: 1 } }]);
  });

  it('SPEC 3.4.13 reads the bytes of older dialects as they are, and what is flagged CBOR as that', async () => {
    const told = new Told({ dialect: 'exp-framing-0003' });
    const lines = [
      ['in', "1 1 stream-begin command-request new cbor:{b'name': b'echo'}"],
      ['out', "1 2 stream-begin bytes-response continuation|cbor cbor:{'row': 1}"],
      ['out', '1 2 0 bytes-response eos abc'],
    ] as const;
    for (const [direction, line] of lines) await told.receive(direction, frame(line, 'exp-framing-0003'));
    expect(told.frames.slice(1)).toMatchObject([{ values: [{ row: 1 }] }, { payload: 'abc' }]);
    expect(told.requests).toMatchObject([{ command: 'echo', result: 'ok' }]);
  });

  it('SPEC 3.8.6 finds settings of a stream that has them, and takes those that are cut', async () => {
    const told = new Told();
    await told.receive('in', frame('0 3 stream-begin stream-settings continuation \\x48ident'));
    await told.receive('in', frame('0 3 0 stream-settings eos ity'));
    expect(told.follower.problems).toBe(0);
    await told.receive('in', frame("0 3 0 stream-settings eos cbor:b'identity'"));
    expect(told.frames[2]).toMatchObject({ problem: { rule: '3.8.6' } });
  });

  it('SPEC 3.6.1 reads text output as CBOR, and that of exp-framing-0002 as it is', async () => {
    const told = new Told();
    await told.receive('in', ECHO);
    await told.receive('out', frame("1 4 stream-begin text-output 0 cbor:[{b'msg': b'hi'}]"));
    expect(told.frames[1]).toMatchObject({ values: [[{}]] });
    const old = new Told({ dialect: 'exp-framing-0002' });
    await old.receive('in', frame('1 1 stream-begin command-name eos echo', 'exp-framing-0002'));
    await old.receive('out', frame('1 2 stream-begin text-output 0 \\x02\\x00hi', 'exp-framing-0002'));
    expect(old.lines[1]).toBe('out 1 2 stream-begin text-output 0 \\x02\\x00hi');
  });

  it('hides what follows bytes that are no CBOR', async () => {
    const told = new Told();
    await told.receive('in', ECHO);
    await told.receive('out', frame('1 4 stream-begin command-response continuation \\xff'));
    await told.receive('out', frame('1 4 0 command-response eos \\x01\\x02\\x03'));
    expect(told.frames.slice(1)).toMatchObject([
      { problem: { rule: '3.4.4' } },
      { payload: '***', note: 'It follows bytes that are no CBOR.' },
    ]);
  });

  it('tells how a cancelled request stopped, and of those that stay open', async () => {
    const told = new Told();
    await told.receive('in', ECHO);
    await told.receive('in', frame('1 3 0 cancel 0 '));
    await told.receive('out', frame("1 4 stream-begin cancel ack cbor:{b'result': b'stopped'}"));
    await told.receive('in', frame("3 3 0 command-request new cbor:{b'name': b'rows'}"));
    told.follower.end();
    expect(told.requests).toMatchObject([
      { result: 'cancelled', code: 'stopped' },
      { id: 3, command: 'rows', result: 'open' },
    ]);
  });

  it.each([
    ['1.3', '1 3 stream-begin|64 command-request new '],
    ['2.2', '1 3 stream-begin 4 0 '],
    ['2.3', '1 3 stream-begin command-data 3 '],
    ['4.1', '1 4 stream-begin command-data eos '],
    ['4.3', '1 3 0 command-data eos '],
    ['5.4', '1 3 stream-begin command-data eos '],
    ['3.2.4', '1 3 stream-begin command-request new \\xff'],
    ['3.8.5', '0 3 stream-begin stream-settings eos cbor:7'],
  ])('SPEC %s finds the rule that a frame breaks: %s', async (rule, text) => {
    const told = new Told();
    await told.receive('in', joined(ECHO.subarray(0, 0), frame(text)));
    expect(told.frames[0]).toMatchObject({ problem: { rule }, offset: 0 });
    expect(told.follower.problems).toBe(1);
  });

  it('tells where bytes end inside a frame, and where none can begin', async () => {
    const told = new Told();
    await told.receive('in', joined(ECHO, ECHO.subarray(0, 12)));
    await told.receive('out', new Uint8Array(20).fill(0xff));
    told.follower.end();
    expect(told.problems).toMatchObject([
      { rule: '1.5', direction: 'out', offset: 0 },
      { rule: '1.1', direction: 'in', offset: ECHO.length },
    ]);
  });

  it('says so where an encoding is not known, and hides what it cannot read', async () => {
    const told = new Told({ codecs: [] });
    await told.receive('in', ECHO);
    await told.receive('out', await deflated(4, 1, [STATUS]));
    expect(told.frames[2]).toMatchObject({ encoding: 'zlib', note: 'Nothing here decodes `zlib`.' });
    expect(told.frames[2]!.payload).toMatch(/^… \(\d+ bytes\)$/);
    expect(told.frames[2]).not.toHaveProperty('plainBytes');
  });

  it('takes its contexts from the budget it is given, and gives them back', async () => {
    const contexts = new ContextBudget(1);
    const told = new Told({ contexts });
    await told.receive('in', ECHO);
    await told.receive('out', await deflated(4, 1, [STATUS]));
    await told.receive('out', await deflated(6, 3, [STATUS]));
    expect(told.frames[2]).toHaveProperty('plainBytes');
    expect(told.frames[4]).toMatchObject({ note: 'More streams are encoded than can be followed.' });
    expect(contexts.taken).toBe(1);
    told.follower.end();
    expect(contexts.taken).toBe(0);
  });

  it('gives a stream up that decodes to too much', async () => {
    const told = new Told();
    await told.receive('in', ECHO);
    await told.receive('out', await deflated(4, 1, [new Uint8Array(5 * 1024 * 1024), STATUS]));
    expect(told.frames.map(({ note }) => note)).toEqual([
      undefined,
      undefined,
      expect.stringContaining('decodes to more than'),
      expect.stringContaining('decodes to more than'),
    ]);
  });

  it('describes every dialect by its own names', async () => {
    const told = new Told({ dialect: 'exp-framing-0002' });
    const names = [
      '1 1 stream-begin command-name have-args rows',
      '1 1 0 command-argument eoa \\x05\\x00\\x02\\x00count42',
    ];
    for (const text of names) await told.receive('in', frame(text, 'exp-framing-0002'));
    await told.receive('out', frame('1 2 stream-begin error-response application no', 'exp-framing-0002'));
    expect(told.lines).toEqual([
      'in 1 1 stream-begin command-name have-args rows',
      'in 1 1 0 command-argument eoa \\x05\\x00\\x02\\x00count42',
      'out 1 2 stream-begin error-response application no',
    ]);
    expect(told.requests).toMatchObject([{ command: 'rows', result: 'error', code: 'application', message: 'no' }]);
  });

  it('never throws, whatever bytes come, in every dialect', async () => {
    const chunk = fc.tuple(fc.constantFrom('in', 'out'), fc.uint8Array({ maxLength: 60 }));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...DIALECT_NAMES),
        fc.boolean(),
        fc.array(chunk),
        async (dialect, start, chunks) => {
          const told = new Told({ dialect, fromStart: start });
          for (const [direction, bytes] of chunks) await told.receive(direction, bytes);
          told.follower.end();
        },
      ),
    );
  });

  it('never throws where a real session is damaged', async () => {
    const session = joined(await deflated(4, 1, [STATUS, encodeValue({ a: [1, 'b'] }), encodeValue('c')]), ANSWER);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(session.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 200 }),
        async (damage, size) => {
          const bytes = session.slice();
          for (const [at, byte] of damage) bytes[at] = byte;
          const told = new Told();
          await told.receive('in', ECHO);
          for (let at = 0; at < bytes.length; at += size) await told.receive('out', bytes.subarray(at, at + size));
          told.follower.end();
          expect(told.follower.frames).toBe(told.frames.length);
        },
      ),
    );
  });
});

describe('a follower that begins in the middle', () => {
  const begin = { fromStart: false, known: [{ id: 1, command: 'rows', since: 3 }] };

  it('is in step from the first chunk of whole frames, and knows what it was told', async () => {
    const told = new Told(begin);
    const value = frame("1 4 0 command-response continuation cbor:{'row': 1}");
    await told.receive('out', ECHO.subarray(3));
    expect(told.frames).toEqual([]);
    expect(told.follower.passedOver('out')).toBe(ECHO.length - 3);
    await told.receive('out', value);
    expect(told.frames).toMatchObject([{ command: 'rows', values: [{ row: 1 }] }]);
    await told.receive('in', value);
    expect(told.frames).toHaveLength(1);
    expect(told.follower.passedOver('in')).toBe(value.length);
    expect(told.follower.passedOver('out')).toBe(ECHO.length - 3);
    expect(told.follower.problems).toBe(0);
  });

  it('hides the rest of a value until one begins with its frame', async () => {
    const told = new Told(begin);
    await told.receive('out', frame('1 4 0 command-response continuation \\x85\\x01'));
    await told.receive('out', frame("1 4 0 command-response continuation cbor:{'row': 2}"));
    expect(told.frames).toMatchObject([
      { payload: '**', note: 'It began before it was watched.' },
      { values: [{ row: 2 }] },
    ]);
  });

  it('cannot decode a stream that was running, and decodes one that begins', async () => {
    const told = new Told(begin);
    const before = await deflated(4, 1, [STATUS, STATUS]);
    const settings = frame("1 4 stream-begin stream-settings eos cbor:b'zlib'").length;
    await told.receive('out', before.subarray(settings));
    expect(told.frames.map(({ encoding, note }) => [encoding, note])).toEqual([
      ['unknown', 'Stream 4 was running before it was watched.'],
      ['unknown', 'Stream 4 was running before it was watched.'],
    ]);
    await told.receive('out', await deflated(6, 3, [STATUS]));
    expect(told.frames.at(-1)).toMatchObject({ encoding: 'zlib', plainBytes: STATUS.length });
  });

  it('takes up again after a gap', async () => {
    const told = new Told();
    await told.receive('in', ECHO);
    await told.receive('out', ANSWER.subarray(0, 9));
    told.follower.gap('out');
    await told.receive('out', frame("1 4 0 command-response eos cbor:{'row': 1}"));
    expect(told.frames.at(-1)).toMatchObject({ command: 'echo', values: [{ row: 1 }] });
    expect(told.follower.passedOver('out')).toBe(9);
    expect(told.follower.problems).toBe(0);
  });

  it('counts the frames of a gap, where they are known', async () => {
    const told = new Told();
    await told.receive('in', ECHO);
    told.follower.gap('out', 40);
    await told.receive('out', frame("1 4 0 command-response eos cbor:{'row': 1}"));
    expect(told.frames.map(({ seq }) => seq)).toEqual([0, 41]);
    expect(told.follower.frames).toBe(42);
  });

  it('skips frames, counts them, and stays in step inside one', async () => {
    const told = new Told();
    await told.receive('in', ECHO);
    const rows = frame("1 4 0 command-response continuation cbor:{'row': 1}");
    const three = Uint8Array.from([...rows, ...rows, ...rows]);
    expect(told.follower.skip('out', ANSWER, 5)).toBe(1);
    expect(told.follower.skip('out', three.subarray(0, rows.length + 9), 6)).toBe(1);
    await told.receive('out', three.subarray(rows.length + 9));
    expect(told.frames.slice(1)).toMatchObject([
      { seq: 3, offset: ANSWER.length + rows.length, command: 'echo', values: [{ row: 1 }] },
      { seq: 4, values: [{ row: 1 }] },
    ]);
    expect([told.follower.frames, told.follower.passedOver('out'), told.follower.problems]).toEqual([5, 0, 0]);
  });

  it('takes no request for open that may have ended in a gap', async () => {
    const told = new Told();
    await told.receive('in', ECHO);
    told.follower.gap('out', 1);
    await told.receive('in', frame("1 3 0 command-request new cbor:{b'name': b'rows'}"));
    await told.receive('out', ANSWER);
    expect(told.frames.at(-1)).toMatchObject({ command: 'rows', payload: "cbor:{b'status': b'ok'}" });
    expect(told.follower.problems).toBe(0);
  });

  it('follows 4,096 requests, and one more in place of one that may have ended in a gap', async () => {
    const told = new Told();
    const open = (id: number) => told.receive('in', frame(`${id} 3 0 command-request new cbor:{b'name': b'echo'}`));
    await told.receive('in', ECHO);
    told.follower.gap('out', 1);
    for (let id = 3; id <= 2 * 4_096 + 1; id += 2) await open(id);
    expect(told.frames.at(-1)).toMatchObject({ command: 'echo' });
    await open(2 * 4_096 + 3);
    expect(told.frames.at(-1)).toMatchObject({ note: 'Its request is not known.' });
    await told.receive('out', frame("3 4 stream-begin command-response eos cbor:{b'status': b'ok'}"));
    await open(2 * 4_096 + 3);
    expect(told.frames.at(-1)).toMatchObject({ command: 'echo' });
  });

  it('SPEC 3.1.7, 4.3: takes nothing that was skipped for known', async () => {
    const told = new Told();
    await told.receive('in', ECHO);
    const encoded = await deflated(4, 1, [STATUS, STATUS]);
    const settings = frame("1 4 stream-begin stream-settings eos cbor:b'zlib'").length;
    told.follower.skip('out', encoded.subarray(0, settings), 5);
    await told.receive('out', encoded.subarray(settings));
    expect(told.frames.at(-1)).toMatchObject({ note: 'Stream 4 was running before it was watched.' });
    expect(told.follower.problems).toBe(0);
  });

  it('SPEC 1.1: tells of bytes that are no frames also where it skips, once, and then of nothing', async () => {
    const told = new Told();
    const bad = Uint8Array.of(0, 0, 0xff, 1, 0, 1, 0, 0x11);
    expect(told.follower.skip('out', bad, 5)).toBe(0);
    expect(told.follower.skip('out', ECHO, 6)).toBe(0);
    expect(told.problems).toMatchObject([{ direction: 'out', offset: 0 }]);
    told.follower.close();
    expect(told.follower.skip('in', ECHO, 7)).toBe(0);
  });
});

describe('SPEC 8.8.8 a session that goes on', () => {
  const settings = (resumed: string): string =>
    `0 2 stream-begin sender-protocol-settings eos cbor:{b'wiremux': {b'session': {b'resumed': ${resumed}}}}`;
  const ask = "0 1 stream-begin sender-protocol-settings eos cbor:{b'wiremux': {b'session': {b'resume': b'x'}}}";

  it('has streams and requests that were begun before', async () => {
    const told = new Told();
    await told.receive('in', frame(ask));
    await told.receive('out', frame(settings('True')));
    await told.receive('in', frame('1 3 0 credit 0 cbor:5'));
    await told.receive('out', frame('1 4 0 command-response eos cbor:7'));
    expect(told.frames.flatMap(({ problem }) => problem ?? [])).toEqual([]);
  });

  it('has none where it was lost', async () => {
    const told = new Told();
    await told.receive('in', frame(ask));
    await told.receive('out', frame(settings('False')));
    await told.receive('out', frame('1 4 0 command-response eos cbor:7'));
    expect(told.frames.at(-1)?.problem?.rule).toBe('4.3');
  });

  it('SPEC 8.8.12 keeps its secret', async () => {
    const told = new Told();
    const secret = "b'received': 0, b'resume': b'0123456789abcdef', b'secret': b'hush'";
    await told.receive(
      'in',
      frame(`0 1 stream-begin sender-protocol-settings eos cbor:{b'wiremux': {b'session': {${secret}}}}`),
    );
    expect(told.lines.join()).not.toContain('hush');
    expect(JSON.stringify(told.frames)).not.toContain('hush');
  });
});
