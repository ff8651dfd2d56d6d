import { describe, expect, it } from 'vitest';
import { type FrameRow, filterFrames, lineOf, NO_FILTER, readFrames } from '../../src/state/frames.js';

const RAW = {
  seq: 3,
  time: 5,
  direction: 'out',
  requestId: 1,
  streamId: 4,
  streamFlags: 'encoded',
  type: 'command-response',
  flags: 'eos',
  payload: '… (9 bytes)',
  bytes: 9,
  plainBytes: 20,
  encoding: 'zlib',
  command: 'rows',
  values: ["{'row': 1}", 7],
  moreValues: 2,
  problem: { rule: '4.3', message: 'Stream 4 is not open.' },
  note: 'A note.',
};

const row = (given: Partial<FrameRow>): FrameRow => ({
  ...(readFrames({ frames: [RAW] }).frames[0] as FrameRow),
  ...given,
});

describe('readFrames', () => {
  it('reads a batch', () => {
    const batch = readFrames({ frames: [RAW], dropped: 4, missed: { in: 1, out: 2 }, closed: true });
    expect(batch).toMatchObject({ dropped: 4, missed: 3, closed: true });
    expect(batch.frames).toEqual([
      {
        seq: 3,
        time: 5,
        direction: 'out',
        request: '1',
        stream: '4',
        streamFlags: 'encoded',
        type: 'command-response',
        flags: 'eos',
        command: 'rows',
        bytes: 9,
        plainBytes: 20,
        encoding: 'zlib',
        payload: '… (9 bytes)',
        values: ["{'row': 1}"],
        moreValues: 2,
        problem: 'Stream 4 is not open. (SPEC 4.3)',
        note: 'A note.',
      },
    ]);
  });

  it('leaves empty what is missing', () => {
    expect(readFrames(null)).toEqual({ frames: [], dropped: 0, missed: 0, closed: false });
    expect(readFrames({ frames: [{}] }).frames[0]).toMatchObject({ seq: 0, plainBytes: null, values: [], problem: '' });
  });
});

describe('filterFrames', () => {
  const frames = [
    row({ seq: 0 }),
    row({ seq: 1, direction: 'in', type: 'credit', stream: '3', values: [], payload: 'cbor:5' }),
    row({ seq: 2, request: '3', command: 'Echo' }),
  ];

  it.each([
    [{}, [0, 1, 2]],
    [{ direction: 'in' }, [1]],
    [{ type: 'credit' }, [1]],
    [{ request: ' 3 ' }, [2]],
    [{ stream: '3' }, [1]],
    [{ text: 'echo' }, [2]],
    [{ text: "'row'", direction: 'out' }, [0, 2]],
    [{ text: 'nothing of it' }, []],
  ])('lets through what %j says', (filter, seqs) => {
    expect(filterFrames(frames, { ...NO_FILTER, ...filter }).map(({ seq }) => seq)).toEqual(seqs);
  });

  it('has the text form', () => {
    expect(lineOf(row({}))).toBe('1 4 encoded command-response eos … (9 bytes)');
  });
});
