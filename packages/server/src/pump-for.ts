import { from, isObservable, type ObservableInput } from 'rxjs';
import type { AnswerSink, Pump } from './pump.js';
import { AsyncIterablePump } from './pump-async-iterable.js';
import { IteratorPump } from './pump-iterator.js';
import { ObservablePump } from './pump-observable.js';

/** The key by which libraries mark their Observables; a string where nobody has defined the symbol. */
const OBSERVABLE: PropertyKey = Symbol.observable ?? '@@observable';

/** What moves the values of a handler's result to `sink`; undefined where the result is itself the one value. */
export function pumpFor(result: unknown, sink: AnswerSink): Pump | undefined {
  if (typeof result !== 'object' || result === null) return undefined;
  if (isAnyObservable(result)) return new ObservablePump(from(result), sink);
  if (isAsyncIterable(result)) return new AsyncIterablePump(result, sink);
  if (isIterator(result)) return new IteratorPump(result, sink);
  return undefined;
}

/** True for Observables of this rxjs, of other copies of it, and of other libraries. */
function isAnyObservable(value: object): value is ObservableInput<unknown> & object {
  return isObservable(value) || hasMethod(value, OBSERVABLE);
}

function isAsyncIterable(value: object): value is AsyncIterable<unknown, unknown> {
  return hasMethod(value, Symbol.asyncIterator);
}

/** True for generators and their like. Arrays, sets and maps can be iterated too, but are values. */
function isIterator(value: object): value is Iterator<unknown, unknown, undefined> & object {
  return hasMethod(value, Symbol.iterator) && hasMethod(value, 'next');
}

function hasMethod(value: object, key: PropertyKey): boolean {
  return typeof (value as Readonly<Record<PropertyKey, unknown>>)[key] === 'function';
}
