/** What a transport tells its user; set once with {@link Transport.start}. */
export interface TransportHandlers {
  /** Bytes arrived, any cut. The chunk belongs to the receiver. */
  bytes(chunk: Uint8Array): void;
  /** `bufferedBytes` fell low after {@link Transport.send} had filled it. */
  drain(): void;
  /** A half-duplex transport: the other side has sent all it will. Nothing but `drain` and `closed` follows. */
  ended?(): void;
  /** The transport is gone, for whatever reason; called exactly once. */
  closed(code: number, reason: string): void;
}

/**
 * Anything that carries bytes in order both ways (SPEC 7): a WebSocket, a MessagePort, a pipe; or first one way and then
 * the other, as an HTTP exchange does. An adapter is thin: it keeps no protocol state and calls no handler after `closed`.
 */
export interface Transport {
  /** Begins delivery; called once. The handlers are methods: call them on their object. */
  start(handlers: TransportHandlers): void;
  /**
   * Sends whole frames as one message. The chunks must not be changed, nor be transferred to somebody else, now or later:
   * they may have to be sent again. A medium that does so needs a copy.
   */
  send(chunks: readonly Uint8Array[]): void;
  /** Bytes given to `send` and not yet given to the network. */
  readonly bufferedBytes: number;
  /** Stops and resumes delivery, where the medium can (a browser's WebSocket cannot). */
  pause(): void;
  resume(): void;
  /** A half-duplex transport: this side has sent all it will, and only receives, or waits to be closed. */
  finish?(): void;
  /** Closes in order, after everything sent. `reason` is cut to 123 bytes. */
  close(code: number, reason: string): void;
  /** Drops the medium at once, without a closing handshake. */
  terminate(): void;
}

/** Who wants to be woken at a time: it has one alarm at most. */
export interface Sleeper {
  /** The alarms' own: when it is due, monotonic ms, and its place among others. Begin as Infinity and -1: there is none. */
  alarmAt: number;
  alarmPlace: number;
  /** Its alarm was due, and is over. */
  onAlarm(): void;
}

/** Wakes many, each at its time. */
export interface Alarms {
  /** Wakes it then, monotonic ms, and not when it was to be woken before. */
  set(sleeper: Sleeper, at: number): void;
  /** Does not wake it any more. */
  clear(sleeper: Sleeper): void;
}

/** Time and the turn of the event loop, injected: the core itself has neither. */
export interface Clock {
  /** Monotonic milliseconds. */
  now(): number;
  /** Calls `callback` once after `ms`; returns its cancellation. Must not keep a process alive by itself. */
  timer(ms: number, callback: () => void): () => void;
  /** What wakes connections, where there are many of them. Left out: a timer for each. */
  readonly alarms?: Alarms;
  /** Calls `callback` after the current turn: all its events and promises are done by then. */
  defer(callback: () => void): void;
}
