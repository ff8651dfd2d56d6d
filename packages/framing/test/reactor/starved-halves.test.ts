import { describe, expect, it } from 'vitest';
import { ReceiveHalf } from '../../src/reactor/receive-half.js';
import { StarvedHalves } from '../../src/reactor/starved-halves.js';

const half = (id: number): ReceiveHalf => new ReceiveHalf(id, 0, 0, 0);

/** Ids of those that wait, taken out one by one. */
function drain(starved: StarvedHalves): number[] {
  const ids: number[] = [];
  for (let { first } = starved; first !== undefined; first = starved.first) {
    ids.push(first.requestId);
    starved.delete(first);
  }
  return ids;
}

describe('StarvedHalves', () => {
  it.each([
    ['the first', [1], [3, 5]],
    ['one in the middle', [3], [1, 5]],
    ['the last', [5], [1, 3]],
    ['all', [3, 1, 5], []],
    ['one that is not there', [9], [1, 3, 5]],
  ])('keeps the order of those that wait when %s leaves', (_which, leave, left) => {
    const starved = new StarvedHalves();
    const halves = new Map([1, 3, 5, 9].map((id) => [id, half(id)]));
    for (const id of [1, 3, 5]) starved.add(halves.get(id) as ReceiveHalf);
    for (const id of leave) starved.delete(halves.get(id) as ReceiveHalf);
    expect(drain(starved)).toEqual(left);
    expect(starved.first).toBeUndefined();
  });

  it('takes one in again, at the end', () => {
    const starved = new StarvedHalves();
    const [one, three] = [half(1), half(3)];
    starved.add(one);
    starved.add(three);
    starved.delete(one);
    starved.add(one);
    expect(drain(starved)).toEqual([3, 1]);
  });
});
