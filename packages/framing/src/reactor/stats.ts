/** One stream of a connection, with what it has carried (for inspection). */
export interface StreamStats {
  readonly stream: number;
  readonly direction: 'in' | 'out';
  /** The channel: this side's own for `out`; `in` streams have only a number. */
  readonly name: string;
  readonly encoding: string;
  readonly frames: number;
  /** Header and payload bytes. */
  readonly bytes: number;
  /** Body bytes that wait to be sent on it. */
  readonly queued: number;
}

/** One request this side answers. */
export interface RequestStats {
  readonly id: number;
  readonly channel: string;
  /** Plain bytes of the answer sent so far. */
  readonly bytes: number;
}

/** A snapshot of a peer. */
export interface PeerStats {
  readonly frames: { readonly in: number; readonly out: number };
  readonly bytes: { readonly in: number; readonly out: number };
  readonly streams: readonly StreamStats[];
  readonly requests: readonly RequestStats[];
}
