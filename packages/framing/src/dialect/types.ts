/** Frame types of `exp-framing-0006` and `wiremux.1` (SPEC 2.2). */
export const FrameType = {
  Request: 0x1,
  Data: 0x2,
  Response: 0x3,
  Error: 0x5,
  Output: 0x6,
  Progress: 0x7,
  SenderSettings: 0x8,
  StreamSettings: 0x9,
  Credit: 0xa,
  Cancel: 0xb,
  Ack: 0xc,
  Ping: 0xd,
  Drain: 0xe,
} as const;
export type FrameType = (typeof FrameType)[keyof typeof FrameType];

/** Flags of command-request frames. */
export const RequestFlag = { New: 1, Continuation: 2, More: 4, HaveData: 8 } as const;
/** Flags of data, response and settings frames: a piece of something, or its last. */
export const PieceFlag = { Continuation: 1, Eos: 2 } as const;
/** Flag of cancel frames. */
export const CancelFlag = { Ack: 1 } as const;
/** Flag of ping frames. */
export const PingFlag = { Pong: 1 } as const;

/** Flags legal for each type of `exp-framing-0006` (SPEC 2.3). */
const LEGAL_0006: readonly (readonly [type: FrameType, flags: readonly number[]])[] = [
  [FrameType.Request, [1, 2, 5, 6, 9, 10, 13, 14]],
  [FrameType.Data, [1, 2]],
  [FrameType.Response, [1, 2]],
  [FrameType.Error, [0]],
  [FrameType.Output, [0]],
  [FrameType.Progress, [0]],
  [FrameType.SenderSettings, [1, 2]],
  [FrameType.StreamSettings, [1, 2]],
];

/** What `wiremux.1` adds. */
const LEGAL_WIREMUX_1: readonly (readonly [type: FrameType, flags: readonly number[]])[] = [
  [FrameType.Credit, [0]],
  [FrameType.Cancel, [0, 1]],
  [FrameType.Ack, [0]],
  [FrameType.Ping, [0, 1]],
  [FrameType.Drain, [0]],
];

function legalTable(...lists: (readonly (readonly [number, readonly number[]])[])[]): boolean[] {
  const table = new Array<boolean>(256).fill(false);
  for (const list of lists) {
    for (const [type, allFlags] of list) {
      for (const flags of allFlags) table[type * 16 + flags] = true;
    }
  }
  return table;
}

export const LEGAL_IN_0006: readonly boolean[] = legalTable(LEGAL_0006);
export const LEGAL_IN_WIREMUX_1: readonly boolean[] = legalTable(LEGAL_0006, LEGAL_WIREMUX_1);
