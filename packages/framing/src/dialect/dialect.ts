import type { DialectName } from '../frame/frame-types.js';
import type { ArgumentForm } from '../message/request.js';

/** What the reactors need to know of a wire version; one constant a dialect, no code that asks for names. */
export interface Dialect {
  readonly name: DialectName;
  /** HTTP media type of its frames (SPEC 2.4). */
  readonly mediaType: string;
  /** Legal combinations: index type × 16 + flags (SPEC 2.2, 2.3). */
  readonly legal: readonly boolean[];
  /** It has the link stream, settings both ways, error codes and the request map's extras (SPEC 8.1, 8.3, 3.9, 8.11). */
  readonly extended: boolean;
  /** It has credit, cancel, ack and ping, and requests from both sides (SPEC 8.4 to 8.9). */
  readonly duplex: boolean;
  readonly argumentForm: ArgumentForm;
  /** Largest payload of request frames, bytes; Infinity: as it fits. */
  readonly mapCut: number;
  /** Largest payload of data frames, bytes; one of exactly this size never ends the data. Infinity: as it fits. */
  readonly dataCut: number;
}
