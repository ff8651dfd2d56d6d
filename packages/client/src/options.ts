import type { Clock, DialectName, Limits } from '@wiremux/framing';
import type { Dial } from './transport/dial.js';
import type { UploadData } from './upload/source.js';

/** How a lost connection is made again: exponential backoff with full jitter. */
export interface ReconnectOptions {
  /** Upper bound of the first delay, ms. Default 250. */
  readonly initial?: number | undefined;
  /** Upper bound of every delay, ms. Default 30,000. */
  readonly max?: number | undefined;
  /** What the upper bound grows by after each failure. Default 2. */
  readonly factor?: number | undefined;
}

export interface ConnectOptions {
  /** Dialects offered, best first. Default: `['wiremux.1']`. */
  readonly dialects?: readonly DialectName[] | undefined;
  /**
   * Proof of who this client is, at most 16 KiB; travels in the settings, never in the URL. A function is asked before
   * each connection, and makes a refused token (4401) a reason to connect again with a new one.
   */
  readonly token?: string | (() => string | Promise<string>) | undefined;
  /** Name and version of the program, at most 256 bytes; shown in the gateway's table of connections. */
  readonly agent?: string | undefined;
  /** False: a lost connection is final, and so is one that cannot be made. */
  readonly reconnect?: ReconnectOptions | false | undefined;
  /** False: a first connection that cannot be made is final. Default true. */
  readonly retryFirst?: boolean | undefined;
  /** Time for one attempt to connect, ms. Default 10,000. */
  readonly connectTimeout?: number | undefined;
  /** Requests that wait for the connection, or for an open request to end. Past it: `too-many-requests`. Default 4,096. */
  readonly maxQueued?: number | undefined;
  /** Bytes an Observable may emit ahead of the upload. Past it: `upload-failed`. Default 16 MiB. */
  readonly maxUploadBuffer?: number | undefined;
  /** Bounds of the protocol core (SPEC 9). */
  readonly limits?: Partial<Limits> | undefined;
  /** Opens the transport, in place of a WebSocket. */
  readonly transport?: Dial | undefined;
  /** Time, for tests. */
  readonly clock?: Clock | undefined;
  /** Numbers in [0, 1) for the jitter, for tests. Default: `Math.random`. */
  readonly random?: (() => number) | undefined;
}

export interface RequestOptions {
  /** Cancels the request when it aborts: error `aborted`. */
  readonly signal?: AbortSignal | undefined;
  /** Time for the whole request, ms from subscribing, time in the queue included; 1 to 2,147,483,647. Past it: `timeout`. */
  readonly deadline?: number | undefined;
  /** The channel its frames go on, in place of the command's own (SPEC 8.11.1). */
  readonly channel?: string | undefined;
  /** Bytes of the answer that may arrive before any is taken, 1,024 to 2^24 (SPEC 8.11.2). */
  readonly credit?: number | undefined;
}

/** Options of a command that takes data. */
export interface DataOptions extends RequestOptions {
  /** What to upload, read as fast as the gateway takes it. */
  readonly data?: UploadData | undefined;
}
