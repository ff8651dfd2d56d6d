import { ObserverReader, type ServableCommands, ValueIterator } from '@wiremux/framing';
import { Observable } from 'rxjs';
import type { CallParameters, CommandName, Commands, YieldsOf } from './contract.js';
import type { DataOptions } from './options.js';
import { RequestHandle } from './request-handle.js';
import { Run } from './run.js';
import type { RunContext } from './run-context.js';
import type { ServedCommands } from './served-commands.js';
import type { Status } from './status.js';

/**
 * A connection to a gateway, and the commands that can be run over it. `C` is the type of the contract; without one,
 * arguments are any record and values are `unknown`.
 */
export interface Mux<C extends Commands = Commands> {
  /** The state of the connection, the current one first; completes after `closed`. */
  readonly status$: Observable<Status>;
  /** Each subscription runs the command; unsubscribing cancels it. Fails with a `WiremuxError`. */
  call<N extends CommandName<C>>(name: N, ...parameters: CallParameters<C[N]>): Observable<YieldsOf<C[N]>>;
  /** Each iteration runs the command, which waits while the loop body does; leaving the loop cancels it. */
  iterate<N extends CommandName<C>>(name: N, ...parameters: CallParameters<C[N]>): AsyncIterable<YieldsOf<C[N]>>;
  /** One run of the command, and all it says beside its values. Nothing is sent before its values are read. */
  request<N extends CommandName<C>>(name: N, ...parameters: CallParameters<C[N]>): RequestHandle<YieldsOf<C[N]>>;
  /**
   * Serves commands to the gateway, what `implement` of `@wiremux/server` returns, on this connection and those that
   * replace it. Call it at any time, and as often as there are sets; what it returns ends it: requests under way run to
   * their ends. The gateway can call them while `status$` is `open` over a `websocket` in `wiremux.1`; elsewhere its calls
   * fail with `unsupported`.
   * @throws WiremuxError `bad-arguments` if a command of the same name is served already.
   */
  handle(commands: ServableCommands): () => void;
  /**
   * Sends the requests that wait, as one exchange, where they are held back until then: over HTTP, with `flush: 'manual'`.
   * Does nothing over a WebSocket.
   */
  flush(): void;
  /** Ends the connection (1000); open requests fail with `closed`. */
  close(): void;
}

const NO_OPTIONS: DataOptions = {};

type Arguments = Readonly<Record<string, unknown>>;

/** A {@link Mux} as it is at run time, where the contract is not known. */
export class Client {
  readonly status$: Observable<Status>;
  readonly flush: () => void;
  readonly close: () => void;
  readonly handle: (commands: ServableCommands) => () => void;
  readonly #context: RunContext;

  constructor(
    context: RunContext & { readonly queue: { flush(): void }; readonly served: ServedCommands },
    connection: { readonly status$: Observable<Status>; close(): void },
  ) {
    this.#context = context;
    this.status$ = connection.status$;
    this.flush = () => context.queue.flush();
    this.close = () => connection.close();
    this.handle = (commands) => context.served.add(commands);
  }

  call(name: string, args?: Arguments, options: DataOptions = NO_OPTIONS): Observable<unknown> {
    return new Observable((subscriber) => {
      const { request } = new ObserverReader(
        subscriber,
        this.#context.clock,
        (reader) => new Run({ name, args, options }, this.#context, reader),
      );
      request.start();
      return () => request.leave();
    });
  }

  iterate(name: string, args?: Arguments, options: DataOptions = NO_OPTIONS): AsyncIterable<unknown> {
    return {
      [Symbol.asyncIterator]: () =>
        new ValueIterator((reader) => new Run({ name, args, options }, this.#context, reader)),
    };
  }

  request(name: string, args?: Arguments, options: DataOptions = NO_OPTIONS): RequestHandle<unknown> {
    return new RequestHandle({ name, args, options }, this.#context);
  }
}
