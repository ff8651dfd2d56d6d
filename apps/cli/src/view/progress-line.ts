import type { ProgressUpdate } from '@wiremux/framing';
import { printable } from './printable.js';

const BAR_WIDTH = 24;
const BYTE_UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** One topic's progress on one line: a bar where the total is known. */
export function progressLine({ topic, pos, total, label, item }: ProgressUpdate): string {
  const parts = [topic];
  if (total > 0) {
    const share = Math.min(pos / total, 1);
    const filled = Math.floor(share * BAR_WIDTH);
    parts.push('█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled), `${Math.floor(share * 100)}%`);
  }
  parts.push(amount(pos, total, label));
  if (item !== undefined) parts.push(item);
  return printable(parts.join('  ').replaceAll('\n', ' '));
}

function amount(pos: number, total: number, label: string | undefined): string {
  const of = total > 0 ? [pos, total] : [pos];
  if (label !== 'bytes') {
    const counts = of.map((count) => count.toLocaleString('en')).join(' / ');
    return label === undefined ? counts : `${counts} ${label}`;
  }
  const largest = Math.max(...of);
  const unit = Math.min(Math.floor(Math.log2(Math.max(largest, 1)) / 10), BYTE_UNITS.length - 1);
  const sizes = of.map((bytes) => (bytes / 1024 ** unit).toFixed(unit === 0 ? 0 : 1));
  return `${sizes.join(' / ')} ${BYTE_UNITS[unit] ?? ''}`;
}
