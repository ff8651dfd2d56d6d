import type { WiremuxError } from '@wiremux/framing';
import type { Observable, Subscription } from 'rxjs';

/** What an observable has said. */
export interface Recording<T> {
  readonly values: T[];
  readonly subscription: Subscription;
  error: WiremuxError | undefined;
  completed: boolean;
}

/** Subscribes and keeps what comes. */
export function record<T>(observable: Observable<T>): Recording<T> {
  const heard: { values: T[]; error: WiremuxError | undefined; completed: boolean } = {
    values: [],
    error: undefined,
    completed: false,
  };
  const subscription = observable.subscribe({
    next: (value) => heard.values.push(value),
    error: (error: WiremuxError) => {
      heard.error = error;
    },
    complete: () => {
      heard.completed = true;
    },
  });
  return Object.assign(heard, { subscription });
}
