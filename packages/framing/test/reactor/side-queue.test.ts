import { describe, expect, it } from 'vitest';
import { WIREMUX_1 } from '../../src/dialect/wiremux-1.js';
import { decodeOne } from '../../src/index.js';
import { formatOutput, type OutputAtom, parseOutput } from '../../src/message/output.js';
import { parseProgress } from '../../src/message/progress.js';
import { SideQueue } from '../../src/reactor/side-queue.js';

const MOST = 65_535;
const LIMITS = { depth: 64, items: 10_000, bytes: 100_000 };
const atoms = (text: string): OutputAtom[] => [{ text, args: [], labels: [] }];

const sideQueue = (texts: number, topics: number): SideQueue => new SideQueue(texts, topics, WIREMUX_1);

/** Payload bytes of a text of that many characters, up to 255. */
const bytesOf = (length: number): number => 1 + 1 + 4 + (length < 24 ? 1 : 2) + length;

function read(payload: Uint8Array): unknown {
  const decoded = decodeOne(payload, LIMITS);
  return decoded.ok ? decoded.value : undefined;
}

/** What goes out, in short: texts as they read, progress as topic and position. */
function drain(queue: SideQueue): string[] {
  const told: string[] = [];
  while (!queue.empty) {
    const value = read(queue.shift().payload);
    const update = parseProgress(value);
    told.push(update === undefined ? formatOutput(parseOutput(value) ?? []) : `${update.topic} ${update.pos}`);
  }
  return told;
}

const progress = (queue: SideQueue, topic: string, pos: number): void => queue.progress({ topic, pos, total: 0 }, MOST);

describe('SPEC 8.12.8 text and progress that wait', () => {
  it('keep their order, newer progress in the place of older', () => {
    const queue = sideQueue(1_000, 64);
    queue.text(atoms('a'), MOST);
    progress(queue, 't', 1);
    queue.text(atoms('b'), MOST);
    progress(queue, '0', 1);
    progress(queue, 't', 2);
    expect(drain(queue)).toEqual(['a', 't 2', 'b', '0 1']);
    expect(queue.empty).toBe(true);
  });

  it('SPEC 9.1.13 are 64 KiB of text, past which the oldest gives way to a note', () => {
    const queue = sideQueue(3 * bytesOf(10), 64);
    const texts = ['first', 'second', 'third'].map((text) => text.padEnd(10, '.'));
    for (const text of texts) queue.text(atoms(text), MOST);
    progress(queue, 't', 1);
    expect(drain(queue)).toEqual([...texts, 't 1']);
    for (const text of texts) queue.text(atoms(text), MOST);
    progress(queue, 't', 1);
    queue.text(atoms('x'), MOST);
    expect(drain(queue)).toEqual(['1 messages dropped', ...texts.slice(1), 't 1', 'x']);
  });

  it('tell how many messages were dropped, and count anew', () => {
    const queue = sideQueue(bytesOf(10), 64);
    for (let count = 0; count < 5; count++) queue.text(atoms(`${count}`.padEnd(10)), MOST);
    expect(read(queue.shift().payload)).toMatchObject([{ args: [Uint8Array.from(Buffer.from('4'))] }]);
    queue.text(atoms('next'.padEnd(10)), MOST);
    expect(drain(queue)).toEqual(['1 messages dropped', 'next      ']);
  });

  it('drop a block that is too long for the queue or for a frame: blocks are never split', () => {
    const queue = sideQueue(bytesOf(20), 64);
    queue.text(atoms('x'.repeat(20)), MOST);
    queue.text(atoms('x'.repeat(21)), MOST);
    queue.text(atoms('y'.repeat(12)), bytesOf(11));
    expect(drain(queue)).toEqual(['2 messages dropped', 'x'.repeat(20)]);
    queue.progress({ topic: 'long', pos: 1, total: 0 }, 10);
    expect(queue.empty).toBe(true);
  });

  it('SPEC 9.1.13 are 64 topics, past which further ones are ignored', () => {
    const queue = sideQueue(1_000, 2);
    progress(queue, 'a', 1);
    queue.text(atoms('m'), MOST);
    progress(queue, 'b', 1);
    progress(queue, 'c', 1);
    progress(queue, 'a', 2);
    expect(drain(queue)).toEqual(['a 2', 'm', 'b 1']);
    progress(queue, 'c', 2);
    expect(drain(queue)).toEqual(['c 2']);
  });

  it('are forgotten when the answer is given up', () => {
    const queue = sideQueue(bytesOf(1), 64);
    queue.text(atoms('a'), MOST);
    queue.text(atoms('b'), MOST);
    progress(queue, 't', 1);
    queue.clear();
    expect(queue.empty).toBe(true);
    queue.text(atoms('c'), MOST);
    expect(drain(queue)).toEqual(['c']);
  });

  it('SPEC 5.12 cost the same each, however many wait', () => {
    const queue = sideQueue(60_000, 64);
    for (let count = 0; count < 100_000; count++) {
      queue.text(atoms('x'), MOST);
      progress(queue, `t${count % 64}`, count);
    }
    const told = drain(queue);
    expect(told[0]).toBe(`${100_000 - Math.floor(60_000 / bytesOf(1))} messages dropped`);
    expect(told.filter((text) => text.startsWith('t'))).toHaveLength(64);
  });
});
