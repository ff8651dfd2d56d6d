import { VirtualClock } from '@wiremux/framing/testing';
import { describe, expect, it } from 'vitest';
import { FailedConnects } from '../../src/connections/failed-connects.js';

function failedConnects(limits: { most?: number; perSecond?: number; addresses?: number } = {}) {
  const clock = new VirtualClock();
  return { clock, failed: new FailedConnects(clock, { most: 3, perSecond: 0.5, addresses: 2, ...limits }) };
}

describe('failed attempts to connect', () => {
  it('do not matter up to the limit, and close the address at it', () => {
    const { failed } = failedConnects();
    failed.add('192.0.2.1');
    failed.add('192.0.2.1');
    expect(failed.wait('192.0.2.1')).toBe(0);

    failed.add('192.0.2.1');
    expect(failed.wait('192.0.2.1')).toBe(2);
    expect(failed.wait('192.0.2.2')).toBe(0);
  });

  it('are forgiven with time', async () => {
    const { clock, failed } = failedConnects();
    for (let n = 0; n < 10; n++) failed.add('192.0.2.1');
    await clock.advance(1_999);
    expect(failed.wait('192.0.2.1')).toBe(1);

    await clock.advance(1);
    expect(failed.wait('192.0.2.1')).toBe(0);
    await clock.advance(4_000);
    expect(failed.wait('192.0.2.1')).toBe(0);
    expect(failed.size).toBe(0);
  });

  it('are remembered of so many addresses, those that failed last', () => {
    const { failed } = failedConnects({ most: 1 });
    failed.add('192.0.2.1');
    failed.add('192.0.2.2');
    failed.add('192.0.2.1');
    expect(failed.size).toBe(2);

    failed.add('192.0.2.3');
    expect(failed.size).toBe(2);
    expect(failed.wait('192.0.2.2')).toBe(0);
    expect(failed.wait('192.0.2.1')).toBe(2);
  });
});
