import { describe, expect, it } from 'vitest';
import { ReceivedCount } from '../../src/session/received-count.js';

describe('SPEC 8.7.1 to 8.7.3 the count of what came', () => {
  it('SPEC 8.7.3 is due half a second after the first frame, or with 32 KiB', () => {
    const count = new ReceivedCount();
    expect([count.isDue(0), count.dueAfter(0)]).toEqual([false, Number.POSITIVE_INFINITY]);
    expect(count.countFrame(10, 100)).toBe(true);
    expect(count.countFrame(10, 300)).toBe(false);
    expect([count.isDue(599), count.dueAfter(599)]).toEqual([false, 600]);
    expect([count.isDue(600), count.dueAfter(600)]).toEqual([true, Number.POSITIVE_INFINITY]);
    expect(count.countFrame(32_747, 300)).toBe(false);
    expect(count.isDue(300)).toBe(false);
    expect(count.countFrame(1, 300)).toBe(true);
    expect(count.isDue(300)).toBe(true);
  });

  it('SPEC 8.7.3 is overdue with 256 KiB', () => {
    const count = new ReceivedCount();
    count.countFrame(262_143, 0);
    expect(count.overdue).toBe(false);
    count.countFrame(1, 0);
    expect(count.overdue).toBe(true);
    count.told();
    expect(count.overdue).toBe(false);
  });

  it('SPEC 8.7.2 is news once, and goes on over transports', () => {
    const count = new ReceivedCount();
    expect(count.told()).toBe(false);
    count.countFrame(10, 0);
    count.countFrame(10, 0);
    expect([count.told(), count.told(), count.frames]).toEqual([true, false, 2]);
    count.countFrame(10, 0);
    expect([count.told(), count.frames, count.isDue(9_999)]).toEqual([true, 3, false]);
  });
});
