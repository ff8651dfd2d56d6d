import { describe, expect, it } from 'vitest';
import { addressOf } from '../../src/http/address.js';

describe('whom an address is counted with', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2::9', '2001:db8:1:2'],
    ['2001:db8::1:2:3:4', '2001:db8:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['::1', '0:0:0:0'],
    ['2001:db8::', '2001:db8:0:0'],
    [undefined, ''],
  ])('%s: %s', (remoteAddress, counted) => {
    const socket = { remoteAddress } as Parameters<typeof addressOf>[0]['socket'];
    expect(addressOf({ socket })).toBe(counted);
  });
});
