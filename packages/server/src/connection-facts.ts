import type { DialectName, PeerStats } from '@wiremux/framing';
import type { RequestCounters, RequestSnapshot } from './dispatcher.js';
import type { CallSnapshot } from './outgoing-calls.js';

/** How a connection ended. */
export interface ConnectionEnd {
  /** A WebSocket close code (SPEC 9.2). */
  readonly code: number;
  readonly reason: string;
}

/** What a connection has done so far. */
export interface ConnectionCounters {
  /** Those of the client. */
  readonly requests: RequestCounters;
  /** Those this side made of the client; `failed` counts those that ended with an error. */
  readonly calls: RequestCounters;
  readonly bytes: PeerStats['bytes'];
  readonly frames: PeerStats['frames'];
}

/** A connection as it is now, for people. */
export interface ConnectionSnapshot {
  readonly id: string;
  /** When it began, by its clock, ms. */
  readonly since: number;
  readonly dialect: DialectName;
  /** The principal's name. */
  readonly principal: string;
  readonly channels: PeerStats['streams'];
  /** Whether a transport carries it; without one its session waits for its client. */
  readonly attached: boolean;
  readonly requests: readonly RequestSnapshot[];
  /** Those this side made of the client. */
  readonly calls: readonly CallSnapshot[];
}
