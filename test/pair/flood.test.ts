import { formatOutput, type OutputAtom } from '@wiremux/framing';
import { VirtualClock } from '@wiremux/framing/testing';
import { type CommandContext, command, defineCommands, implement } from '@wiremux/server';
import { describe, expect, it } from 'vitest';
import { liveHeap } from '../support/heap.js';
import { connectPair } from '../support/pair.js';

const MiB = 1024 * 1024;
const MILLION = 1_000_000;
const TOPICS = 1_000;
/** What may wait for a request (SPEC 9.1.13). */
const [MOST_TEXT, MOST_TOPICS] = [64 * 1024, 64];
/** `line %s` and a number of six digits, without what CBOR adds. */
const SMALLEST_LINE = 13;
/** Far more than what may wait, far less than a million of anything. */
const MOST_GROWTH = 16 * MiB;

const contract = defineCommands({ chat: command() });

/** Prints a line and tells of one topic, as often as that. */
function chatter({ print, progress }: CommandContext, from: number, to: number): void {
  for (let at = from; at < to; at++) {
    print('line %s', at);
    progress({ topic: `topic ${at % TOPICS}`, pos: at, total: MILLION });
  }
}

/** The lines that came, and how many others were told to be dropped. */
function tally(blocks: readonly (readonly OutputAtom[])[]): { readonly lines: readonly number[]; dropped: number } {
  const lines: number[] = [];
  let dropped = 0;
  for (const [atom] of blocks) {
    if (atom?.text === '%s messages dropped') dropped += Number(atom.args[0]);
    else lines.push(Number(atom?.args[0]));
  }
  return { lines, dropped };
}

describe('SPEC 8.12.8 a handler that prints and reports progress a million times', { timeout: 120_000 }, () => {
  it('does not wait for a network that stands still, and has its bounds of it sent when that goes on', async () => {
    const clock = new VirtualClock();
    let finished = false;
    const commands = implement(contract, {
      chat: (_, context) => {
        chatter(context, 0, MILLION);
        finished = true;
        return 'done';
      },
    });
    const { mux, serverTransport } = connectPair(clock, commands);
    await clock.settle();
    const request = mux.request('chat');
    const blocks: (readonly OutputAtom[])[] = [];
    const updates: [topic: string, pos: number][] = [];
    const values: unknown[] = [];
    let mostTopics = 0;
    request.output$.subscribe((atoms) => blocks.push(atoms));
    request.progress$.subscribe(({ topic, pos }) => updates.push([topic, pos]));
    request.topics$.subscribe((topics) => {
      mostTopics = Math.max(mostTopics, topics.length);
    });

    serverTransport.stalled = true;
    const before = liveHeap();
    request.values$.subscribe((value) => values.push(value));
    await clock.settle();
    expect(finished).toBe(true);
    // The payloads, their headers, 64 small maps, and the answer itself.
    expect(serverTransport.bufferedBytes).toBeLessThan(MOST_TEXT * 1.5);
    expect(liveHeap() - before).toBeLessThan(MOST_GROWTH);
    expect(blocks).toEqual([]);

    serverTransport.release();
    await clock.settle();
    expect(values).toEqual(['done']);
    const { lines, dropped } = tally(blocks);
    expect(lines.length * SMALLEST_LINE).toBeLessThanOrEqual(MOST_TEXT);
    expect(formatOutput(blocks[0]!)).toBe(`${dropped} messages dropped`);
    expect(blocks[0]![0]!.labels).toEqual(['wiremux.dropped']);
    expect(lines.length).toBeGreaterThan(1_000);
    expect(lines).toEqual(Array.from({ length: lines.length }, (_, at) => MILLION - lines.length + at));
    expect(dropped + lines.length).toBe(MILLION);
    // The first topics, each with its newest update; of the others nothing came.
    expect(updates).toEqual(Array.from({ length: MOST_TOPICS }, (_, at) => [`topic ${at}`, MILLION - TOPICS + at]));
    expect(mostTopics).toBe(MOST_TOPICS);
  });

  it('leaves nothing behind at either end while its caller takes neither text, progress nor values', async () => {
    const clock = new VirtualClock();
    const turns = 100;
    let finished = 0;
    const commands = implement(contract, {
      async *chat(_, context) {
        yield 'begun';
        for (; finished < turns; finished++) {
          const from = (finished * MILLION) / turns;
          chatter(context, from, from + MILLION / turns);
          await new Promise<void>((resolve) => clock.defer(resolve));
        }
        yield 'done';
      },
    });
    const { mux, server } = connectPair(clock, commands);
    await clock.settle();
    const request = mux.request('chat');
    const values = request[Symbol.asyncIterator]();
    const first = values.next();
    const before = liveHeap();
    await clock.settle();
    expect(await first).toMatchObject({ value: 'begun' });
    expect(finished).toBe(turns);
    expect(liveHeap() - before).toBeLessThan(MOST_GROWTH);

    // Text and progress that nobody heard are not kept for those who come later; values are.
    const late = { blocks: 0, updates: 0 };
    request.output$.subscribe(() => {
      late.blocks += 1;
    });
    request.progress$.subscribe(() => {
      late.updates += 1;
    });
    expect(await values.next()).toMatchObject({ value: 'done' });
    await clock.settle();
    expect(await values.next()).toMatchObject({ done: true });
    expect(late).toEqual({ blocks: 0, updates: 0 });
    expect(server.counters.requests).toEqual({ open: 0, total: 1, failed: 0 });
  });

  it('tells how many of its lines did not come, of all that it printed turn by turn', async () => {
    const clock = new VirtualClock();
    const turns = 20;
    const each = 10_000;
    const commands = implement(contract, {
      async chat(_, context) {
        for (let turn = 0; turn < turns; turn++) {
          chatter(context, turn * each, (turn + 1) * each);
          await new Promise<void>((resolve) => clock.defer(resolve));
        }
      },
    });
    const { mux } = connectPair(clock, commands);
    const request = mux.request('chat');
    const blocks: (readonly OutputAtom[])[] = [];
    request.output$.subscribe((atoms) => blocks.push(atoms));
    request.values$.subscribe();
    await clock.settle();
    const { lines, dropped } = tally(blocks);
    expect(lines.length).toBeGreaterThan(turns);
    expect(lines).toEqual([...lines].sort((a, b) => a - b));
    expect(lines.at(-1)).toBe(turns * each - 1);
    expect(lines.length + dropped).toBe(turns * each);
  });
});
