import type { Status, TransportKind } from '@wiremux/client';
import { type Problem, problemOf } from './problem.js';

/** What the page says about its connection. Times are ms since the epoch. */
export interface ConnectionView {
  readonly phase: Status['state'];
  readonly dialect: string | undefined;
  /** What requests travel over, once it is known. */
  readonly transport: TransportKind | undefined;
  /** Why that is HTTP and not a WebSocket, where it stands in for one. */
  readonly transportReason: string | undefined;
  /** The gateway's software, where it says. */
  readonly agent: string | undefined;
  /** When another connection is opened, since the gateway of this one is about to leave. */
  readonly movesAt: number | undefined;
  /** Since when there is no connection; undefined while there is one, and before the first attempt has failed. */
  readonly downSince: number | undefined;
  /** When the next attempt comes. */
  readonly retryAt: number | undefined;
  /** Attempts since the last connection. */
  readonly attempt: number;
  readonly problem: Problem | undefined;
  /** Requests outlive the transport. */
  readonly resumable: boolean;
}

/** Before the client has said anything. */
export const CONNECTING: ConnectionView = {
  phase: 'connecting',
  dialect: undefined,
  transport: undefined,
  transportReason: undefined,
  agent: undefined,
  movesAt: undefined,
  downSince: undefined,
  retryAt: undefined,
  attempt: 1,
  problem: undefined,
  resumable: false,
};

/** The view after a status that came at `now`. */
export function reduceConnection(view: ConnectionView, status: Status, now: number): ConnectionView {
  const problem = 'reason' in status && status.reason !== undefined ? problemOf(status.reason) : undefined;
  const wasOpen = view.phase === 'open';
  switch (status.state) {
    case 'open': {
      const { transport, dialect, agent, resumable, reason, leaving } = status;
      const movesAt = leaving === undefined ? undefined : now + leaving.moveIn;
      const transportReason = reason?.message;
      return { ...CONNECTING, phase: 'open', transport, dialect, agent, resumable, movesAt, transportReason };
    }
    case 'connecting':
      return {
        ...view,
        phase: 'connecting',
        movesAt: undefined,
        downSince: view.downSince ?? (wasOpen ? now : undefined),
        retryAt: undefined,
        attempt: status.attempt,
        problem: problem ?? view.problem,
      };
    case 'waiting':
      return {
        ...view,
        phase: 'waiting',
        movesAt: undefined,
        downSince: view.downSince ?? now,
        retryAt: now + status.retryIn,
        attempt: status.attempt,
        problem,
      };
    case 'resuming':
      return {
        ...view,
        phase: 'resuming',
        downSince: view.downSince ?? now,
        retryAt: status.retryIn === undefined ? undefined : now + status.retryIn,
        attempt: status.attempt,
        problem,
      };
    case 'closed':
      return {
        ...view,
        phase: 'closed',
        movesAt: undefined,
        downSince: view.downSince ?? now,
        retryAt: undefined,
        problem,
      };
  }
}
