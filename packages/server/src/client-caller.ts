import type { EncodedValue, SlowMode } from '@wiremux/framing';
import type { Observable } from 'rxjs';
import type { ByteSource } from './byte-stream.js';
import type { ArgsInput, Command, Commands, Yields } from './contract.js';

/** How a command of a client is called. */
export interface CallOptions {
  /** Cancels the call when it aborts: error `aborted`. */
  readonly signal?: AbortSignal | undefined;
  /** Time for the whole call, ms from subscribing, time in the queue included; 1 to 2,147,483,647. Past it: `timeout`. */
  readonly deadline?: number | undefined;
  /** The channel its frames go on, in place of the command's own (SPEC 8.11.1). */
  readonly channel?: string | undefined;
  /** Bytes of the answer that may arrive before any is taken, 1,024 to 2^24 (SPEC 8.11.2). */
  readonly credit?: number | undefined;
  /**
   * What becomes of values that come faster than they are taken (SPEC 8.11.16). `'block'` (default): the command waits.
   * `'latest'`: only the newest is kept, and `'drop'`: the newest {@link keep}, at both ends. `'fail'`: the call ends with
   * `slow-reader` when more than `keep` wait.
   */
  readonly slow?: SlowMode | undefined;
  /** How many values each end keeps, 1 to 65,536. Default 1,024, with `'latest'` 1. */
  readonly keep?: number | undefined;
  /** Neither it nor its answer is compressed (SPEC 4.12). */
  readonly plain?: boolean | undefined;
  /** W3C `traceparent` that goes along. Default: that of the request that the call belongs to (SPEC 8.11.9). */
  readonly trace?: string | undefined;
}

/** Bytes to send along with a call: read as fast as the client takes them, which an Observable could not wait for. */
export type CallData = Uint8Array | Exclude<ByteSource, Observable<Uint8Array>>;

/** How a command of a client is called that takes data. */
export interface DataCallOptions extends CallOptions {
  readonly data?: CallData | undefined;
}

/** Each argument can be given as a value, or encoded already. */
type NamedArguments<In> = { readonly [Name in keyof In]: In[Name] | EncodedValue };

type OptionsOf<C extends Command> = true extends C['takesData'] ? DataCallOptions : CallOptions;

/** What follows a command's name in a call; the arguments may be left out where none is required. */
export type CallParameters<C extends Command> =
  Record<never, never> extends ArgsInput<C>
    ? [args?: NamedArguments<ArgsInput<C>>, options?: OptionsOf<C>]
    : [args: NamedArguments<ArgsInput<C>>, options?: OptionsOf<C>];

/**
 * The commands that the client of a connection serves. `C` is the type of their contract; without one, arguments are any
 * record and values are `unknown`. A client that serves none answers `unknown-command`.
 */
export interface ClientCaller<C extends Commands = Commands> {
  /** Whether clients can be called over the connection: in `wiremux.1` over a WebSocket. Else calls fail with `unsupported`. */
  readonly supported: boolean;
  /**
   * Each subscription runs the command; unsubscribing cancels it. A value counts as taken once `next` has returned, so a
   * slow one holds the command up. Fails with a `WiremuxError`, with `connection-lost` when the connection ends.
   */
  call<N extends keyof C & string>(name: N, ...parameters: CallParameters<C[N]>): Observable<Yields<C[N]>>;
  /** Each iteration runs the command, which waits while the loop body does; leaving the loop cancels it. */
  iterate<N extends keyof C & string>(name: N, ...parameters: CallParameters<C[N]>): AsyncIterable<Yields<C[N]>>;
  /** The same with the types of a contract, `typeof` what the page implements; nothing is checked at run time. */
  as<D extends Commands>(): ClientCaller<D>;
}
