import type { Clock, ContentCodec, Dialect, Limits, Logger, SlowMode } from '@wiremux/framing';
import type { Mux } from './client.js';
import type { RedirectOptions } from './redirect/options.js';
import type { RequestHandle } from './request-handle.js';
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

/** How requests travel over HTTP, where they do (SPEC 7.6). */
export interface HttpOptions {
  /**
   * `'auto'` (default): the requests of one turn of the event loop share an exchange, and each with data has its own.
   * `'manual'`: requests wait for {@link Mux.flush}, which sends all of them in one.
   */
  readonly flush?: 'auto' | 'manual' | undefined;
  /** Bytes of an exchange's requests and their data in a browser, which sends them whole. Past it: `too-big`. Default 16 MiB. */
  readonly maxBody?: number | undefined;
  /** Exchanges at once; past it requests wait. Default 64. Browsers open 6 connections a host at most, but over HTTP/2. */
  readonly maxExchanges?: number | undefined;
  /**
   * When a WebSocket is tried again while HTTP stands in for it; false: not before HTTP fails too. The bounds of the
   * delays are those of {@link ReconnectOptions}, by default from 30,000 ms to 600,000 ms.
   */
  readonly retryUpgrade?: ReconnectOptions | false | undefined;
}

export interface ConnectOptions {
  /** Dialects offered, best first, of `@wiremux/client/dialects`. Default: `[WIREMUX_1]`, which is the smallest bundle. */
  readonly dialects?: readonly Dialect[] | undefined;
  /**
   * Proof of who this client is, at most 16 KiB; travels in the settings, never in the URL. A function is asked before
   * each connection, and again when four fifths of the time that the gateway gave the token are over: the newer one is
   * sent in place (SPEC 8.3.11). It makes a token that was refused or has expired (4401) a reason to connect again.
   */
  readonly token?: string | (() => string | Promise<string>) | undefined;
  /**
   * Commands of which running again is harmless, by their names or by a function of the name, as their contracts say
   * (`restartable`): what {@link RequestOptions.restart} is for requests that do not say. Default: none.
   */
  readonly restart?: readonly string[] | ((name: string) => boolean) | undefined;
  /** Name and version of the program, at most 256 bytes; shown in the gateway's table of connections. */
  readonly agent?: string | undefined;
  /** False: a lost connection is final, and so is one that cannot be made. */
  readonly reconnect?: ReconnectOptions | false | undefined;
  /** False: a first connection that cannot be made is final. Default true. */
  readonly retryFirst?: boolean | undefined;
  /**
   * True (default): in `wiremux.1` requests outlive a lost WebSocket, and go on where they were over the next one, if it
   * comes in the time that the gateway keeps them (SPEC 8.8). False: they end with it.
   */
  readonly session?: boolean | undefined;
  /** Time for one attempt to connect, ms. Default 10,000. */
  readonly connectTimeout?: number | undefined;
  /** Requests that wait for the connection, or for an open request to end. Past it: `too-many-requests`. Default 4,096. */
  readonly maxQueued?: number | undefined;
  /** Bytes an Observable may emit ahead of the upload. Past it: `upload-failed`. Default 16 MiB. */
  readonly maxUploadBuffer?: number | undefined;
  /**
   * Content encodings, those it prefers first: `zlib()` of `@wiremux/framing/zlib`, `zstd()` of `@wiremux/framing/zstd`.
   * Default: none, which is the smallest bundle; answers and uploads are then not compressed.
   */
  readonly codecs?: readonly (ContentCodec | undefined)[] | undefined;
  /** Bounds of the protocol core (SPEC 9). */
  readonly limits?: Partial<Limits> | undefined;
  /**
   * `'auto'` (default): a WebSocket, and HTTP in its place while upgrades are blocked. `'websocket'` or `'http'`: that one
   * only. A function opens the transport in place of a WebSocket.
   */
  readonly transport?: 'auto' | 'websocket' | 'http' | Dial | undefined;
  readonly http?: HttpOptions | undefined;
  /**
   * Hosts that a gateway which is about to leave may send the client to, each a name, for any port, or `name:port`; never
   * from wss: to ws: (SPEC 8.10.6). Default: the host of the address.
   */
  readonly hosts?: readonly string[] | undefined;
  /**
   * The trace of each request that has none of its own: asked as the request begins, in the call that subscribes. With
   * OpenTelemetry: `() => { const to = {}; propagation.inject(context.active(), to); return to.traceparent; }`.
   */
  readonly trace?: TraceSource | undefined;
  /** Where commands of {@link Mux.handle} report what goes wrong in them; a pino logger is one. Default: nowhere. */
  readonly log?: Logger | undefined;
  /** Time, for tests. */
  readonly clock?: Clock | undefined;
  /** Numbers in [0, 1) for the jitter, for tests. Default: `Math.random`. */
  readonly random?: (() => number) | undefined;
}

/** Gives a W3C `traceparent`, as a tracer has it, or undefined where nothing is traced. */
export type TraceSource = () => string | undefined;

export interface RequestOptions {
  /** Cancels the request when it aborts: error `aborted`. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Time for the whole request, ms from subscribing, time in the queue included; 1 to 2,147,483,647. Past it: `timeout`.
   * The gateway is told what is left of it as the request is sent (SPEC 8.11.5), in `wiremux.1` only.
   */
  readonly deadline?: number | undefined;
  /**
   * 1 to 64 bytes. Of all requests of its principal for the command that have this key one runs to its end at most; the
   * others get the same answer, or `duplicate` (SPEC 8.11.10 to 8.11.14). Dialects but `wiremux.1`: `unsupported`.
   */
  readonly idempotencyKey?: string | undefined;
  /** A W3C `traceparent` for the gateway and those behind it; one that has not its form is left out (SPEC 8.11.9). */
  readonly trace?: string | TraceSource | undefined;
  /** The channel its frames go on, in place of the command's own (SPEC 8.11.1). */
  readonly channel?: string | undefined;
  /**
   * Running it again is harmless: where the connection is lost, and its session too, it is sent once more, and its values
   * may come again. A function is called each time. Data has to be such that it can be read again (see `UploadData`).
   * Default: as {@link ConnectOptions.restart} says; else it fails with `session-lost` or `connection-lost`.
   */
  readonly restart?: boolean | (() => void) | undefined;
  /**
   * Bytes of the answer that may arrive before any is taken, 1,024 to 2^24 (SPEC 8.11.2). Default: 256 KiB, and 16 KiB where
   * `slow` is not `'block'`.
   */
  readonly credit?: number | undefined;
  /**
   * What becomes of values that come faster than they are taken (SPEC 8.11.16). `'block'` (default): the command waits.
   * `'latest'`: only the newest is kept, and `'drop'`: the newest {@link keep}, at both ends; see
   * {@link RequestHandle.dropped$}. `'fail'`: the request ends with `slow-reader` when more than `keep` wait. Pieces of byte
   * strings (`bytes$`, `bytes()`, `parts()`) are never dropped here. Dialects but `wiremux.1`: at this end only.
   */
  readonly slow?: SlowMode | undefined;
  /** How many values each end keeps, 1 to 65,536. Default 1,024, with `'latest'` 1. */
  readonly keep?: number | undefined;
  /**
   * Neither it nor its answer is compressed: for secrets beside text that somebody else chose, whom the length would tell
   * about them, and for what is compressed already (SPEC 4.12).
   */
  readonly plain?: boolean | undefined;
  /** Where the answer may be had instead. Default: nowhere; dialects before 0006 leave it out. */
  readonly redirect?: RedirectOptions | undefined;
}

/** Options of a command that takes data. */
export interface DataOptions extends RequestOptions {
  /** What to upload, read as fast as the gateway takes it. */
  readonly data?: UploadData | undefined;
}
