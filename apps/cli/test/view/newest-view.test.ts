import { outputAtom } from '@wiremux/framing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { headerLine, NewestView } from '../../src/view/newest-view.js';
import { outputOf, plainOutput, Screen } from './screen.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function watch(quiet = false) {
  const screen = new Screen();
  const stderr = plainOutput();
  const view = new NewestView('load', screen as unknown as NodeJS.WriteStream, stderr.output, quiet);
  return { screen, stderr, view };
}

describe('NewestView', () => {
  it('shows that it waits, then the newest value in place', async () => {
    const { screen, view } = watch();
    vi.advanceTimersByTime(100);
    expect(screen.lines).toEqual(['load: waiting for its first value']);
    await view.value({ a: 1 });
    await view.value({ a: 2 });
    vi.advanceTimersByTime(100);
    expect(screen.lines).toEqual(['load: 2 values, the last one just now', '{"a":2}']);
    view.end();
  });

  it('tells the age of a value that stays', async () => {
    const { screen, view } = watch();
    await view.value(1);
    vi.advanceTimersByTime(5_100);
    expect(screen.lines).toEqual(['load: 1 value, the last one 5 s ago', '1']);
    view.end();
  });

  it('keeps to the rows and columns there are', async () => {
    const { screen, view } = watch();
    await view.value(Array.from({ length: 20 }, () => 'x'.repeat(100)));
    vi.advanceTimersByTime(100);
    expect(screen.lines).toHaveLength(5);
    expect(Math.max(...screen.lines.map((line) => line.length))).toBeLessThanOrEqual(40);
    view.end();
  });

  it('shows progress below the value, and text on stderr', async () => {
    const { screen, stderr, view } = watch();
    await view.value(1);
    view.progress({ topic: 'rows', pos: 5, total: 0 });
    view.output([outputAtom('text')]);
    vi.advanceTimersByTime(100);
    expect(screen.lines.slice(1)).toEqual(['1', 'rows  5']);
    expect(stderr.text()).toBe('text\n');
    view.end();
  });

  it('shows neither when quiet', async () => {
    const { screen, stderr, view } = watch(true);
    await view.value(1);
    view.progress({ topic: 'rows', pos: 5, total: 0 });
    view.output([outputAtom('text')]);
    vi.advanceTimersByTime(100);
    expect(screen.lines.slice(1)).toEqual(['1']);
    expect(stderr.text()).toBe('');
    view.end();
  });

  it('makes room for text where both go to one terminal', async () => {
    const screen = new Screen();
    const view = new NewestView('load', screen as unknown as NodeJS.WriteStream, outputOf(screen), false);
    await view.value(1);
    vi.advanceTimersByTime(100);
    view.output([outputAtom('text')]);
    expect(screen.lines).toEqual(['text']);
    vi.advanceTimersByTime(100);
    expect(screen.lines).toEqual(['text', 'load: 1 value, the last one just now', '1']);
    view.end();
  });

  it('leaves the last value where it is', async () => {
    const { screen, view } = watch();
    await view.value(1);
    view.end();
    expect(screen.lines).toEqual(['load: 1 value, the last one just now', '1']);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('headerLine', () => {
  it.each([
    [0, 0, 'load: waiting for its first value'],
    [1, 999, 'load: 1 value, the last one just now'],
    [1_234, 61_500, 'load: 1,234 values, the last one 61 s ago'],
  ])('of %i values and %i ms', (count, age, line) => {
    expect(headerLine('load', count, age)).toBe(line);
  });
});
