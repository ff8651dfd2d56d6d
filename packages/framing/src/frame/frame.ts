/** The bytes before every payload (SPEC 1.1). */
export const HEADER_SIZE = 8;

/** The largest payload the 24-bit length can say (SPEC 1.1). */
export const MAX_PAYLOAD = 0xff_ff_ff;

/** Stream flags, the same in every dialect (SPEC 1.3). */
export const StreamFlag = { Begin: 0x01, End: 0x02, Encoded: 0x04 } as const;

/** The fields of a frame header besides the payload length (SPEC 1.1). */
export interface FrameHeader {
  /** 0 to 65,535; odd: opened by the client, even: by the server, 0: the connection itself. */
  readonly requestId: number;
  /** 0 to 255; odd: sent by the client, even: by the server. */
  readonly streamId: number;
  /** Bits of {@link StreamFlag}. */
  readonly streamFlags: number;
  /** 0 to 15; its meaning depends on the dialect. */
  readonly type: number;
  /** 0 to 15; their meaning depends on the type. */
  readonly flags: number;
}

/** One frame, whole. The payload may be a view of the bytes it was read from. */
export interface Frame extends FrameHeader {
  readonly payload: Uint8Array;
}
