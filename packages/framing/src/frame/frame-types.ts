/** The wire versions, oldest first (SPEC 2.1). */
export const DIALECT_NAMES = [
  'exp-framing-0002',
  'exp-framing-0003',
  'exp-framing-0005',
  'exp-framing-0006',
  'wiremux.1',
] as const;
export type DialectName = (typeof DIALECT_NAMES)[number];

/** One bit of a flags field and its name. */
export type FlagName = readonly [bit: number, name: string];

/** How one frame type of a dialect is called, with its flags in the order of their bits (SPEC 2.2, 2.3). */
interface FrameTypeInfo {
  readonly name: string;
  readonly flags: readonly FlagName[];
}

/** The types of one dialect by their number. */
export type FrameTypeTable = Readonly<Partial<Record<number, FrameTypeInfo>>>;

const PIECE_FLAGS: readonly FlagName[] = [
  [0x1, 'continuation'],
  [0x2, 'eos'],
];
const OLD_ERROR_FLAGS: readonly FlagName[] = [
  [0x1, 'protocol'],
  [0x2, 'application'],
];
const REQUEST: FrameTypeInfo = {
  name: 'command-request',
  flags: [
    [0x1, 'new'],
    [0x2, 'continuation'],
    [0x4, 'more'],
    [0x8, 'have-data'],
  ],
};
const DATA: FrameTypeInfo = { name: 'command-data', flags: PIECE_FLAGS };
const OLD_ERROR: FrameTypeInfo = { name: 'error-response', flags: OLD_ERROR_FLAGS };
const OUTPUT: FrameTypeInfo = { name: 'text-output', flags: [] };
const PROGRESS: FrameTypeInfo = { name: 'progress', flags: [] };
const OLD_STREAM_SETTINGS: FrameTypeInfo = { name: 'stream-settings', flags: [] };

const EXP_FRAMING_0002: FrameTypeTable = {
  1: {
    name: 'command-name',
    flags: [
      [0x1, 'eos'],
      [0x2, 'have-args'],
      [0x4, 'have-data'],
    ],
  },
  2: {
    name: 'command-argument',
    flags: [
      [0x1, 'continuation'],
      [0x2, 'eoa'],
    ],
  },
  3: DATA,
  4: { name: 'bytes-response', flags: PIECE_FLAGS },
  5: OLD_ERROR,
  6: OUTPUT,
  8: OLD_STREAM_SETTINGS,
};

const EXP_FRAMING_0003: FrameTypeTable = {
  1: REQUEST,
  3: DATA,
  4: { name: 'bytes-response', flags: [...PIECE_FLAGS, [0x4, 'cbor']] },
  5: OLD_ERROR,
  6: OUTPUT,
  7: PROGRESS,
  8: OLD_STREAM_SETTINGS,
};

const EXP_FRAMING_0005: FrameTypeTable = {
  1: REQUEST,
  2: DATA,
  3: { name: 'command-response', flags: PIECE_FLAGS },
  5: { name: 'error-response', flags: [] },
  6: OUTPUT,
  7: PROGRESS,
  8: OLD_STREAM_SETTINGS,
};

const EXP_FRAMING_0006: FrameTypeTable = {
  ...EXP_FRAMING_0005,
  8: { name: 'sender-protocol-settings', flags: PIECE_FLAGS },
  9: { name: 'stream-settings', flags: PIECE_FLAGS },
};

const WIREMUX_1: FrameTypeTable = {
  ...EXP_FRAMING_0006,
  10: { name: 'credit', flags: [] },
  11: { name: 'cancel', flags: [[0x1, 'ack']] },
  12: { name: 'ack', flags: [] },
  13: { name: 'ping', flags: [[0x1, 'pong']] },
  14: { name: 'drain', flags: [] },
};

/** The types of every dialect (SPEC 2.2, 2.3). */
export const FRAME_TYPES: Readonly<Record<DialectName, FrameTypeTable>> = {
  'exp-framing-0002': EXP_FRAMING_0002,
  'exp-framing-0003': EXP_FRAMING_0003,
  'exp-framing-0005': EXP_FRAMING_0005,
  'exp-framing-0006': EXP_FRAMING_0006,
  'wiremux.1': WIREMUX_1,
};
