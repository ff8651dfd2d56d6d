import { describe, expect, it } from 'vitest';
import { type TakesTurns, TurnList } from '../../src/flow/turn-list.js';

interface One extends TakesTurns {
  readonly name: string;
}

const one = (name: string): One => ({ name, behind: undefined });
const names = (list: TurnList<One>): string[] => Array.from(list, ({ name }) => name);

describe('TurnList', () => {
  it('gives who waits in the order they came', () => {
    const list = new TurnList<One>();
    expect([list.first, list.isShort]).toEqual([undefined, true]);
    const [a, b, c] = [one('a'), one('b'), one('c')];
    list.append(a);
    expect([list.first, list.isShort]).toEqual([a, true]);
    list.append(b);
    list.append(c);
    expect([names(list), list.isShort]).toEqual([['a', 'b', 'c'], false]);
    list.removeFirst();
    list.append(a);
    expect(names(list)).toEqual(['b', 'c', 'a']);
  });

  it('holds on to nobody who left it, and is as new when it is empty', () => {
    const list = new TurnList<One>();
    const [a, b] = [one('a'), one('b')];
    list.append(a);
    list.append(b);
    list.removeFirst();
    expect(a.behind).toBeUndefined();
    list.removeFirst();
    list.removeFirst();
    expect([list.first, names(list)]).toEqual([undefined, []]);
    list.append(b);
    expect(names(list)).toEqual(['b']);
  });
});
