import { WiremuxError } from '../errors.js';

/** How `zlib` compresses. */
export interface ZlibOptions {
  /** 0 (stored) to 9 (smallest, slowest); 6 unless given. */
  readonly level?: number;
}

/** How `zstd-8mb` compresses. */
export interface ZstdOptions {
  /** 1 (fastest) to 19 (smallest, slowest); 3 unless given. */
  readonly level?: number;
  /**
   * Base-2 logarithm of the window, 10 (1 KiB) to 23 (8 MiB); 17 (128 KiB) unless given. A context holds several times
   * its window on this side, and the peer's decoder the window itself.
   */
  readonly windowLog?: number;
}

/**
 * The option's value, or its default where it is not given.
 * @throws {WiremuxError} `unsupported` for one that is no whole number from `least` to `most`
 */
function wholeOption(
  name: string,
  value: number | undefined,
  ifAbsent: number,
  range: readonly [number, number],
): number {
  const given = value ?? ifAbsent;
  const [least, most] = range;
  if (Number.isInteger(given) && given >= least && given <= most) return given;
  throw new WiremuxError(
    'unsupported',
    `The option \`${name}\` is ${given}; give it a whole number from ${least} to ${most}.`,
  );
}

/** The level `zlib` is to compress at. */
export function zlibLevel(options: ZlibOptions): number {
  return wholeOption('level', options.level, 6, [0, 9]);
}

/** The level `zstd-8mb` is to compress at. */
export function zstdLevel(options: ZstdOptions): number {
  return wholeOption('level', options.level, 3, [1, 19]);
}

/** Base-2 logarithm of the window `zstd-8mb` is to compress with. */
export function zstdWindowLog(options: ZstdOptions): number {
  return wholeOption('windowLog', options.windowLog, 17, [10, 23]);
}
