import type { DialectName } from '../frame/frame-types.js';
import type { AnswerFormat } from '../message/answer-format.js';
import type { ErrorFormat } from '../message/error-format.js';
import type { OutputFormat } from '../message/output-format.js';
import type { WriteArgument } from '../message/request.js';
import type { FrameTable } from './frame-table.js';
import type { RequestFormat } from './request-format.js';

/**
 * What the reactors need to know of a wire version; one constant a dialect, no code that asks for names. Its table says
 * which frames there are, its formats what is in them.
 */
export interface Dialect extends FrameTable {
  readonly name: DialectName;
  /** HTTP media type of its frames (SPEC 2.4). */
  readonly mediaType: string;
  /** It has the link stream, settings both ways, error codes and the request map's extras (SPEC 8.1, 8.3, 3.9, 8.11). */
  readonly extended: boolean;
  /** It has credit, cancel, ack and ping, and requests from both sides (SPEC 8.4 to 8.9). */
  readonly duplex: boolean;
  /** Its streams may be encoded: it has stream settings that say how (SPEC 3.8.5, 4.8). */
  readonly encodings: boolean;
  /** Answers may say that they are to be had elsewhere (SPEC 3.2.7, 3.4.10). */
  readonly redirects: boolean;
  /**
   * The value of an argument, as the dialect's peers can read it (SPEC 3.1.3).
   * @throws {WiremuxError} `unsupported` for what cannot be written so
   */
  readonly writeArgument: WriteArgument;
  /** Text in arguments comes as byte strings. */
  readonly textAsBytes: boolean;
  /** Largest payload of request frames, bytes; Infinity: as it fits. */
  readonly mapCut: number;
  /** Largest payload of data frames, bytes; one of exactly this size never ends the data. Infinity: as it fits. */
  readonly dataCut: number;
  readonly requests: RequestFormat;
  readonly answers: AnswerFormat;
  readonly errors: ErrorFormat;
  readonly output: OutputFormat;
  /** How it is spoken where input ends before output begins (SPEC 7.6), under the same name; undefined: as it is. */
  readonly halfDuplex?: Dialect;
}
