import type { DialectName, WiremuxError } from '@wiremux/framing';
import type { Leaving } from './leaving.js';
import type { Run } from './run.js';

/** What requests can travel over. */
export type TransportKind = 'websocket' | 'http';

/** How a line ended, or why there is none. */
export interface Loss {
  readonly error: WiremuxError;
  /** Whether to try again: `new-token` only where a new token can be had. */
  readonly reconnect: boolean | 'new-token';
  /** What went wrong, in a sentence, where the error says more than that. */
  readonly detail?: string;
}

/** A way to the gateway over which requests flow: one WebSocket, or exchanges over HTTP. */
export interface Line {
  readonly transport: TransportKind;
  readonly dialect: DialectName;
  /** The gateway's name and version, where it gives them. */
  readonly agent: string | undefined;
  /** Resolves when requests flow no more. */
  readonly lost: Promise<Loss>;
  /** Resolves when its gateway is about to leave; undefined where that is not told. */
  readonly leaving: Promise<Leaving> | undefined;
  /** Opens the run's request at once, if it can; false: it is to wait in the queue. */
  open(run: Run): boolean;
  /** Requests wait in the queue: those that may go now are sent. */
  send(): void;
  /** Sends what is held back until told to send. */
  flush(): void;
  /** Takes no more requests, and ends once it carries none. */
  retire(): void;
  /** How its requests outlive its transport. Undefined: they do not. */
  readonly session: LineSession | undefined;
}

/** The session of a line: its requests wait while it has no transport (SPEC 8.8). */
export interface LineSession {
  /** How long the gateway keeps it without a transport, ms. */
  readonly ttl: number;
  /** `interrupted` is called each time the transport is lost and requests wait: {@link resume} or {@link end} is next. */
  watch(interrupted: (loss: Loss) => void): void;
  /**
   * Dials once more and asks for the session. Undefined: requests flow again, be it in a new session, since the gateway
   * does not know this one any more. Never rejects.
   */
  resume(signal: AbortSignal): Promise<Loss | undefined>;
  /** Ends it where it waits for a transport: the line is lost, so. */
  end(loss: Loss): void;
}

/**
 * Opens a line, to the address `to` if it is given, unless `signal` aborts: then there is none, even late. Resolves with the
 * loss; never rejects.
 */
export type OpenLine = (signal: AbortSignal, to?: string) => Promise<Line | Loss>;

export function isLoss(opened: Line | Loss): opened is Loss {
  return 'reconnect' in opened;
}
