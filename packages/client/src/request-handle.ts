import { type OutputAtom, type ProgressUpdate, WiremuxError } from '@wiremux/framing';
import { Observable, ReplaySubject, Subject } from 'rxjs';
import { IDLE, type RequestState } from './request-state.js';
import { Run, type RunContext, type RunReader, type RunSpec } from './run.js';
import { SharedValues } from './shared-values.js';
import { ValueIterator } from './value-iterator.js';

/**
 * One request and all it says. It is sent once: by the first subscription to `values$`, or by the first `next()` of its
 * iterator, whichever comes first; it has one of these readers, not both.
 */
export class RequestHandle<T> implements AsyncIterable<T, undefined> {
  /**
   * The values of the answer, shared by all subscribers; the last one to leave cancels. Values count as taken when
   * every subscriber's `next` has returned. After the end there is only the end: completion, or a `WiremuxError`.
   */
  readonly values$: Observable<T>;
  /** How far the command is, by topic. Subscribing sends nothing; completes when the request has ended, however it did. */
  readonly progress$: Observable<ProgressUpdate>;
  /** Text output, one message block at a time: see `formatOutput`. Sends nothing, completes as `progress$` does. */
  readonly output$: Observable<readonly OutputAtom[]>;
  /** Where the request is, the current state first. Sends nothing, completes after `ended`. */
  readonly state$: Observable<RequestState>;
  readonly #run: Run;
  #reader: RunReader | undefined;

  constructor(spec: RunSpec, context: RunContext) {
    const progress = new Subject<ProgressUpdate>();
    const output = new Subject<readonly OutputAtom[]>();
    const states = new ReplaySubject<RequestState>(1);
    states.next(IDLE);
    this.#run = new Run(spec, context, {
      values: (values, sizes) => this.#reader?.values(values, sizes),
      end: (error) => this.#reader?.end(error),
      progress: (update) => progress.next(update),
      output: (atoms) => output.next(atoms),
      state(state) {
        states.next(state);
        if (state.state !== 'ended') return;
        progress.complete();
        output.complete();
        states.complete();
      },
    });
    let shared: SharedValues<T> | undefined;
    this.values$ = new Observable((subscriber) => {
      if (this.#reader === undefined) shared = new SharedValues((reader) => this.#attach(reader));
      if (shared !== undefined) return shared.subscribe(subscriber);
      subscriber.error(alreadyRead(spec.name));
      return undefined;
    });
    this.progress$ = progress.asObservable();
    this.output$ = output.asObservable();
    this.state$ = states.asObservable();
  }

  /**
   * Reads the values by demand: the command waits while the loop body does. Leaving the loop cancels.
   * @throws WiremuxError `unsupported` if the request has a reader already.
   */
  [Symbol.asyncIterator](): AsyncIterator<T, undefined> {
    if (this.#reader !== undefined) throw alreadyRead(this.#run.spec.name);
    return new ValueIterator<T>((reader) => this.#attach(reader));
  }

  #attach(reader: RunReader): Run {
    this.#reader = reader;
    return this.#run;
  }
}

function alreadyRead(name: string): WiremuxError {
  return new WiremuxError('unsupported', `This request of "${name}" is being read already. Make one for each reader.`);
}
