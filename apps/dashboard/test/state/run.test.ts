import { type RequestState, WiremuxError } from '@wiremux/client';
import { describe, expect, it } from 'vitest';
import { isRunning, KEPT_VALUES, newRun, type RunEvent, type RunView, reduceRun } from '../../src/state/run.js';

const LOCATION = { url: 'https://cdn.example/a', mediaType: 'text/plain' };

function after(...events: readonly RunEvent[]): RunView {
  return events.reduce(reduceRun, newRun(1_000));
}

function state(entered: RequestState, at = 2_000): RunEvent {
  return { kind: 'state', state: entered, at };
}

function values(count: number, newest: readonly unknown[]): RunEvent {
  return { kind: 'values', batch: { count, newest } };
}

function progress(topic: string, pos: number, total = 10): RunEvent {
  return { kind: 'progress', update: { topic, pos, total } };
}

describe('reduceRun', () => {
  it.each<[RequestState, string]>([
    [{ state: 'idle' }, 'queued'],
    [{ state: 'queued' }, 'queued'],
    [{ state: 'sent' }, 'sent'],
    [{ state: 'answering' }, 'answering'],
    [{ state: 'stopping' }, 'stopping'],
    [{ state: 'following', location: LOCATION }, 'answering'],
  ])('follows the request into %o', (entered, phase) => {
    const run = after(state(entered));
    expect(run.phase).toBe(phase);
    expect(isRunning(run)).toBe(true);
  });

  it('ends completed', () => {
    const run = after(state({ state: 'ended', how: 'completed' }, 3_000));
    expect(run).toMatchObject({ phase: 'completed', endedAt: 3_000, problem: undefined });
    expect(isRunning(run)).toBe(false);
  });

  it('ends failed, with code, message and remedy', () => {
    const error = new WiremuxError('connection-lost', 'The connection ended.');
    const run = after(state({ state: 'ended', how: 'failed', error }));
    expect(run.phase).toBe('failed');
    expect(run.problem).toMatchObject({ code: 'connection-lost', message: 'The connection ended.' });
    expect(run.problem?.remedy).not.toBe('');
  });

  it('ends redirected, and knows where to', () => {
    const run = after(state({ state: 'ended', how: 'redirected', location: LOCATION }, 3_000));
    expect(run).toMatchObject({ phase: 'redirected', endedAt: 3_000, location: LOCATION, problem: undefined });
    expect(isRunning(run)).toBe(false);
  });

  it('ends cancelled, and knows what became of the command', () => {
    const run = after(state({ state: 'ended', how: 'cancelled', result: 'left' }));
    expect(run).toMatchObject({ phase: 'cancelled', cancelResult: 'left', problem: undefined });
  });

  it('lists values newest first, each with its place', () => {
    const run = after(values(2, ['a', 'b']), values(1, ['c']));
    expect(run.count).toBe(3);
    expect(run.values).toEqual([
      { index: 2, text: '"c"' },
      { index: 1, text: '"b"' },
      { index: 0, text: '"a"' },
    ]);
  });

  it('keeps the newest values only, and counts all', () => {
    const many = Array.from({ length: KEPT_VALUES }, (_, index) => index);
    const run = after(values(5_000, many), values(2, ['x', 'y']));
    expect(run.count).toBe(5_002);
    expect(run.values).toHaveLength(KEPT_VALUES);
    expect(run.values.slice(0, 3).map(({ index }) => index)).toEqual([5_001, 5_000, 4_999]);
  });

  it('adds text output', () => {
    const atoms = [{ text: 'read %s', args: ['3'], labels: ['success'] }];
    expect(after({ kind: 'output', atoms }).output).toEqual([{ tone: 'success', text: 'read 3' }]);
  });

  it('keeps each topic at its place, and as it was when it is over', () => {
    const run = after(progress('read', 1), progress('write', 1), progress('read', 5), progress('read', -1, 0));
    expect(run.topics).toEqual([
      { topic: 'read', pos: 5, total: 10, isOver: true },
      { topic: 'write', pos: 1, total: 10, isOver: false },
    ]);
  });

  it('keeps a bounded number of topics, those that go on before those that are over', () => {
    const full = Array.from({ length: 64 }, (_, index) => progress(`t${index}`, 1));
    const names = (run: RunView): string[] => run.topics.map(({ topic }) => topic);
    expect(names(after(...full, progress('late', 1)))).not.toContain('late');
    const replaced = names(after(...full, progress('t3', -1), progress('late', 1)));
    expect(replaced).toHaveLength(64);
    expect(replaced).toContain('late');
    expect(replaced).not.toContain('t3');
  });
});
