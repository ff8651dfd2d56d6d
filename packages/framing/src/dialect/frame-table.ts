import type { FrameType } from './types.js';

/** One frame type of a dialect: its number on the wire, and the flags it may have (SPEC 2.2, 2.3). */
export type FrameRow = readonly [type: FrameType, wire: number, flags: readonly number[]];

/** The frame types of one dialect, to and from their numbers on the wire. */
export interface FrameTable {
  /** Legal combinations: index number on the wire × 16 + flags. */
  readonly legal: readonly boolean[];
  /** The type of each number on the wire. */
  readonly types: readonly (FrameType | undefined)[];
  /** The number on the wire of each type; undefined for what the dialect does not have. */
  readonly wireTypes: readonly (number | undefined)[];
}

const WIRE_TYPES = 16;

export function frameTable(rows: readonly FrameRow[]): FrameTable {
  const legal = new Array<boolean>(WIRE_TYPES * 16).fill(false);
  const types = new Array<FrameType | undefined>(WIRE_TYPES).fill(undefined);
  const wireTypes: (number | undefined)[] = [];
  for (const [type, wire, allFlags] of rows) {
    types[wire] = type;
    wireTypes[type] = wire;
    for (const flags of allFlags) legal[wire * 16 + flags] = true;
  }
  return { legal, types, wireTypes };
}
