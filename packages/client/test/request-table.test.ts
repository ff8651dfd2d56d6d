import { describe, expect, it } from 'vitest';
import { RequestTable } from '../src/request-table.js';

describe('the table of requests', () => {
  it('gives back what waits in the order it came', () => {
    const table = new RequestTable<string>();
    for (const name of ['a', 'b', 'c']) table.enqueue(name);
    expect(table.queued).toBe(3);
    expect([table.dequeue(), table.dequeue(), table.dequeue(), table.dequeue()]).toEqual(['a', 'b', 'c', undefined]);
    expect(table.queued).toBe(0);
  });

  it('lets one leave the queue, from anywhere in it', () => {
    const table = new RequestTable<string>();
    for (const name of ['a', 'b', 'c']) table.enqueue(name);
    table.withdraw('b');
    table.withdraw('never there');
    expect([table.dequeue(), table.dequeue(), table.dequeue()]).toEqual(['a', 'c', undefined]);
  });

  it('finds an open request by its id until it has ended', () => {
    const table = new RequestTable<string>();
    table.opened(1, 'a');
    table.opened(3, 'b');
    expect(table.find(1)).toBe('a');
    expect(table.ended(1)).toBe('a');
    expect(table.find(1)).toBeUndefined();
    expect(table.ended(1)).toBeUndefined();
    expect(table.find(3)).toBe('b');
  });

  it('gives up all at once, the open ones first', () => {
    const table = new RequestTable<string>();
    table.enqueue('waiting');
    table.opened(1, 'open');
    expect(table.clear()).toEqual(['open', 'waiting']);
    expect(table.clear()).toEqual([]);
    expect(table.find(1)).toBeUndefined();
    expect(table.queued).toBe(0);
  });
});
