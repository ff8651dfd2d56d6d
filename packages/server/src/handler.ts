import type { EncodedValue, OutputAtom, ProgressUpdate } from '@wiremux/framing';
import type { Observable } from 'rxjs';
import type { ByteStream } from './byte-stream.js';
import type { ClientCaller } from './client-caller.js';
import type { ArgsOutput, Command, Commands, Yields } from './contract.js';
import type { Principal } from './principal.js';
import type { Redirect } from './redirect.js';
import type { Redirects } from './redirect-targets.js';

/** What a handler is told of its request, and how it speaks beside its values. */
export interface CommandContext {
  /** Id of the connection the request came over, as the log names it. */
  readonly connection: string;
  /** Unique among the open requests of a connection; ids are used again. */
  readonly requestId: number;
  /** Name of the command. */
  readonly command: string;
  /** Name of the channel the answer goes on. */
  readonly channel: string;
  readonly principal: Principal;
  /** The W3C `traceparent` that the request came with, to be passed on with whatever is asked of others for it. */
  readonly trace: string | undefined;
  /**
   * The time the request has left, in whole ms, at least 1 while its signal has not aborted; undefined: its caller set no
   * deadline. Give it to whatever is asked of others for it: `client.call(name, args, { deadline: timeLeft() })`.
   */
  timeLeft(this: void): number | undefined;
  /**
   * Aborts when the caller cancels, its time is over or the connection ends, with the `WiremuxError` that says which as its
   * reason. Stop then: 5 s later a caller that cancelled is told that the command was left running.
   */
  readonly signal: AbortSignal;
  /** Whether the request brings data, be it empty. */
  readonly hasData: boolean;
  /**
   * The data of the request, piece by piece as it arrives; empty if there is none. Its sender is slowed to the speed it
   * is read at, and told to stop when the loop is left. It can be read once. `Readable.from(data)` and
   * `ReadableStream.from(data)` turn it into a stream of Node's or of the web's.
   */
  readonly data: AsyncIterable<Uint8Array>;
  /** Where the caller can be sent instead: see `redirect`. */
  readonly redirects: Redirects;
  /**
   * The commands of the caller itself, where it serves any. Calls end with the request's signal and within its deadline,
   * and carry its trace; `connection.client` has those that belong to no request.
   */
  readonly client: ClientCaller;
  readonly progress: Progress;
  readonly print: Print;
}

/** Tells how far the topics of a command are; never waits. The newest update of each counts (SPEC 3.7, 8.12.8). */
export interface Progress {
  /** Begins a topic, or goes on with one. A `pos` of -1 ends it. */
  (update: ProgressUpdate): void;
  /** Ends a topic: nobody shows it any more. Those still open end with the request. */
  end(topic: string): void;
}

/**
 * Sends a block of text; never waits (SPEC 3.6, 8.12.8). Callers may show it in another language: they go by the text as
 * it stands here, which should be ASCII, and by its labels, so what varies belongs into arguments.
 */
export interface Print {
  /** Each `%s` of the text stands for the next argument. */
  (text: string, ...args: readonly (string | number)[]): void;
  /** A block of several atoms, which may have labels: what kind of text each is, as `error`, `warning` or `note`. */
  (...atoms: readonly OutputAtom[]): void;
}

/**
 * What a handler's result means:
 * - `undefined`: an answer without values;
 * - an iterator: each of its values. It is asked for the next one only while the caller has room;
 * - an async iterable: the same, but where the caller has said that values need not wait (SPEC 8.11.16) it is asked all the
 *   time, up to 256 times a turn of the event loop: it may have a pace of its own, and would pile up what it cannot give;
 * - an Observable: each of its values. It cannot be slowed: values wait up to the limit `sendQueue`, past which the
 *   request fails with `slow-reader`, or, where the caller has said so, the oldest values go;
 * - anything else, arrays and `Uint8Array` included: one value.
 */
export type Answer<Value> =
  | Yielded<Value>
  | AsyncIterable<Yielded<Value>, unknown, undefined>
  | Iterator<Yielded<Value>, unknown, undefined>
  | Observable<Yielded<Value>>
  | undefined;

/**
 * One value of an answer: the value itself, the same encoded already (see `preEncoded`), or, for a byte string, a stream
 * of its bytes (see `byteStream`). In place of all values: where they are to be had (see `redirect`).
 */
export type Yielded<Value> = Value | EncodedValue | Redirect | (Value extends Uint8Array ? ByteStream : never);

/**
 * Runs one request. Throw a `WiremuxError` to answer with its code; any other error answers `command-failed` with its
 * message, and goes to the log with its stack.
 */
export type Handler<C extends Command = Command> = (
  args: ArgsOutput<C>,
  context: CommandContext,
) => Answer<Yields<C>> | PromiseLike<Answer<Yields<C>>>;

/** A handler for every command of a contract. */
export type Handlers<C extends Commands> = { readonly [Name in keyof C]: Handler<C[Name]> };
