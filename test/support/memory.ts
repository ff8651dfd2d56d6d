import { readFileSync, writeFileSync } from 'node:fs';

const MiB = 1024 * 1024;

/** The memory of a process, as Linux counts it: from one moment to the highest it came to since. */
export interface MemoryMark {
  /** Resident bytes at that moment. */
  readonly idle: number;
  /** Most bytes resident since, above those; in MiB. */
  growth(): number;
}

/** Marks the memory of a running process. Linux only. */
export function markMemory(pid: number): MemoryMark {
  // 5 sets the peak back to what is resident now: no sampling, and no peak between two samples is missed.
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
  const idle = readStatus(pid, 'VmRSS');
  return { idle, growth: () => (readStatus(pid, 'VmHWM') - idle) / MiB };
}

function readStatus(pid: number, field: string): number {
  const line = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  if (line?.[1] === undefined) throw new Error(`The process ${pid} has no ${field}.`);
  return Number(line[1]) * 1024;
}
