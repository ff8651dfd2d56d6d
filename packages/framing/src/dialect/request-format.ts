import type { RequestMessage, WriteArgument } from '../message/request.js';
import type { FrameType } from './types.js';

/** The frames that open a request, cut one after another as they are scheduled. */
export interface Opening {
  /** Payload bytes of all of them. */
  readonly size: number;
  /** All were cut. */
  readonly done: boolean;
  /** The frame that was cut last: its payload is `bytes[from, to)`. */
  readonly type: FrameType;
  readonly flags: number;
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly to: number;
  /** The request's deadline, in place of the one it was given, ms. Before its first frame; nothing where it has none. */
  setDeadline(deadline: number): void;
  /** True if it takes several frames of at most `cut` payload bytes. */
  isLong(cut: number): boolean;
  /** Payload bytes of the next frame, if it is cut at `cut` and nowhere else. */
  nextBytes(cut: number): number;
  /** Cuts the next frame, with at most `most` payload bytes unless more must not be cut. There must be one. */
  cut(most: number): void;
}

/** What a frame says of the request that it opens or continues. */
export interface RequestStep {
  /** It is the request's first. */
  readonly opens: boolean;
  /** Others follow. */
  readonly more: boolean;
  /** Whether data follows; undefined where the frame does not say. */
  readonly hasData: boolean | undefined;
}

/** Reads frames that do not hold a request map as the map they stand for. */
export interface RequestTranslator {
  /** The next bytes of the map; a string says what is wrong with the frame. */
  read(type: number, flags: number, payload: Uint8Array): Uint8Array | string;
}

/** How a dialect opens requests. */
export interface RequestFormat {
  /** The rule that a frame breaks which {@link RequestTranslator.read} finds fault with. */
  readonly rule: string;
  /**
   * The frames that open this request.
   * @throws {WiremuxError} `unsupported` or `too-big` for arguments that the dialect cannot carry
   */
  open(request: RequestMessage, hasData: boolean, write: WriteArgument): Opening;
  /** What a legal frame of its types says. */
  step(type: number, flags: number): RequestStep;
  /** For one request; undefined where the frames hold the map itself. */
  translator(): RequestTranslator | undefined;
}
