import { describe, expect, it } from 'vitest';
import { pieces, series } from './workload/commands.js';
import { BytesCheck, SeriesCheck } from './workload/series.js';

describe('the checks of what comes', () => {
  const values = [...series('a', 4, 50)];
  const take =
    (...taken: readonly unknown[]) =>
    () => {
      const check = new SeriesCheck('a', 50);
      for (const value of taken) check.take(value);
      check.end(4);
    };
  const violation = expect.objectContaining({ code: 'violation' }) as Error;

  it('accept a series as it is', () => {
    expect(take(...values)).not.toThrow();
  });

  it.each([
    ['one is lost', [values[0], values[2], values[3]]],
    ['one is doubled', [values[0], values[1], values[1], values[2], values[3]]],
    ['two have changed places', [values[0], values[2], values[1], values[3]]],
    ['the last is missing', values.slice(0, 3)],
    ['one is of another series', [...series('b', 1, 50), ...values.slice(1)]],
    ['one was changed', [{ ...values[0], text: 'x' }, ...values.slice(1)]],
  ])('refuse one where %s', (_, taken) => {
    expect(take(...taken)).toThrow(violation);
  });

  it.each([
    ['as they are', (all: Uint8Array) => [all], true],
    ['cut elsewhere', (all: Uint8Array) => [all.subarray(0, 7), all.subarray(7)], true],
    ['with one missing', (all: Uint8Array) => [all.subarray(0, 7), all.subarray(8)], false],
    ['with one doubled', (all: Uint8Array) => [all.subarray(0, 8), all.subarray(7)], false],
    ['without their end', (all: Uint8Array) => [all.subarray(0, -1)], false],
  ])('take bytes %s', (_, cut, isRight) => {
    const all = Buffer.concat([...pieces('a', 50_000)]);
    const check = new BytesCheck('a');
    const taking = (): void => {
      for (const piece of cut(all)) check.take(piece);
      check.end(50_000);
    };
    if (isRight) expect(taking).not.toThrow();
    else expect(taking).toThrow(violation);
  });
});
