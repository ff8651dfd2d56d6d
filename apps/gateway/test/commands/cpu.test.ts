import { describe, expect, it } from 'vitest';
import { cpuMeter } from '../../src/commands/host/cpu.js';

type Times = { user: number; nice: number; sys: number; irq: number; idle: number };
const core = (times: Partial<Times>) => ({ times: { user: 0, nice: 0, sys: 0, irq: 0, idle: 0, ...times } });

describe('cpuMeter', () => {
  it('reads the time since boot first, then the time since the reading before', () => {
    const readings = [
      [core({ user: 10, nice: 10, sys: 15, irq: 5, idle: 60 }), core({ idle: 100 })],
      [core({ user: 10, nice: 10, sys: 15, irq: 5, idle: 160 }), core({ user: 50, sys: 50, idle: 100 })],
    ];
    const meter = cpuMeter(() => readings.shift() ?? []);
    expect(meter()).toEqual({ user: 0.1, system: 0.1, idle: 0.8, cores: [0.4, 0] });
    expect(meter()).toEqual({ user: 0.25, system: 0.25, idle: 0.5, cores: [0, 1] });
  });

  it('calls two readings of the same time idle', () => {
    const meter = cpuMeter(() => [core({ user: 5, idle: 5 })]);
    meter();
    expect(meter()).toEqual({ user: 0, system: 0, idle: 1, cores: [0] });
  });

  it('is not led below 0 by a core that counts from zero again', () => {
    const readings = [[core({ user: 100, idle: 100 })], [core({ user: 10, idle: 150 })]];
    const meter = cpuMeter(() => readings.shift() ?? []);
    meter();
    expect(meter()).toEqual({ user: 0, system: 0, idle: 1, cores: [0] });
  });

  it('takes a core that was not there before', () => {
    const readings = [[core({ idle: 10 })], [core({ idle: 20 }), core({ user: 10 })]];
    const meter = cpuMeter(() => readings.shift() ?? []);
    meter();
    expect(meter().cores).toEqual([0, 1]);
  });
});
