import {
  type AnswerConsumer,
  cancelReason,
  checkDeadline,
  type OutgoingRequest,
  type Peer,
  type ReadableRequest,
  type RequesterEvent,
  requestAborted,
  requestRefused,
  requestTimedOut,
  type SlowPolicy,
  slowPolicy,
  type WiremuxError,
} from '@wiremux/framing';
import { CallUpload } from './call-upload.js';
import type { DataCallOptions } from './client-caller.js';

/** The command of a client that a call runs. */
export interface CallSpec {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>> | undefined;
  readonly options: DataCallOptions;
  /** The request that the call belongs to, and ends with. */
  readonly scope: CallScope | undefined;
}

/** What a request hands on to the calls that are made for it. */
export interface CallScope {
  /** Why the request is to stop; undefined while it may go on. */
  readonly stopReason: WiremuxError | undefined;
  /** Calls back when it is to stop; the result takes that back. One signal would warn of so many listeners. */
  onStop(callback: (reason: WiremuxError) => void): () => void;
  /** When its time is over, by the connection's clock, ms. */
  readonly deadlineAt: number | undefined;
  /** Its W3C `traceparent`. */
  readonly trace: string | undefined;
}

/** Where a call is: `stopping` once it was cancelled and the client has not yet said that the command stopped. */
export type CallState = 'idle' | 'queued' | 'open' | 'stopping' | 'ended';

/** What a call needs of its connection. */
export interface CallQueue {
  /** Clients can be called over the connection. */
  readonly supported: boolean;
  /** Monotonic ms. */
  now(): number;
  timer(ms: number, callback: () => void): () => void;
  /** Calls back after the current turn. */
  defer(callback: () => void): void;
  /** Opens the call's request as soon as it can be; fails the call if it never can. */
  submit(call: OutgoingCall): void;
  /** Takes back a call that waits. */
  withdraw(call: OutgoingCall): void;
  /** A call that was submitted has failed. */
  failed(): void;
}

/** One run of a client's command, from the queue to its end. */
export class OutgoingCall implements ReadableRequest {
  readonly spec: CallSpec;
  readonly #queue: CallQueue;
  readonly #reader: AnswerConsumer;
  #state: CallState = 'idle';
  #peer: Peer | undefined;
  #id = 0;
  #since = 0;
  #upload: CallUpload | undefined;
  #deadlineAt: number | undefined;
  #slow: SlowPolicy | undefined;
  #stopWatching: () => void = () => undefined;

  constructor(spec: CallSpec, queue: CallQueue, reader: AnswerConsumer) {
    this.spec = spec;
    this.#queue = queue;
    this.#reader = reader;
  }

  get state(): CallState {
    return this.#state;
  }

  get stopping(): boolean {
    return this.#state === 'stopping';
  }

  /** Id of its request; 0 before that is open. */
  get id(): number {
    return this.#id;
  }

  /** When it was started, by the connection's clock, ms. */
  get since(): number {
    return this.#since;
  }

  get slow(): SlowPolicy | undefined {
    return this.#slow;
  }

  start(): void {
    const { data, slow, keep } = this.spec.options;
    this.#since = this.#queue.now();
    try {
      this.#slow = slowPolicy(slow, keep);
      this.#deadlineAt = earlier(this.spec.scope?.deadlineAt, this.#ownDeadline);
      if (data !== undefined) this.#upload = this.#uploadOf(data);
    } catch (thrown) {
      this.fail(requestRefused(thrown));
      return;
    }
    this.#watch();
    if (this.#state !== 'idle') return;
    this.#state = 'queued';
    this.#queue.submit(this);
  }

  leave(): void {
    this.#cancel(undefined);
  }

  taken(bytes: number): void {
    this.#peer?.taken(this.#id, bytes);
  }

  dropped(_values: number, bytes: number): void {
    this.taken(bytes);
  }

  giveUp(error: WiremuxError): void {
    this.#cancel(error);
  }

  /** Its turn has come: opens its request and returns the id; undefined where that failed, and with it the call. */
  open(peer: Peer): number | undefined {
    try {
      this.#id = peer.open(requestOf(this.spec, this.#deadlineAt));
    } catch (thrown) {
      this.fail(requestRefused(thrown));
      return undefined;
    }
    this.#peer = peer;
    this.#state = 'open';
    return this.#id;
  }

  /** Begins to send its data, if it has any. */
  upload(): void {
    this.#upload?.start();
  }

  /** An event of its request. */
  receive(event: RequesterEvent): void {
    switch (event.kind) {
      case 'values':
        if (this.#state === 'open') this.#reader.values(event.values, event.sizes);
        return;
      case 'upload-writable':
        this.#upload?.writable();
        return;
      case 'upload-refused':
        this.#upload?.stop();
        return;
      case 'failed':
        this.fail(event.error);
        return;
      case 'ended':
      case 'stopped':
      case 'redirected':
        this.#end(undefined);
        return;
      default:
        // Text and progress have no reader here, and byte strings are not asked for in pieces.
        return;
    }
  }

  /** The call ends with this error. */
  fail(error: WiremuxError): void {
    this.#end(error);
  }

  #cancel(reason: WiremuxError | undefined): void {
    switch (this.#state) {
      case 'idle':
      case 'queued':
        this.#queue.withdraw(this);
        this.#end(reason);
        return;
      case 'open':
        this.#state = 'stopping';
        this.#release();
        this.#peer?.cancel(this.#id, reason === undefined ? {} : cancelReason(reason));
        if (reason !== undefined) this.#reader.end(reason);
        return;
      default:
    }
  }

  /** The consumer of a call that is stopping has left, or been told why. */
  #end(error: WiremuxError | undefined): void {
    const before = this.#state;
    if (before === 'ended') return;
    this.#state = 'ended';
    this.#release();
    // Its id may be that of another request from now on.
    this.#peer = undefined;
    if (before !== 'idle' && error !== undefined) this.#queue.failed();
    if (before !== 'stopping') this.#reader.end(error);
  }

  /** When the time that its own options allow is over. */
  get #ownDeadline(): number | undefined {
    const { deadline } = this.spec.options;
    return deadline === undefined ? undefined : this.#since + checkDeadline(deadline);
  }

  #watch(): void {
    const { scope, options } = this.spec;
    const { signal } = options;
    const onAbort = (): void => this.#cancel(requestAborted(signal?.reason));
    const leaveScope = scope?.onStop((reason) => this.#cancel(reason));
    signal?.addEventListener('abort', onAbort);
    const stopTimer = this.#watchDeadline();
    this.#stopWatching = () => {
      leaveScope?.();
      signal?.removeEventListener('abort', onAbort);
      stopTimer();
    };
    if (scope?.stopReason !== undefined) this.#cancel(scope.stopReason);
    else if (signal?.aborted === true) onAbort();
  }

  #watchDeadline(): () => void {
    const { name, options } = this.spec;
    const { deadline } = options;
    if (deadline === undefined) return () => undefined;
    return this.#queue.timer(deadline, () => this.#cancel(requestTimedOut(name, deadline)));
  }

  #uploadOf(data: NonNullable<DataCallOptions['data']>): CallUpload {
    return new CallUpload(data, {
      send: (bytes) => this.#peer?.sendData(this.#id, bytes) ?? true,
      end: () => this.#peer?.endData(this.#id),
      fail: (error) => this.#cancel(error),
    });
  }

  /** Lets go of what the call holds outside itself: its source, the signals, the timer. */
  #release(): void {
    this.#stopWatching();
    this.#stopWatching = () => undefined;
    this.#upload?.stop();
    this.#upload = undefined;
  }
}

function requestOf({ name, args, options, scope }: CallSpec, deadlineAt: number | undefined): OutgoingRequest {
  const { channel, credit, plain, data, slow, keep, trace = scope?.trace } = options;
  return {
    name,
    hasData: data !== undefined,
    ...(args === undefined ? {} : { args }),
    ...(channel === undefined ? {} : { channel }),
    ...(credit === undefined ? {} : { credit }),
    ...(plain === undefined ? {} : { plain }),
    ...(slow === undefined ? {} : { slow }),
    ...(keep === undefined ? {} : { keep }),
    ...(deadlineAt === undefined ? {} : { deadlineAt }),
    ...(trace === undefined ? {} : { trace }),
  };
}

function earlier(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
}
