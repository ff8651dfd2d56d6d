import { ObserverReader, ValueIterator } from '@wiremux/framing';
import { Observable } from 'rxjs';
import type { ClientCaller, DataCallOptions } from './client-caller.js';
import { type CallQueue, type CallScope, OutgoingCall } from './outgoing-call.js';

type Arguments = Readonly<Record<string, unknown>>;

/** A {@link ClientCaller} as it is at run time, where the contract is not known. */
class Caller {
  readonly #queue: CallQueue;
  readonly #scope: CallScope | undefined;

  constructor(queue: CallQueue, scope: CallScope | undefined) {
    this.#queue = queue;
    this.#scope = scope;
  }

  get supported(): boolean {
    return this.#queue.supported;
  }

  call(name: string, args?: Arguments, options: DataCallOptions = {}): Observable<unknown> {
    return new Observable((subscriber) => {
      const { request } = new ObserverReader(
        subscriber,
        this.#queue,
        (reader) => new OutgoingCall({ name, args, options, scope: this.#scope }, this.#queue, reader),
      );
      request.start();
      return () => request.leave();
    });
  }

  iterate(name: string, args?: Arguments, options: DataCallOptions = {}): AsyncIterable<unknown> {
    return {
      [Symbol.asyncIterator]: () =>
        new ValueIterator(
          (reader) => new OutgoingCall({ name, args, options, scope: this.#scope }, this.#queue, reader),
        ),
    };
  }

  as(): this {
    return this;
  }
}

/** @param scope the request that the calls belong to, and end with; undefined: they belong to none */
export function callerOf(queue: CallQueue, scope?: CallScope): ClientCaller {
  return new Caller(queue, scope);
}
