import {
  type CancelResult,
  cancelReason,
  type OutgoingRequest,
  type Peer,
  type ReadableRequest,
  type RedirectLocation,
  type RequesterEvent,
  requestAborted,
  requestTimedOut,
  type SlowPolicy,
  slowPolicy,
  type WiremuxError,
} from '@wiremux/framing';
import { type DroppedValues, NONE_DROPPED } from './dropped-values.js';
import type { OnDemand } from './on-demand.js';
import { outgoingRequest } from './outgoing.js';
import { BYTE_PIECES, partsOf, REDIRECTS, UPLOADS } from './parts.js';
import type { Following } from './redirect/following.js';
import type { RedirectOptions } from './redirect/options.js';
import {
  ANSWERING,
  COMPLETED,
  IDLE,
  QUEUED,
  type RequestEnd,
  type RequestState,
  SENT,
  STOPPING,
} from './request-state.js';
import type { RunContext, RunListener, RunSpec } from './run-context.js';
import type { OutgoingData } from './upload/outgoing-data.js';

/** One run of a command, from the queue to its end: it happens at most once. */
export class Run implements ReadableRequest {
  readonly spec: RunSpec;
  /** Byte strings of the answer are to come in pieces; set before it starts. */
  bytePieces = false;
  /** Other values are to come as they are encoded, to be passed on; set before it starts. */
  encodedValues = false;
  readonly #context: RunContext;
  readonly #listener: RunListener;
  #state: RequestState = IDLE;
  /** What is sent; settled as it starts. */
  #request: OutgoingRequest | undefined;
  #peer: Peer | undefined;
  #id = 0;
  #data: OutgoingData | undefined;
  /** Bytes that were delivered on requests that are lost, and are not taken yet: no other request is to be credited. */
  #lostUntaken = 0;
  /** Bytes delivered on this request, and not taken. */
  #untaken = 0;
  /** A byte string has begun to come in pieces, and has not ended. */
  #insideBytes = false;
  #following: Following | undefined;
  #slow: SlowPolicy | undefined;
  #dropped = NONE_DROPPED;
  #stopWatching: (() => void) | undefined;
  /** Why it was cancelled, where it was not by leaving. */
  #reason: WiremuxError | undefined;

  constructor(spec: RunSpec, context: RunContext, listener: RunListener) {
    this.spec = spec;
    this.#context = context;
    this.#listener = listener;
  }

  get state(): RequestState {
    return this.#state;
  }

  get stopping(): boolean {
    return this.#state === STOPPING;
  }

  /** Pieces of byte strings are no values: none can be left out. */
  get slow(): SlowPolicy | undefined {
    return this.bytePieces ? undefined : this.#slow;
  }

  /** Starts an idle run. */
  start(): void {
    const { options } = this.spec;
    const { signal, deadline, slow, keep } = options;
    try {
      this.#slow = slowPolicy(slow, keep);
      this.#request = outgoingRequest(this.spec, this.encodedValues, this.#context.clock, this.#context.trace);
    } catch (error) {
      this.fail(error as WiremuxError);
      return;
    }
    if (signal?.aborted === true) {
      this.#cancel(requestAborted(signal?.reason));
      return;
    }
    if (signal !== undefined || deadline !== undefined) this.#watch(signal, deadline);
    this.#enter(QUEUED);
    const parts = partsOf(options, this.bytePieces);
    if (parts === undefined) this.#submit();
    else if (parts.every(({ part }) => part !== undefined)) this.#submitWithParts();
    else void this.#loadParts(parts);
  }

  #submit(): void {
    if (this.#state === QUEUED) this.#context.queue.submit(this);
  }

  /** What few requests need is loaded for the first that does. */
  async #loadParts(parts: readonly OnDemand<unknown>[]): Promise<void> {
    try {
      await Promise.all(parts.map((part) => part.load()));
    } catch (error) {
      this.fail(error as WiremuxError);
      return;
    }
    this.#submitWithParts();
  }

  #submitWithParts(): void {
    const { data, redirect } = this.spec.options;
    const { maxUploadBuffer } = this.#context;
    try {
      this.#data =
        data && UPLOADS.part && new UPLOADS.part.OutgoingData(data, maxUploadBuffer, (error) => this.#cancel(error));
    } catch (error) {
      this.fail(error as WiremuxError);
      return;
    }
    this.#request = {
      ...(this.#request as OutgoingRequest),
      bytePieces: this.bytePieces ? BYTE_PIECES.part?.ByteStringReader : undefined,
      redirect: redirect && REDIRECTS.part?.offerOf(redirect),
    };
    if (this.#state === QUEUED) this.#submit();
    else this.#releaseData();
  }

  /** The consumer wants no more: the run is cancelled, if it has not ended. */
  leave(): void {
    this.#cancel(undefined);
  }

  /** The consumer cannot use what has come: the run is cancelled, and ends with this error. */
  giveUp(error: WiremuxError): void {
    this.#cancel(error);
  }

  /** The consumer has taken values of that many plain bytes in sum (SPEC 8.5.6). */
  taken(bytes: number): void {
    const ofLost = Math.min(bytes, this.#lostUntaken);
    this.#lostUntaken -= ofLost;
    this.#untaken -= bytes - ofLost;
    if (this.#following === undefined) this.#peer?.taken(this.#id, bytes - ofLost);
    else this.#following.taken(bytes - ofLost);
  }

  /** The consumer has let go of values, which count as taken (SPEC 8.11.18). */
  dropped(values: number, bytes: number): void {
    this.taken(bytes);
    this.#tellDropped({ gateway: this.#dropped.gateway, client: this.#dropped.client + values });
  }

  /**
   * Its turn has come: opens the request at `peer`.
   * @returns its id
   * @throws {WiremuxError} as `open` of the peer does; the run waits still
   */
  open(peer: Peer): number {
    this.#id = peer.open(this.#request as OutgoingRequest);
    this.#peer = peer;
    return this.#id;
  }

  /** Its request is known by its id to whoever opened it. */
  opened(): void {
    this.#enter(SENT);
    if (this.#peer !== undefined) this.#data?.start(this.#peer, this.#id);
  }

  /** The gateway has not begun it (SPEC 8.10.5): it waits for its turn again; false where it cannot be sent again. */
  waitAgain(): boolean {
    if (this.#state !== SENT || this.#data?.rewindable === false) return false;
    this.#rewind();
    this.#enter(QUEUED);
    return true;
  }

  /**
   * Its request is lost with its connection: it waits to be sent again, where that is harmless and possible. False: it
   * has to fail.
   */
  restart(reason: WiremuxError): boolean {
    const { name, options } = this.spec;
    const { restart = this.#context.mayRestart?.(name) ?? false } = options;
    const isOpen = this.#state === SENT || this.#state === ANSWERING;
    if (restart === false || !isOpen || this.#insideBytes || !this.#rewind()) return false;
    this.#lostUntaken += this.#untaken;
    this.#untaken = 0;
    this.#enter({ state: 'restarting', reason });
    if (typeof restart === 'function') this.#context.clock.defer(restart);
    return true;
  }

  /** An event of its request. */
  receive(event: RequesterEvent): void {
    switch (event.kind) {
      case 'answering':
        if (this.#state === SENT) this.#enter(ANSWERING);
        this.#data?.release();
        return;
      case 'values':
        if (this.#state === STOPPING) return;
        for (const size of event.sizes) this.#untaken += size;
        this.#listener.values(event.values, event.sizes);
        return;
      case 'bytes':
        if (this.#state === STOPPING) return;
        this.#untaken += event.size;
        this.#insideBytes = !event.last;
        this.#listener.bytes?.(event.bytes, event.size, event.last);
        return;
      case 'output':
        this.#listener.output?.(event.atoms);
        return;
      case 'progress':
        this.#listener.progress?.(event.update);
        return;
      case 'dropped':
        this.#tellDropped({ gateway: event.total, client: this.#dropped.client });
        return;
      case 'upload-writable':
        this.#data?.writable();
        return;
      case 'upload-refused':
        this.#data?.stop();
        return;
      case 'ended':
        this.#end(this.#state === STOPPING ? this.#cancelled('finished') : COMPLETED, undefined);
        return;
      case 'failed':
        this.fail(event.error);
        return;
      case 'redirected':
        this.#redirected(event.location);
        return;
      case 'stopped':
        this.#end(this.#cancelled(event.result), this.#reason);
        return;
    }
  }

  /** The run ends with this error. */
  fail(error: WiremuxError): void {
    this.#end({ state: 'ended', how: 'failed', error }, error);
  }

  #tellDropped(dropped: DroppedValues): void {
    this.#dropped = dropped;
    this.#listener.dropped?.(dropped);
  }

  #redirected(location: RedirectLocation): void {
    const { name, options } = this.spec;
    if (this.#state === STOPPING) {
      this.#end(this.#cancelled('finished'), undefined);
    } else if (options.redirect?.follow === undefined || options.redirect.follow === false) {
      this.#end({ state: 'ended', how: 'redirected', location }, REDIRECTS.part?.redirected(name, location));
    } else {
      this.#follow(location, options.redirect);
    }
  }

  #follow(location: RedirectLocation, options: RedirectOptions): void {
    const { queue, follow } = this.#context;
    this.#releaseData();
    const { Following } = REDIRECTS.part as NonNullable<typeof REDIRECTS.part>;
    const following = new Following({
      bytePieces: this.bytePieces,
      values: (values, sizes) => {
        if (this.#state.state === 'following') this.#listener.values(values, sizes);
      },
      bytes: (bytes, size, last) => {
        if (this.#state.state === 'following') this.#listener.bytes?.(bytes, size, last);
      },
    });
    this.#following = following;
    queue.goesElsewhere(this);
    this.#enter({ state: 'following', location });
    following.fetch(location, options, follow).then(
      () => this.#followed(COMPLETED, undefined),
      (error: WiremuxError) => this.#followed({ state: 'ended', how: 'failed', error }, error),
    );
  }

  /** What comes of fetching an answer that is not wanted any more is no matter. */
  #followed(end: RequestEnd, error: WiremuxError | undefined): void {
    if (this.#state.state === 'following') this.#end(end, error);
  }

  #cancel(reason: WiremuxError | undefined): void {
    switch (this.#state.state) {
      case 'idle':
      case 'queued':
      case 'restarting':
        this.#reason = reason;
        this.#context.queue.withdraw(this);
        this.#end(this.#cancelled('stopped'), reason);
        return;
      case 'sent':
      case 'answering':
        this.#reason = reason;
        this.#release();
        this.#peer?.cancel(this.#id, reason === undefined ? undefined : cancelReason(reason));
        this.#enter(STOPPING);
        if (reason !== undefined) this.#listener.end(reason);
        return;
      case 'following':
        this.#reason = reason;
        this.#enter(STOPPING);
        if (reason !== undefined) this.#listener.end(reason);
        this.#end(this.#cancelled('finished'), reason);
        return;
      default:
    }
  }

  #cancelled(result: CancelResult): RequestEnd {
    const error = this.#reason;
    if (error === undefined) return { state: 'ended', how: 'cancelled', result };
    return { state: 'ended', how: 'cancelled', result, error };
  }

  /** The consumer of a run that is stopping has left, or been told why. */
  #end(end: RequestEnd, error: WiremuxError | undefined): void {
    const told = this.#state === STOPPING || this.#state.state === 'ended';
    this.#release();
    // Its id may be that of another request from now on.
    this.#peer = undefined;
    this.#enter(end);
    if (!told) this.#listener.end(error);
  }

  #enter(state: RequestState): void {
    this.#state = state;
    this.#listener.state?.(state);
  }

  #watch(signal: AbortSignal | undefined, deadline: number | undefined): void {
    const onAbort = (): void => this.#cancel(requestAborted(signal?.reason));
    signal?.addEventListener('abort', onAbort);
    const stopTimer =
      deadline === undefined
        ? undefined
        : this.#context.clock.timer(deadline, () => this.#cancel(requestTimedOut(this.spec.name, deadline)));
    this.#stopWatching = () => {
      signal?.removeEventListener('abort', onAbort);
      stopTimer?.();
    };
  }

  /** Lets go of what the run holds outside itself: its source, what it fetches, the signal, the timer. */
  #release(): void {
    this.#stopWatching?.();
    this.#stopWatching = undefined;
    this.#releaseData();
    if (this.#following === undefined) return;
    this.#following.stop();
    this.#context.queue.withdraw(this);
  }

  /** Lets go of its request, to be sent on another with its data from the beginning; false where that is gone. */
  #rewind(): boolean {
    if (this.#data?.rewind() === false) return false;
    this.#peer = undefined;
    return true;
  }

  #releaseData(): void {
    this.#data?.stop();
    this.#data = undefined;
  }
}
