import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteCollector } from '../../src/flow/byte-collector.js';

describe('ByteCollector', () => {
  it('gives the pieces joined, in memory of their own', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 600 })), (pieces) => {
        const collector = new ByteCollector();
        const expected = Buffer.concat(pieces);
        for (const piece of pieces) {
          collector.add(piece);
          piece.fill(0);
        }
        expect(collector.size).toBe(expected.length);
        expect(Buffer.from(collector.take()).equals(expected)).toBe(true);
        expect(collector.size).toBe(0);
      }),
    );
  });

  it('begins anew after it was taken from', () => {
    const collector = new ByteCollector();
    collector.add(Uint8Array.of(1, 2));
    const first = collector.take();
    collector.add(Uint8Array.of(3));
    expect([...first]).toEqual([1, 2]);
    expect([...collector.take()]).toEqual([3]);
    expect([...collector.take()]).toEqual([]);
  });

  it('SPEC 3.1.6 holds no more than twice what came, in pieces of one byte', () => {
    const collector = new ByteCollector();
    for (let count = 0; count < 100_000; count++) collector.add(Uint8Array.of(count));
    const whole = collector.take();
    expect(whole.length).toBe(100_000);
    expect(whole.buffer.byteLength).toBeLessThanOrEqual(200_000);
  });
});
