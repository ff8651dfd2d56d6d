import type { DialectName } from '../frame/frame-types.js';
import type { ArgumentForm } from '../message/request.js';

/** What the reactors need to know of a wire version; one constant a dialect, no code that asks for names. */
export interface Dialect {
  readonly name: DialectName;
  /** HTTP media type of its frames (SPEC 2.4). */
  readonly mediaType: string;
  /** Legal combinations: index type × 16 + flags (SPEC 2.2, 2.3). */
  readonly legal: readonly boolean[];
  /**
   * Whether it has the extension of SPEC 8: link frames, settings both ways, credit, cancel, ack, ping, error codes and
   * requests from both sides.
   */
  readonly duplex: boolean;
  readonly argumentForm: ArgumentForm;
  /** Largest payload of request frames, bytes; Infinity: as it fits. */
  readonly mapCut: number;
  /** Largest payload of data frames, bytes; one of exactly this size never ends the data. Infinity: as it fits. */
  readonly dataCut: number;
}
