/**
 * Frame types as the reactors know them: the numbers of `exp-framing-0006` and `wiremux.1` (SPEC 2.2), and numbers that no
 * header holds for what only older dialects have. A {@link FrameTable} says which number each has on the wire.
 */
export const FrameType = {
  Request: 0x1,
  Data: 0x2,
  /** bytes-response too, where answers are that. */
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
  /** `exp-framing-0002`: a request's name, then each of its arguments. */
  CommandName: 0x10,
  CommandArgument: 0x11,
  /** Before `exp-framing-0006`: settings whose payload was never specified (SPEC 3.8.7). */
  OldStreamSettings: 0x12,
} as const;
export type FrameType = (typeof FrameType)[keyof typeof FrameType];

/** Flags of command-request frames. */
export const RequestFlag = { New: 1, Continuation: 2, More: 4, HaveData: 8 } as const;
/** Flags of data, response and settings frames: a piece of something, or its last. */
export const PieceFlag = { Continuation: 1, Eos: 2 } as const;
/** Flags of command-name frames. */
export const NameFlag = { Eos: 1, HaveArgs: 2, HaveData: 4 } as const;
/** Flags of command-argument frames: the value goes on, or it was the last. */
export const ArgumentFlag = { Continuation: 1, Eoa: 2 } as const;
/** Flag of cancel frames. */
export const CancelFlag = { Ack: 1 } as const;
/** Flag of ping frames. */
export const PingFlag = { Pong: 1 } as const;
