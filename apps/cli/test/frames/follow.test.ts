import { Buffer } from 'node:buffer';
import { encodeFrame, parseFrame } from '@wiremux/framing';
import { zlib } from '@wiremux/framing/zlib';
import { describe, expect, it } from 'vitest';
import { captureLine, readCapture } from '../../src/frames/capture-format.js';
import { type FollowOptions, followFrames } from '../../src/frames/follow.js';
import { type FollowedView, JSON_VIEW, TextView } from '../../src/frames/follow-view.js';
import { collect, inChunks } from './support.js';

const HEAD = '{"capture":1,"dialect":"wiremux.1","began":0}\n';
const OPTIONS: FollowOptions = { codecs: [zlib()], filter: {}, payloadShown: 64 };

function frame(text: string): Uint8Array {
  const parsed = parseFrame(text, 'wiremux.1');
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.bytes;
}

const ECHO = frame("1 3 stream-begin command-request new cbor:{b'args': {b'token': b'hush'}, b'name': b'echo'}");
const ROWS = frame("3 3 0 command-request new cbor:{b'name': b'rows'}");

async function capture(): Promise<string> {
  const encoder = zlib().createEncoder!();
  const answer = await encoder.encode(Buffer.from('a146737461747573426f6b', 'hex'));
  encoder.close();
  const out = Buffer.concat([
    frame("1 4 stream-begin stream-settings eos cbor:b'zlib'"),
    encodeFrame({ requestId: 1, streamId: 4, streamFlags: 4, type: 3, flags: 2 }, answer),
  ]);
  return [
    HEAD.trimEnd(),
    captureLine({ time: 1, direction: 'in', bytes: ECHO }),
    captureLine({ time: 2, direction: 'in', bytes: ROWS.subarray(0, 5) }),
    captureLine({ time: 3, direction: 'in', bytes: ROWS.subarray(5) }),
    captureLine({ time: 4.25, direction: 'out', bytes: out }),
    captureLine({ time: 5, direction: 'in', bytes: frame('5 3 0 command-data eos ') }),
    '',
  ].join('\n');
}

async function follow(
  text: string,
  options: Partial<FollowOptions> = {},
  view: FollowedView = new TextView(400),
): Promise<string[]> {
  const lines = await collect(followFrames(inChunks(text, 100), { ...OPTIONS, ...options }, view));
  return lines
    .join('\n')
    .split('\n')
    .filter((line) => line !== '');
}

describe('followFrames', () => {
  it('tells of frames, what they decode to, how requests went, and what is wrong', async () => {
    expect(await follow(await capture())).toEqual([
      "       1.0 → 1 3 stream-begin command-request new cbor:{b'args': {b'token': b'****'}, b'name': b'echo'}",
      "       3.0 → 3 3 0 command-request new cbor:{b'name': b'rows'}",
      "       4.3 ← 1 4 stream-begin stream-settings eos cbor:b'zlib'",
      expect.stringMatching(/^ {7}4\.3 ← 1 4 encoded command-response eos cbor:\{b'status': b'ok'\}$/),
      expect.stringMatching(/^ {13}zlib: \d+ bytes decode to 11$/),
      expect.stringMatching(/^ {7}4\.3 = request 1 echo: ok, 3\.3 ms, 2 frames, \d+ bytes in, \d+ out, 0 values$/),
      '       5.0 → 5 3 0 command-data eos ',
      `             ! Request 5 is not open. (SPEC 5.4, byte ${ECHO.length + ROWS.length})`,
      expect.stringMatching(/ = request 3 rows: open, /),
      '5 frames, 2 requests, 1 problem; requests: 1 ok, 1 open',
    ]);
  });

  it.each([
    [{ direction: 'out' }, 2],
    [{ requests: [3] }, 1],
    [{ streams: [4] }, 2],
    [{ types: ['command-data'] }, 1],
    [{ commands: ['echo'] }, 2],
  ] as const)('shows only the frames that %j lets through', async (filter, count) => {
    const lines = await follow(await capture(), { filter }, JSON_VIEW);
    expect(lines.filter((line) => line.startsWith('{"frame"'))).toHaveLength(count);
  });

  it('prints each thing as a line of JSON, values in their JSON form', async () => {
    const lines = (await follow(await capture(), {}, JSON_VIEW)).map((line) => JSON.parse(line) as object);
    expect(lines[0]).toMatchObject({
      frame: { seq: 0, direction: 'in', command: 'echo', values: [{ args: { token: { $bytes: 'KioqKg==' } } }] },
    });
    expect(lines).toContainEqual({ end: { frames: 5, problems: 1, requests: 2 } });
  });

  it('reads the bytes of one direction', async () => {
    const bytes = Buffer.concat([ECHO, ROWS.subarray(0, 10)]);
    const raw = { direction: 'in', dialect: 'wiremux.1' } as const;
    const lines = await collect(followFrames(inChunks(bytes, 7), { ...OPTIONS, raw }, new TextView(400)));
    expect(lines.join('\n')).toMatch(new RegExp(`! in, byte ${ECHO.length}: The bytes end inside the frame`));
  });

  it.each([
    ['no capture', 'hello\n', 0],
    ['nothing', '', 0],
    ['another version', HEAD.replace('1', '2'), 0],
    ['a dialect that is not known', HEAD.replace('wiremux.1', 'wiremux.9'), 0],
    ['a line of something else', `${HEAD}\n{"time":1}\n`, HEAD.length + 1],
    ['a direction there is not', `${HEAD}{"time":1,"direction":"up","bytes":""}\n`, HEAD.length],
  ])('refuses %s', async (_, text, offset) => {
    await expect(follow(text)).rejects.toMatchObject({ code: 'bad-input', data: { offset } });
  });
});

describe('a capture', () => {
  it('gives back what was written', async () => {
    const passed = { time: 12.345, direction: 'out', bytes: Uint8Array.of(0, 255, 7) } as const;
    const read = await readCapture(inChunks(`${HEAD}${captureLine(passed)}\n`));
    expect(read.head).toEqual({ capture: 1, dialect: 'wiremux.1', began: 0 });
    expect(await collect(read.passed)).toEqual([passed]);
  });
});
