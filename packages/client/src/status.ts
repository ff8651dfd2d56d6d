import type { DialectName, WiremuxError } from '@wiremux/framing';
import type { TransportKind } from './line.js';

/** The state of a client's connection. */
export type Status =
  /** An attempt is under way: the `attempt`th since the last connection, for the `reason` that ended that. */
  | { readonly state: 'connecting'; readonly attempt: number; readonly reason?: WiremuxError }
  /** The next attempt comes in `retryIn` ms. */
  | { readonly state: 'waiting'; readonly attempt: number; readonly retryIn: number; readonly reason: WiremuxError }
  /**
   * The transport was lost for the `reason`, and the session was not: requests wait, and go on where they were. The
   * `attempt`th try to get it back is under way, or comes in `retryIn` ms.
   */
  | { readonly state: 'resuming'; readonly attempt: number; readonly retryIn?: number; readonly reason: WiremuxError }
  /**
   * Requests flow: over a WebSocket, or over HTTP, where `reason` says why there is no WebSocket (none: HTTP was asked
   * for). `agent` is the gateway's name and version, where it gives them. `resumable`: requests outlive this transport.
   * `leaving`: the gateway is about to leave, for that reason; from `moveIn` ms on, counted from when this was told,
   * another connection is opened for new requests.
   */
  | {
      readonly state: 'open';
      readonly transport: TransportKind;
      readonly dialect: DialectName;
      readonly agent?: string;
      readonly resumable: boolean;
      readonly reason?: WiremuxError;
      readonly leaving?: { readonly moveIn: number; readonly reason?: string };
    }
  /** For good: `close()` was called (no reason), or connecting again would not help. */
  | { readonly state: 'closed'; readonly reason?: WiremuxError };
