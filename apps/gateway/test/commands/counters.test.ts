import { describe, expect, it } from 'vitest';
import { countersFrom, parseDiskStats, parseNetDev } from '../../src/commands/host/counters.js';

const netDev = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:    8636      95    0    0    0     0          0         0     8636      95    0    0    0     0       0          0
  eth0: 807399557   21931    0    0    0     0          0         0  1345806   13368    0    0    0     0       0          0
wlan0:1000 1 0 0 0 0 0 0 200 1 0 0 0 0 0 0
`;

const diskStats = `   7       0 loop0 9 0 9 0 9 0 9 0 0 0 0 0 0 0 0 0 0
 254       0 vda 94905 33777 7566602 60237 24657 33877 2967232 8827 0 11380 70328 18866 44 398208 1162 2997 100
 254       1 vda1 94905 33777 7566602 60237 24657 33877 2967232 8827 0 11380 70328 18866 44 398208 1162 2997 100
 259       0 nvme0n1 1 0 2 0 1 0 4 0 0 0 0 0 0 0 0 0 0
 259       1 nvme0n1p1 1 0 2 0 1 0 4 0 0 0 0 0 0 0 0 0 0
   8       0 sda 1 0 10 0 1 0 20 0 0 0 0
   8       1 sda1 1 0 10 0 1 0 20 0 0 0 0
 253       0 dm-0 1 0 10 0 1 0 20 0 0 0 0
`;

describe('counters of the host', () => {
  it('adds up every interface but loopback', () => {
    expect(parseNetDev(netDev)).toEqual({ rxBytes: 807_400_557, txBytes: 1_346_006 });
  });

  it('adds up whole disks, in bytes', () => {
    expect(parseDiskStats(diskStats)).toEqual({
      readBytes: (7_566_602 + 2 + 10) * 512,
      writeBytes: (2_967_232 + 4 + 20) * 512,
    });
  });

  it.each(['', '\n', 'nothing of the kind\n'])('reads %j as zeros', (text) => {
    expect(parseNetDev(text)).toEqual({ rxBytes: 0, txBytes: 0 });
    expect(parseDiskStats(text)).toEqual({ readBytes: 0, writeBytes: 0 });
  });

  it('takes what systeminformation knows, and zeros for what it does not', async () => {
    const interfaces = [
      { rx_bytes: 1, tx_bytes: 2 },
      { rx_bytes: 10, tx_bytes: 20 },
    ];
    const networkStats = () => Promise.resolve(interfaces);
    const fsStats = (rx: number, wx: number) => () => Promise.resolve({ rx, wx });
    expect(await countersFrom({ networkStats, fsStats: fsStats(5, 6) })).toEqual({
      network: { rxBytes: 11, txBytes: 22 },
      disk: { readBytes: 5, writeBytes: 6 },
    });
    const onWindows = await countersFrom({ networkStats, fsStats: () => Promise.resolve(null) });
    expect(onWindows.disk).toEqual({ readBytes: 0, writeBytes: 0 });
  });
});
