import { type FrameHeader, StreamFlag } from '../frame/frame.js';
import { type DialectName, FRAME_TYPES } from '../frame/frame-types.js';
import type { FoundProblem } from './described-frame.js';

/** Of these flags exactly one is set, by the names of the types that have them (SPEC 2.3). */
const ONE_OF: Readonly<Record<string, readonly string[]>> = {
  'command-request': ['new', 'continuation'],
  'command-data': ['continuation', 'eos'],
  'bytes-response': ['continuation', 'eos'],
  'command-response': ['continuation', 'eos'],
  'sender-protocol-settings': ['continuation', 'eos'],
  'stream-settings': ['continuation', 'eos'],
  'error-response': ['protocol', 'application'],
};

const STREAM_FLAGS: number = StreamFlag.Begin | StreamFlag.End | StreamFlag.Encoded;

/** The name of the frame's type in the dialect, and which of its flags are set. */
export interface NamedType {
  readonly name: string;
  readonly flags: ReadonlySet<string>;
}

/** The type by its name; undefined: the dialect has none of that number. */
export function nameType({ type, flags }: FrameHeader, dialect: DialectName): NamedType | undefined {
  const info = FRAME_TYPES[dialect][type];
  if (info === undefined) return undefined;
  return { name: info.name, flags: new Set(info.flags.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => name)) };
}

/** What is wrong with the frame's type and flags, whatever came before it (SPEC 1.3, 2.2, 2.3). */
export function findFlagProblem(header: FrameHeader, dialect: DialectName): FoundProblem | undefined {
  const { type, flags, streamFlags } = header;
  if ((streamFlags & ~STREAM_FLAGS) !== 0) {
    return { rule: '1.3', message: `Stream flags ${streamFlags} are not defined.` };
  }
  const info = FRAME_TYPES[dialect][type];
  if (info === undefined) return { rule: '2.2', message: `${dialect} has no frame type ${type}.` };
  const known = info.flags.reduce((bits, [bit]) => bits | bit, 0);
  if ((flags & ~known) !== 0 || !isLegal(info.name, flags, info.flags)) {
    return { rule: '2.3', message: `A ${info.name} frame cannot have the flags ${flags}.` };
  }
  return undefined;
}

function isLegal(name: string, flags: number, names: readonly (readonly [number, string])[]): boolean {
  if (name === 'command-name') return flags !== 0 && (flags === 1 || (flags & 1) === 0);
  const exclusive = ONE_OF[name] ?? [];
  const bits = names.filter(([, flag]) => exclusive.includes(flag)).map(([bit]) => bit);
  return bits.length === 0 || bits.filter((bit) => (flags & bit) !== 0).length === 1;
}
