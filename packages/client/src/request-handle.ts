import { type Clock, type OutputAtom, type ProgressUpdate, ValueIterator, WiremuxError } from '@wiremux/framing';
import { Observable, ReplaySubject, Subject } from 'rxjs';
import { type AnswerPart, bytesReader, partsReader } from './answer-parts.js';
import { type DroppedValues, NONE_DROPPED } from './dropped-values.js';
import { IDLE, type RequestState } from './request-state.js';
import { Run } from './run.js';
import type { RunContext, RunReader, RunSpec } from './run-context.js';
import { SharedValues } from './shared-values.js';
import { updateTopics } from './topics.js';

/**
 * One request and all it says. It is sent once: by the first subscription to `values$` or `bytes$`, or by the first
 * `next()` of an iterator, whichever comes first. It has one of these readers, which decides how byte strings come: whole,
 * as values, each at most the limit `valueBytes` long; or, by `bytes$`, `bytes()` and `parts()`, in pieces as they arrive,
 * of any length and in flat memory.
 */
export class RequestHandle<T> implements AsyncIterable<T, undefined> {
  /**
   * The values of the answer, shared by all subscribers; the last one to leave cancels. Values count as taken when
   * every subscriber's `next` has returned. After the end there is only the end: completion, or a `WiremuxError`.
   */
  readonly values$: Observable<T>;
  /**
   * The bytes of the answer's byte strings, joined, piece by piece; a piece may be empty. Shared and taken as `values$`
   * are. An answer with another value fails with `unsupported`: read that by {@link parts}.
   */
  readonly bytes$: Observable<Uint8Array>;
  /** How far the command is, by topic. Subscribing sends nothing; completes when the request has ended, however it did. */
  readonly progress$: Observable<ProgressUpdate>;
  /**
   * The topics that have begun and not ended, in that order, each with its newest update; none first, at most 64 (SPEC
   * 8.12.8). Subscribing sends nothing; when the request has ended there are none, and it completes.
   */
  readonly topics$: Observable<readonly ProgressUpdate[]>;
  /** Text output, one message block at a time: see `formatOutput`. Sends nothing, completes as `progress$` does. */
  readonly output$: Observable<readonly OutputAtom[]>;
  /**
   * How many values were dropped so far, with `slow: 'latest'` or `'drop'`: none first, then each count as it grows; what the
   * reader got and what was dropped make up what the command gave, if it ended well. Sends nothing, completes as
   * `progress$` does.
   */
  readonly dropped$: Observable<DroppedValues>;
  /** Where the request is, the current state first. Sends nothing, completes after `ended`. */
  readonly state$: Observable<RequestState>;
  readonly #run: Run;
  #reader: RunReader | undefined;

  constructor(spec: RunSpec, context: RunContext) {
    const progress = new Subject<ProgressUpdate>();
    const output = new Subject<readonly OutputAtom[]>();
    let topics: readonly ProgressUpdate[] = [];
    const topicLists = new ReplaySubject<readonly ProgressUpdate[]>(1);
    topicLists.next(topics);
    const dropped = new ReplaySubject<DroppedValues>(1);
    dropped.next(NONE_DROPPED);
    const states = new ReplaySubject<RequestState>(1);
    states.next(IDLE);
    this.#run = new Run(spec, context, {
      values: (values, sizes) => this.#reader?.values(values, sizes),
      bytes: (bytes, size, last) => this.#reader?.bytes?.(bytes, size, last),
      end: (error) => this.#reader?.end(error),
      progress: (update) => {
        progress.next(update);
        topics = updateTopics(topics, update);
        topicLists.next(topics);
      },
      output: (atoms) => output.next(atoms),
      dropped: (counts) => dropped.next(counts),
      state(state) {
        states.next(state);
        if (state.state !== 'ended') return;
        progress.complete();
        if (topics.length > 0) topicLists.next([]);
        topicLists.complete();
        output.complete();
        dropped.complete();
        states.complete();
      },
    });
    this.values$ = this.#shared(context.clock, (reader) => this.#attach(reader));
    this.bytes$ = this.#shared(context.clock, (reader) => this.#attachBytes(reader));
    this.progress$ = progress.asObservable();
    this.topics$ = topicLists.asObservable();
    this.output$ = output.asObservable();
    this.dropped$ = dropped.asObservable();
    this.state$ = states.asObservable();
  }

  /**
   * Reads the values by demand: the command waits while the loop body does. Leaving the loop cancels.
   * @throws WiremuxError `unsupported` if the request has a reader already.
   */
  [Symbol.asyncIterator](): AsyncIterator<T, undefined> {
    this.#claim();
    return new ValueIterator<T>((reader) => this.#attach(reader));
  }

  /**
   * Reads {@link bytes$} by demand, as the values are read: nothing is ahead of the loop but what the credit lets in.
   * @throws WiremuxError `unsupported` if the request has a reader already.
   */
  bytes(): AsyncIterableIterator<Uint8Array, undefined> {
    this.#claim();
    return new ValueIterator<Uint8Array>((reader) => this.#attachBytes(reader));
  }

  /**
   * Reads the answer by demand, its byte strings in pieces and all other values whole.
   * @throws WiremuxError `unsupported` if the request has a reader already.
   */
  parts(): AsyncIterableIterator<AnswerPart<T>, undefined> {
    this.#claim();
    return new ValueIterator<AnswerPart<T>>((reader) => this.#attach(partsReader(reader), true));
  }

  #shared<V>(clock: Clock, attach: (reader: RunReader) => Run): Observable<V> {
    let shared: SharedValues<V> | undefined;
    return new Observable((subscriber) => {
      if (this.#reader === undefined) shared = new SharedValues(clock, attach);
      if (shared !== undefined) return shared.subscribe(subscriber);
      subscriber.error(this.#alreadyRead());
      return undefined;
    });
  }

  #attachBytes(reader: RunReader): Run {
    return this.#attach(
      bytesReader(reader, (error) => this.#run.giveUp(error)),
      true,
    );
  }

  #attach(reader: RunReader, bytePieces = false): Run {
    this.#reader = reader;
    this.#run.bytePieces = bytePieces;
    return this.#run;
  }

  #claim(): void {
    if (this.#reader !== undefined) throw this.#alreadyRead();
  }

  #alreadyRead(): WiremuxError {
    const { name } = this.#run.spec;
    return new WiremuxError(
      'unsupported',
      `This request of "${name}" is being read already. Make one for each reader.`,
    );
  }
}
