import type { CborLimits } from '../cbor/index.js';
import type { Dialect } from '../dialect/dialect.js';
import type { ProtocolFault } from '../errors.js';
import type { Limits } from '../limits.js';
import type { PeerSettings } from '../message/settings.js';
import type { Encodings } from './encodings.js';
import type { PeerEvent } from './events.js';
import type { Output } from './output.js';

/** What the parts of one peer share. The peer owns it; time is that of the call being made. */
export interface PeerContext {
  readonly role: 'client' | 'server';
  readonly dialect: Dialect;
  /** Input ends before output begins (SPEC 7.6). */
  readonly halfDuplex: boolean;
  readonly limits: Limits;
  readonly cborLimits: CborLimits;
  readonly output: Output;
  readonly encodings: Encodings;
  /** Monotonic ms of the current call. */
  now: number;
  /** What this side announced, and what the other side did (the defaults until then). */
  ownSettings: PeerSettings;
  remoteSettings: PeerSettings;
  readonly emit: (event: PeerEvent) => void;
  /** There may be bytes to take. */
  wake(): void;
  /** Takes from the control budget of the other side; the fault where it has none left (SPEC 9.1.14). */
  charge(what: string): ProtocolFault | undefined;
  /** The same for what the application found out later: ends the connection by itself. */
  chargeOrFail(what: string): void;
}
