import type { Commands } from '@wiremux/client';
import { type DescribedFrame, printValue } from '@wiremux/framing';
import { zlib } from '@wiremux/framing/zlib';
import { filter, firstValueFrom, lastValueFrom, toArray } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectForTest } from '../support/clients.js';
import { type GatewayProcess, startGateway } from '../support/wiremux.js';

interface Frame extends Omit<DescribedFrame, 'values'> {
  readonly values?: readonly string[];
}
interface Batch {
  readonly frames: readonly Frame[];
  readonly dropped: number;
  readonly missed: { readonly in: number; readonly out: number };
}

let gateway: GatewayProcess;

beforeAll(async () => {
  gateway = await startGateway(['--no-page', '--encodings', 'zlib,identity']);
});
afterAll(() => gateway.child.destroy());

/** The frames of a connection from now on, all of them each time there are more. */
async function watch(
  connection: string,
): Promise<{ until(isEnough: (frames: readonly Frame[]) => boolean): Promise<readonly Frame[]> }> {
  const viewer = connectForTest<Commands>(gateway.mux);
  const batches = viewer.iterate('gateway.frames', { connection, every: 50 })[Symbol.asyncIterator]();
  await batches.next();
  const frames: Frame[] = [];
  return {
    until: async (isEnough) => {
      while (!isEnough(frames)) {
        const { value, done } = await batches.next();
        if (done === true) throw new Error('the answer ended');
        const { frames: more, dropped, missed } = value as Batch;
        expect([dropped, missed]).toEqual([0, { in: 0, out: 0 }]);
        frames.push(...more);
      }
      return frames;
    },
  };
}

describe('SPEC 6.13: the frames of a live connection', () => {
  it('say what was sent, decoded from the streams it was encoded on', async () => {
    const watched = connectForTest<Commands>(gateway.mux, { codecs: [zlib()] });
    await firstValueFrom(watched.status$.pipe(filter(({ state }) => state === 'open')));
    const watching = await watch('c1');
    const rows = await lastValueFrom(watched.call('rows', { count: 500 }).pipe(toArray()));
    const long = { text: 'a line that comes again and again\n'.repeat(20) };
    await lastValueFrom(watched.call('echo', { ...long, token: 'sesame' }));
    const isEcho = ({ command, direction }: Frame): boolean => command === 'echo' && direction === 'out';
    const frames = await watching.until((list) => list.some(isEcho));

    const answered = frames.filter(({ command, direction }) => command === 'rows' && direction === 'out');
    const told = answered.flatMap(({ values = [] }) => values).slice(1);
    const more = answered.reduce((sum, frame) => sum + (frame.moreValues ?? 0), 0);
    expect(told.length + more).toBe(rows.length);
    const printed = rows.map((row) => printValue(row, 2_000));
    expect(told.filter((value) => !printed.includes(value))).toEqual([]);
    expect(told[0]).toBe(printed[0]);
    const encoded = frames.filter(({ encoding }) => encoding === 'zlib');
    expect(new Set(encoded.map(({ direction }) => direction))).toEqual(new Set(['in', 'out']));
    expect(encoded.every(({ plainBytes = 0, note }) => plainBytes > 0 && note === undefined)).toBe(true);
    const echoed = frames.find(isEcho)?.values?.at(-1);
    expect(echoed).toContain(printValue(long.text, 2_000));
    expect(JSON.stringify(frames)).not.toContain('sesame');
    expect(frames.filter(({ problem }) => problem !== undefined)).toEqual([]);
    expect(frames.map(({ seq }) => seq)).toEqual(frames.map((_frame, at) => at));
  });
});
