import { outputAtom } from '@wiremux/framing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LinesView } from '../../src/view/lines-view.js';
import { outputOf, plainOutput, Screen } from './screen.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const halfway = { topic: 'hash', pos: 1, total: 2 };

describe('LinesView', () => {
  it('writes values to stdout, and text to stderr', async () => {
    const [stdout, stderr] = [plainOutput(), plainOutput()];
    const view = new LinesView(stdout.output, stderr.output, false);
    await view.value({ a: 1 });
    view.output([outputAtom('%s of %s', ['1', '2'])]);
    view.output([outputAtom('with its own end\n')]);
    view.progress(halfway);
    vi.runAllTimers();
    view.end();
    expect(stdout.text()).toBe('{"a":1}\n');
    expect(stderr.text()).toBe('1 of 2\nwith its own end\n');
  });

  it('writes values only, when quiet', async () => {
    const screen = new Screen();
    const view = new LinesView(outputOf(screen), outputOf(screen), true);
    await view.value(1);
    view.output([outputAtom('text')]);
    view.progress(halfway);
    vi.runAllTimers();
    view.end();
    expect(screen.lines).toEqual(['1']);
  });

  it('keeps progress below all else on a terminal, and takes it away at the end', async () => {
    const screen = new Screen();
    const view = new LinesView(outputOf(screen), outputOf(screen), false);
    view.progress(halfway);
    expect(screen.lines).toEqual([]);
    vi.runAllTimers();
    const bar = expect.stringMatching(/^hash {2}█{12}░{12} {2}50%/);
    expect(screen.lines).toEqual([bar]);

    await view.value(1);
    view.output([outputAtom('text')]);
    expect(screen.lines).toEqual(['1', 'text']);
    vi.runAllTimers();
    expect(screen.lines).toEqual(['1', 'text', bar]);

    view.progress({ ...halfway, pos: -1 });
    vi.runAllTimers();
    expect(screen.lines).toEqual(['1', 'text']);

    view.progress(halfway);
    vi.runAllTimers();
    view.end();
    expect(screen.lines).toEqual(['1', 'text']);
  });

  it('leaves progress where it is while values go elsewhere', async () => {
    const screen = new Screen();
    const stdout = plainOutput();
    const view = new LinesView(stdout.output, outputOf(screen), false);
    view.progress(halfway);
    vi.runAllTimers();
    await view.value(1);
    expect(screen.lines).toHaveLength(1);
    view.end();
  });
});
