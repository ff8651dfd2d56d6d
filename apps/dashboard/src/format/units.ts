/** What a number counts, and so how it is written. */
export type Unit = 'share' | 'bytes' | 'bytes/s' | 'count' | 'per-second' | 'ms' | 'plain';

/** What stands where there is no value. */
export const NO_VALUE = '–';

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;
const LOCALE = 'en-US';

const whole = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const oneDecimal = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const twoDecimals = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const compact = new Intl.NumberFormat(LOCALE, { notation: 'compact', maximumFractionDigits: 1 });

/** A number with its unit, as people read it; {@link NO_VALUE} for null. */
export function formatUnit(value: number | null, unit: Unit): string {
  if (value === null) return NO_VALUE;
  switch (unit) {
    case 'share':
      return `${oneDecimal.format(value * 100)} %`;
    case 'bytes':
      return formatBytes(value);
    case 'bytes/s':
      return `${formatBytes(value)}/s`;
    case 'count':
      return formatCount(value);
    case 'per-second':
      return `${threeFigures(value)} /s`;
    case 'ms':
      return `${value < 10 ? twoDecimals.format(value) : threeFigures(value)} ms`;
    case 'plain':
      return twoDecimals.format(value);
  }
}

/** The label of an axis: the same number in fewer characters. */
export function formatTick(value: number, unit: Unit): string {
  switch (unit) {
    case 'share':
      return `${whole.format(value * 100)} %`;
    case 'bytes':
    case 'bytes/s':
      return formatBytes(value, true);
    case 'ms':
      return `${trimmed(value)} ms`;
    default:
      return value < 1_000 ? trimmed(value) : compact.format(value);
  }
}

/** Bytes in binary units with at most three leading figures: `0 B`, `512 B`, `1.5 KiB`, `340 MiB`. */
export function formatBytes(bytes: number, short = false): string {
  let scaled = bytes;
  let step = 0;
  while (Math.abs(scaled) >= 999.5 && step < BYTE_UNITS.length - 1) {
    scaled /= 1024;
    step++;
  }
  const figures = step === 0 || scaled >= 99.95 || (short && Number.isInteger(scaled)) ? whole : oneDecimal;
  return `${figures.format(scaled)} ${BYTE_UNITS[step]}`;
}

/** A count, digits grouped. */
export function formatCount(count: number): string {
  return whole.format(count);
}

function threeFigures(value: number): string {
  return (value < 99.95 ? oneDecimal : whole).format(value);
}

function trimmed(value: number): string {
  return String(Number(value.toPrecision(3)));
}
