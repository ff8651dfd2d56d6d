import { type CpuInfo, cpus } from 'node:os';

/** Shares of processor time, each 0 to 1; the first three add up to 1. */
export interface CpuShares {
  readonly user: number;
  readonly system: number;
  readonly idle: number;
  /** For each core, the share it was busy. */
  readonly cores: readonly number[];
}

/**
 * A meter whose every reading covers the time since the one before. The first covers the time since boot, as with
 * `vmstat`.
 */
export function cpuMeter(read: () => readonly Pick<CpuInfo, 'times'>[] = cpus): () => CpuShares {
  let before: readonly CpuTimes[] = [];
  return () => {
    const now = read().map(({ times }) => timesOf(times));
    const spent = now.map((times, core) => subtract(times, before[core]));
    before = now;
    const all = spent.reduce(add, NOTHING);
    return { ...sharesOf(all), cores: spent.map((times) => 1 - sharesOf(times).idle) };
  };
}

interface CpuTimes {
  readonly user: number;
  readonly system: number;
  readonly idle: number;
}

const NOTHING: CpuTimes = { user: 0, system: 0, idle: 0 };

function timesOf({ user, nice, sys, irq, idle }: CpuInfo['times']): CpuTimes {
  return { user: user + nice, system: sys + irq, idle };
}

function add(a: CpuTimes, b: CpuTimes): CpuTimes {
  return { user: a.user + b.user, system: a.system + b.system, idle: a.idle + b.idle };
}

/** Clamped, because a core that went offline and came back counts from zero again. */
function subtract(now: CpuTimes, before: CpuTimes = NOTHING): CpuTimes {
  return {
    user: Math.max(0, now.user - before.user),
    system: Math.max(0, now.system - before.system),
    idle: Math.max(0, now.idle - before.idle),
  };
}

/** No time at all between two readings reads as idle. */
function sharesOf({ user, system, idle }: CpuTimes): CpuTimes {
  const total = user + system + idle;
  if (total === 0) return { user: 0, system: 0, idle: 1 };
  return { user: user / total, system: system / total, idle: idle / total };
}
