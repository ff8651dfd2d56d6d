import type { OutputAtom, ProgressUpdate } from '@wiremux/framing';
import type { Observable } from 'rxjs';
import type { ArgsOutput, Command, Commands, Yields } from './contract.js';
import type { Principal } from './principal.js';

/** What a handler is told of its request, and how it speaks beside its values. */
export interface CommandContext {
  /** Unique among the open requests of a connection; ids are used again. */
  readonly requestId: number;
  /** Name of the command. */
  readonly command: string;
  /** Name of the channel the answer goes on. */
  readonly channel: string;
  readonly principal: Principal;
  /**
   * Aborts when the caller cancels or the connection ends, with the `WiremuxError` that says which as its reason. Stop
   * then: 5 s later the caller is told that the command was left running.
   */
  readonly signal: AbortSignal;
  /**
   * The data of the request, piece by piece as it arrives; empty if there is none. Its sender is slowed to the speed it
   * is read at, and told to stop when the loop is left. It can be read once. `Readable.from(data)` and
   * `ReadableStream.from(data)` turn it into a stream of Node's or of the web's.
   */
  readonly data: AsyncIterable<Uint8Array>;
  /** Tells how far a topic is; never waits. The newest update of each topic counts (SPEC 3.7, 8.12.8). */
  readonly progress: (update: ProgressUpdate) => void;
  readonly print: Print;
}

/** Sends a block of text; never waits (SPEC 3.6, 8.12.8). */
export interface Print {
  /** Each `%s` of the text stands for the next argument. */
  (text: string, ...args: readonly (string | number)[]): void;
  /** A block of several atoms, which may have labels. */
  (...atoms: readonly OutputAtom[]): void;
}

/**
 * What a handler's result means:
 * - `undefined`: an answer without values;
 * - an async iterable or an iterator: each of its values. It is asked for the next one only while the caller has room;
 * - an Observable: each of its values. It cannot be slowed: values wait up to the limit `sendQueue`, past which the
 *   request fails with `slow-reader`;
 * - anything else, arrays and `Uint8Array` included: one value.
 */
export type Answer<Value> =
  | Value
  | AsyncIterable<Value, unknown, undefined>
  | Iterator<Value, unknown, undefined>
  | Observable<Value>
  | undefined;

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
