import { readFile } from 'node:fs/promises';

/** Bytes moved since the machine started; zeros where the system does not tell. */
export interface HostCounters {
  readonly network: { readonly rxBytes: number; readonly txBytes: number };
  readonly disk: { readonly readBytes: number; readonly writeBytes: number };
}

/**
 * Reads the machine's counters. On Linux from two files of /proc: the library used elsewhere starts a dozen processes
 * for the same figures.
 */
export function readCounters(): Promise<HostCounters> {
  return process.platform === 'linux' ? readLinuxCounters() : readOtherCounters();
}

async function readLinuxCounters(): Promise<HostCounters> {
  const [network, disk] = await Promise.all([readOrNothing('/proc/net/dev'), readOrNothing('/proc/diskstats')]);
  return { network: parseNetDev(network), disk: parseDiskStats(disk) };
}

/** Containers and sandboxes may hide either file. */
function readOrNothing(path: string): Promise<string> {
  return readFile(path, 'latin1').catch(() => '');
}

/** `/proc/net/dev`: every interface but loopback. */
export function parseNetDev(text: string): HostCounters['network'] {
  let rxBytes = 0;
  let txBytes = 0;
  for (const line of text.split('\n')) {
    const [name, figures] = line.split(':');
    if (figures === undefined || name?.trim() === 'lo') continue;
    const columns = figures.trim().split(/\s+/);
    rxBytes += Number(columns[0] ?? 0);
    txBytes += Number(columns[8] ?? 0);
  }
  return { rxBytes, txBytes };
}

/** Whole disks: what their partitions, and the volumes built on them, count is counted here already. */
const WHOLE_DISK = /^([shvx]v?d[a-z]+|nvme\d+n\d+|mmcblk\d+)$/;
/** What a sector is in `/proc/diskstats`, bytes, whatever the disk's own is. */
const SECTOR = 512;

/** `/proc/diskstats`: columns 3, 6 and 10 are name, sectors read and sectors written. */
export function parseDiskStats(text: string): HostCounters['disk'] {
  let readBytes = 0;
  let writeBytes = 0;
  for (const line of text.split('\n')) {
    const columns = line.trim().split(/\s+/);
    if (!WHOLE_DISK.test(columns[2] ?? '')) continue;
    readBytes += Number(columns[5] ?? 0) * SECTOR;
    writeBytes += Number(columns[9] ?? 0) * SECTOR;
  }
  return { readBytes, writeBytes };
}

/** The two functions used of `systeminformation`. */
export interface SystemInformation {
  networkStats(interfaces: string): Promise<readonly { readonly rx_bytes: number; readonly tx_bytes: number }[]>;
  /** Null on Windows. */
  fsStats(): Promise<{ readonly rx: number | null; readonly wx: number | null } | null>;
}

async function readOtherCounters(): Promise<HostCounters> {
  return await countersFrom(await import('systeminformation'));
}

/** The machine's counters as `systeminformation` finds them. */
export async function countersFrom(system: SystemInformation): Promise<HostCounters> {
  const [interfaces, disk] = await Promise.all([system.networkStats('*'), system.fsStats()]);
  return {
    network: {
      rxBytes: interfaces.reduce((sum, { rx_bytes }) => sum + rx_bytes, 0),
      txBytes: interfaces.reduce((sum, { tx_bytes }) => sum + tx_bytes, 0),
    },
    disk: { readBytes: disk?.rx ?? 0, writeBytes: disk?.wx ?? 0 },
  };
}
