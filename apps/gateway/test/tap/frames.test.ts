import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import type { DescribedFrame } from '@wiremux/framing';
import { command, defineCommands, implement } from '@wiremux/server';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type recordingLog, startGateway } from '../support/gateway.js';
import { connectMux, type MuxClient } from '../support/mux-client.js';

type Frame = Omit<DescribedFrame, 'values'> & { readonly values?: readonly string[] };
interface Batch {
  readonly frames: readonly Frame[];
  readonly dropped: number;
  readonly missed: { readonly in: number; readonly out: number };
  readonly closed: boolean;
}

/** The frames of a tap, from the beginning, once they are as wanted. */
async function framesUntil(
  answer: ReturnType<MuxClient['call']>,
  isEnough: (frames: readonly Frame[]) => boolean,
): Promise<readonly Frame[]> {
  for (let count = 1; ; count++) {
    const batches = (await answer.count(count)) as Batch[];
    const frames = batches.flatMap((batch) => batch.frames);
    if (isEnough(frames)) return frames;
  }
}

const kept = defineCommands({
  keep: command({ args: z.object({ token: z.string(), note: z.string() }) }),
});
const keepers = implement(kept, {
  keep: ({ note }) => ({ note, secret: 'hush-hush' }),
});

/** The next thread that this process starts. */
async function nextThread(): Promise<Worker> {
  const [thread] = (await once(process, 'worker')) as [Worker];
  return thread;
}

describe('gateway.frames', () => {
  it('shows the frames of another connection as they pass, with their commands', async () => {
    const { port } = await startGateway();
    const [watched, viewer] = [await connectMux(port), await connectMux(port)];
    const tap = viewer.call('gateway.frames', { connection: 'c1', every: 50 });
    await tap.count(1);
    await watched.call('echo', { a: 1 }).done;
    const frames = await framesUntil(tap, (list) => list.some(({ direction }) => direction === 'out'));
    expect(frames.find(({ type }) => type === 'command-request')).toMatchObject({
      direction: 'in',
      command: 'echo',
      payload: "cbor:{b'args': {b'a': 1}, b'name': b'echo'}",
    });
    expect(frames.find(({ type }) => type === 'command-response')).toMatchObject({
      direction: 'out',
      command: 'echo',
      values: ["{'status': b'ok'}", "{'a': 1}"],
    });
    tap.cancel();
    await tap.done;
  });

  it('knows the requests that ran before it, and filters', async () => {
    const { port } = await startGateway();
    const [watched, viewer] = [await connectMux(port), await connectMux(port)];
    await watched.call('host.metrics', { every: 50 }).count(1);
    const other = watched.call('gateway.stats', { every: 50 });
    await other.count(1);
    const tap = viewer.call('gateway.frames', {
      connection: 'c1',
      every: 50,
      direction: 'out',
      commands: ['gateway.stats'],
      types: ['command-response'],
      requests: [other.id],
    });
    const frames = await framesUntil(tap, (list) => list.length >= 3);
    expect(new Set(frames.map(({ command, direction, requestId }) => `${command} ${direction} ${requestId}`))).toEqual(
      new Set([`gateway.stats out ${other.id}`]),
    );
    expect(frames.at(-1)?.values?.[0]).toMatch(/^\{'seq': \d+, /);
  });

  it('SPEC 6.13 tells no token and no secret', async () => {
    const { port } = await startGateway({ commands: keepers });
    const [watched, viewer] = [await connectMux(port), await connectMux(port)];
    const tap = viewer.call('gateway.frames', { connection: 'c1', every: 50 });
    await tap.count(1);
    await watched.call('keep', { token: 'open-sesame', note: 'seen' }).done;
    const frames = await framesUntil(tap, (list) => list.some(({ type }) => type === 'command-response'));
    const text = JSON.stringify(frames);
    expect(text).toContain('seen');
    expect(text).not.toContain('sesame');
    expect(text).not.toContain('hush');
  });

  it('ends after the connection it watches', async () => {
    const { port } = await startGateway();
    const [watched, viewer] = [await connectMux(port), await connectMux(port)];
    const tap = viewer.call('gateway.frames', { connection: 'c1', every: 50 });
    await tap.count(1);
    watched.close();
    const batches = (await tap.done) as Batch[];
    expect(batches.map(({ closed }) => closed).filter(Boolean)).toEqual([true]);
    expect(batches.at(-1)?.closed).toBe(true);
  });

  it('leaves out what taps themselves cause, on the own connection and on one that taps back', async () => {
    const { port } = await startGateway();
    const [one, two] = [await connectMux(port), await connectMux(port)];
    const taps = [
      one.call('gateway.frames', { connection: 'c1', every: 50 }),
      one.call('gateway.frames', { connection: 'c1', every: 50 }),
      one.call('gateway.frames', { connection: 'c2', every: 50 }),
      two.call('gateway.frames', { connection: 'c1', every: 50 }),
    ];
    await Promise.all(taps.map((tap) => tap.count(1)));
    await one.call('echo', { mark: 'first' }).done;
    await one.call('echo', { mark: 'second' }).done;
    const frames = await framesUntil(taps[3]!, (list) => JSON.stringify(list).split('second').length > 2);
    expect(new Set(frames.map(({ command }) => command))).toEqual(new Set(['echo']));
  });

  it('counts what a viewer that is slow has missed, and goes on with the newest', async () => {
    const { port } = await startGateway();
    const [watched, viewer, other] = [await connectMux(port), await connectMux(port), await connectMux(port)];
    const args = { connection: 'c1', every: 50 };
    const answer = viewer.call('gateway.frames', args, undefined, { credit: 1_024 });
    const unhurried = other.call('gateway.frames', args);
    await Promise.all([answer.count(1), unhurried.count(1)]);
    viewer.socket.pause();
    // Two frames a call: more than what waits for the viewer and the one batch that is on its way to it, 1,000 each.
    for (let round = 0; round < 16; round++) {
      const calls = Array.from({ length: 100 }, (_, at) => watched.call('echo', { at: round * 100 + at }).done);
      await Promise.all(calls);
    }
    const isNewest = ({ payload }: Frame): boolean => payload.includes("b'at': 1599");
    // What one has seen has been described for the other, too.
    await framesUntil(unhurried, (list) => list.some(isNewest));
    viewer.socket.resume();
    const frames = await framesUntil(answer, (list) => list.some(isNewest));
    await watched.call('echo', { mark: 'last' }).done;
    const all = await framesUntil(answer, (list) => JSON.stringify(list.slice(-4)).split('last').length > 2);
    const { dropped, missed } = (answer.values as Batch[]).at(-1)!;
    expect(frames.length).toBeLessThan(3_200);
    expect(missed).toEqual({ in: 0, out: 0 });
    expect(dropped).toBeGreaterThan(0);
    expect(all.length + dropped).toBe(all.at(-1)!.seq + 1);
  }, 60_000);

  it('tells its viewers if the thread that describes frames fails; what they watched goes on', async () => {
    const { port, log } = await startGateway();
    const [watched, viewer] = [await connectMux(port), await connectMux(port)];
    const thread = nextThread();
    const taps = [1, 2].map(() => viewer.call('gateway.frames', { connection: 'c1', every: 50 }));
    await Promise.all(taps.map((tap) => tap.count(1)));
    const ended = Promise.allSettled(taps.map((tap) => tap.done));
    await (await thread).terminate();
    expect(await ended).toMatchObject([{ reason: { code: 'internal' } }, { reason: { code: 'internal' } }]);
    expect((log as ReturnType<typeof recordingLog>).lines).toContain(
      'The thread that describes frames has failed; connections are not affected.',
    );
    expect(await watched.call('echo', { a: 1 }).done).toEqual([{ a: 1 }]);
    const again = viewer.call('gateway.frames', { connection: 'c1', every: 50 });
    await again.count(1);
    await watched.call('echo', { mark: 'again' }).done;
    await framesUntil(again, (list) => JSON.stringify(list).includes('again'));
  });

  it('has a thread while somebody looks, and no longer', async () => {
    const gateway = await startGateway();
    const viewer = await connectMux(gateway.port);
    const first = nextThread();
    const taps = [1, 2].map(() => viewer.call('gateway.frames', { connection: 'c1', every: 50 }));
    await Promise.all(taps.map((tap) => tap.count(1)));
    const gone = once(await first, 'exit');
    for (const tap of taps) tap.cancel();
    await gone;
    const second = nextThread();
    await viewer.call('gateway.frames', { connection: 'c1', every: 50 }).count(1);
    expect((await second).threadId).toBeGreaterThan(0);
    await gateway.close();
    expect((await second).threadId).toBe(-1);
  });

  it.each([
    ['off', { tap: false }, false],
    ['on', { tap: true, host: '0.0.0.0' }, true],
    ['unset, loopback', {}, true],
    ['unset, every interface', { host: '0.0.0.0' }, false],
    ['unset, loopback with a public name', { publicHost: ['mux.example'] }, false],
    ['unset, loopback with foreign pages', { allowOrigin: ['*'] }, false],
    ['a function that allows', { tap: ({ name }: { name: string }) => name === 'anonymous', host: '0.0.0.0' }, true],
    ['a function that does not', { tap: ({ name }: { name: string }) => name === 'root' }, false],
  ])('asks the setting `tap` (%s)', async (_, options, isAllowed) => {
    const { port } = await startGateway(options);
    const client = await connectMux(port);
    const tap = client.call('gateway.frames', { connection: 'c1' });
    const first = tap.count(1);
    if (isAllowed) expect(await first).toHaveLength(1);
    else await expect(first).rejects.toMatchObject({ code: 'not-allowed' });
  });

  it('refuses a connection there is not, and a 17th tap', async () => {
    const { port } = await startGateway();
    const client = await connectMux(port);
    await expect(client.call('gateway.frames', { connection: 'c9' }).done).rejects.toMatchObject({
      code: 'bad-arguments',
    });
    const taps = Array.from({ length: 16 }, () => client.call('gateway.frames', { connection: 'c1' }));
    await Promise.all(taps.map((tap) => tap.count(1)));
    await expect(client.call('gateway.frames', { connection: 'c1' }).done).rejects.toMatchObject({
      code: 'too-many-requests',
    });
    taps[0]!.cancel();
    await taps[0]!.done;
    expect(await client.call('gateway.frames', { connection: 'c1' }).count(1)).toHaveLength(1);
  });
});
