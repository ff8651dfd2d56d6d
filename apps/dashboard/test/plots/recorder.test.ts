import { describe, expect, it } from 'vitest';
import type { SeriesSpec } from '../../src/plots/chart.js';
import { Recorder } from '../../src/plots/recorder.js';

const series: readonly SeriesSpec[] = [
  { label: 'level', path: ['level'] },
  { label: 'speed', path: ['net', 'bytes'], counter: true },
];

function sample(seq: number, second: number, level: unknown, bytes: unknown): unknown {
  return { seq, time: second * 1_000, level, net: { bytes } };
}

describe('Recorder', () => {
  it('keeps levels as they are and makes rates of counters', () => {
    const recorder = new Recorder(series, 180);
    recorder.record(sample(0, 100, 7, 1_000));
    recorder.record(sample(1, 102, 8, 3_000));
    expect(recorder.times).toEqual([100, 102]);
    expect(recorder.columns).toEqual([
      [7, 8],
      [null, 1_000],
    ]);
    expect(recorder.latest()).toEqual([8, 1_000]);
    expect(recorder.points).toBe(2);
    expect(recorder.lastSeq).toBe(1);
  });

  it('shows missing samples as a gap and takes no rate across it', () => {
    const recorder = new Recorder(series, 180);
    recorder.record(sample(0, 100, 1, 0));
    recorder.record(sample(1, 101, 2, 10));
    recorder.record(sample(4, 104, 5, 40));
    recorder.record(sample(5, 105, 6, 55));
    expect(recorder.times).toEqual([100, 101, 102.5, 104, 105]);
    expect(recorder.columns).toEqual([
      [1, 2, null, 5, 6],
      [null, 10, null, null, 15],
    ]);
    expect(recorder.points).toBe(4);
  });

  it('shows a feed that began anew as a gap', () => {
    const recorder = new Recorder(series, 180);
    recorder.record(sample(8, 100, 1, 500));
    recorder.record(sample(0, 110, 2, 20));
    expect(recorder.columns[0]).toEqual([1, null, 2]);
    expect(recorder.lastSeq).toBe(0);
  });

  it('has no rate where a counter fell or a number is missing', () => {
    const recorder = new Recorder(series, 180);
    recorder.record(sample(0, 100, 1, 500));
    recorder.record(sample(1, 101, undefined, 20));
    recorder.record(sample(2, 102, 'much', null));
    recorder.record(sample(3, 103, Number.NaN, 30));
    expect(recorder.columns).toEqual([
      [1, null, null, null],
      [null, null, null, null],
    ]);
  });

  it('drops what is older than its span, however long it goes on', () => {
    const recorder = new Recorder(series, 10);
    for (let seq = 0; seq < 10_000; seq++) recorder.record(sample(seq, seq, seq, seq));
    expect(recorder.times).toEqual([9_989, 9_990, 9_991, 9_992, 9_993, 9_994, 9_995, 9_996, 9_997, 9_998, 9_999]);
    expect(recorder.columns.map((column) => column.length)).toEqual([11, 11]);
    expect(recorder.points).toBe(11);
  });

  it('keeps a bounded number of rows even when they come fast', () => {
    const recorder = new Recorder(series, 1e9);
    for (let seq = 0; seq < 20_000; seq += 2) recorder.record(sample(seq, seq, 1, 1));
    expect(recorder.times.length).toBe(2_048);
    expect(recorder.points).toBe(1_024);
  });

  it('starts over when the clock of the machine was set back', () => {
    const recorder = new Recorder(series, 180);
    recorder.record(sample(0, 100, 1, 0));
    recorder.record(sample(1, 40, 2, 5));
    expect(recorder.times).toEqual([40]);
    expect(recorder.columns).toEqual([[2], [null]]);
  });

  it('ignores what is no sample', () => {
    const recorder = new Recorder(series, 180);
    for (const nonsense of [undefined, null, 1, 'x', {}, { time: 'soon' }, []]) recorder.record(nonsense);
    expect(recorder.times).toEqual([]);
    expect(recorder.latest()).toEqual([null, null]);
  });
});
