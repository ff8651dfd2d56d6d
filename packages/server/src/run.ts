import {
  type OutputAtom,
  type Peer,
  type ProgressUpdate,
  type RedirectOffer,
  type ResponderEvent,
  WiremuxError,
} from '@wiremux/framing';
import { ByteStream } from './byte-stream.js';
import { ByteStreamLine } from './byte-stream-line.js';
import { callerOf } from './caller.js';
import type { ClientCaller } from './client-caller.js';
import type { ImplementedCommand } from './command-set.js';
import { RequestContext, type RequestFacts, type RequestPort } from './context.js';
import { answerError, isAbort, logFailure, type RequestLabels } from './failure.js';
import type { ClaimedRun } from './idempotency.js';
import type { CallScope } from './outgoing-call.js';
import { OwnPace } from './own-pace.js';
import type { Principal } from './principal.js';
import type { AnswerSink, Failure, Pump } from './pump.js';
import { AsyncIterablePump } from './pump-async-iterable.js';
import { pumpFor } from './pump-for.js';
import { Redirect } from './redirect.js';
import { locationOf, OfferedRedirects, type Redirects } from './redirect-targets.js';
import type { RunHost, RunOutcome } from './run-host.js';
import { StopNotice } from './stop-notice.js';
import { Upload } from './upload.js';
import { validateArgs } from './validate.js';

/**
 * Where a run is:
 * - `running`: the handler works and the answer is open;
 * - `stopping`: the caller cancelled, or the connection is gone, and the handler has not stopped yet;
 * - `left`: as `stopping`, and the caller was told that the command was left behind (SPEC 8.6.4);
 * - `closing`: the answer is over, since it could not go on or is to be had elsewhere, and the source of its values has
 *   not stopped yet;
 * - `over`: the handler has stopped.
 */
export type RunState = 'running' | 'stopping' | 'left' | 'closing' | 'over';

type RequestEvent = Extract<ResponderEvent, { readonly kind: 'request' }>;

/** What was found for a request before it runs. */
export interface RunSetting {
  readonly channel: string;
  /** Whom it acts for. */
  readonly principal: Principal;
  /** It is the one run of its idempotency key. */
  readonly claim: ClaimedRun | undefined;
}

const ENDED: RunOutcome = { result: 'ended', code: undefined };

/** How long a cancelled handler may take to stop before its caller is told that it was left behind, ms (SPEC 8.6.4). */
const STOP_GRACE = 5_000;

/**
 * One request, from its arguments to the moment its handler has stopped. It speaks to the peer only while the answer is
 * open, since the id may belong to another request afterwards.
 */
export class Run implements RequestFacts, RequestPort, CallScope, AnswerSink {
  readonly id: number;
  readonly channel: string;
  readonly principal: Principal;
  readonly trace: string | undefined;
  readonly hasData: boolean;
  /** When its time is over, by the host's clock, ms. */
  readonly deadlineAt: number | undefined;
  /** When the request came, by the host's clock, ms. */
  readonly since: number;
  readonly #host: RunHost;
  readonly #command: ImplementedCommand;
  /** Where its caller says it can be sent. */
  readonly #offer: RedirectOffer | undefined;
  readonly #claim: ClaimedRun | undefined;
  /** Values wait for their reader; false: they take the place of older ones (SPEC 8.11.16). */
  readonly #waits: boolean;
  #state: RunState = 'running';
  #outcome = ENDED;
  #pump: Pump | undefined;
  #ownPace: OwnPace | undefined;
  /** How the source of the values ended; byte streams may still be on their way. */
  #sourceEnd: { readonly failure: Failure | undefined } | undefined;
  #byteStreams: ByteStreamLine | undefined;
  #upload: Upload | undefined;
  /** The handler was called. */
  #called = false;
  /** Why the handler is to stop. */
  #reason: WiremuxError | undefined;
  /** Made for the first who wants to know that it is to stop. */
  #notice: StopNotice | undefined;
  #endGrace: (() => void) | undefined;

  constructor(host: RunHost, command: ImplementedCommand, request: RequestEvent, setting: RunSetting) {
    this.id = request.id;
    this.channel = setting.channel;
    this.principal = setting.principal;
    this.trace = request.trace;
    this.hasData = request.hasData;
    this.deadlineAt = request.deadlineAt;
    this.since = host.clock.now();
    this.#host = host;
    this.#command = command;
    this.#offer = request.redirect;
    this.#claim = setting.claim;
    this.#waits = request.slow === undefined || request.slow === 'block';
  }

  get connection(): string {
    return this.#host.connection;
  }

  get command(): string {
    return this.#command.name;
  }

  get state(): RunState {
    return this.#state;
  }

  /** Validates the arguments and calls the handler. Whatever it does, this does not throw. */
  start(args: Readonly<Record<string, unknown>>): void {
    try {
      if (this.hasData) this.#expectData();
      const validated = validateArgs(this.#command, args, this.#host.textAsBytes);
      if (validated instanceof Promise) this.#await(validated, (output) => this.#call(output));
      else this.#call(validated);
    } catch (thrown) {
      this.#settle({ thrown });
    }
  }

  /** A piece of the request's data. */
  receive(bytes: Uint8Array): void {
    this.#upload?.push(bytes);
  }

  /** All of the request's data has come. */
  receiveEnd(): void {
    this.#upload?.complete();
  }

  /** The answer has room again. */
  writable(): void {
    this.#ownPace?.roomy();
    if (this.#byteStreams?.busy === true) this.#byteStreams.writable();
    else this.#pump?.writable();
  }

  /**
   * The caller cancelled, or the connection is gone: the handler is to stop.
   * @param answered the answer has ended with this error already, and the caller awaits no proof
   */
  cancel(error: WiremuxError, answered = false): void {
    if (this.#state !== 'running') return;
    if (answered) logFailure(this.#host.log, this.#labels(), error);
    this.#state = answered ? 'closing' : 'stopping';
    this.#outcome = { result: answered ? 'failed' : 'cancelled', code: error.code };
    this.#stopHandler(error);
    if (this.state === 'stopping') this.#endGrace = this.#host.clock.timer(STOP_GRACE, () => this.#leave());
  }

  get signal(): AbortSignal {
    return this.#stopNotice.signal;
  }

  get stopReason(): WiremuxError | undefined {
    return this.#reason;
  }

  onStop(callback: (reason: WiremuxError) => void): () => void {
    return this.#stopNotice.subscribe(callback);
  }

  get client(): ClientCaller {
    return callerOf(this.#host.calls, this);
  }

  get data(): AsyncIterable<Uint8Array> {
    return this.#upload ?? this.#noData();
  }

  get redirects(): Redirects {
    return new OfferedRedirects(this.#host.redirects, this.#offer);
  }

  timeLeft(): number | undefined {
    const { deadlineAt } = this;
    return deadlineAt === undefined ? undefined : Math.max(1, Math.ceil(deadlineAt - this.#host.clock.now()));
  }

  output(atoms: readonly OutputAtom[]): void {
    if (this.#state === 'running') this.#host.peer.sendOutput(this.id, atoms);
  }

  progress(update: ProgressUpdate): void {
    if (this.#state === 'running') this.#host.peer.sendProgress(this.id, update);
  }

  value(value: unknown, alone = false): boolean {
    if (value instanceof Redirect) return this.#redirect(value);
    if (value instanceof ByteStream) this.#byteStreams ??= this.#newByteStreams();
    else if (this.#byteStreams?.busy !== true) return this.#sendValue(value, alone);
    return this.#byteStreams.add(value);
  }

  finished(failure?: Failure): void {
    this.#sourceEnd = { failure };
    if (this.#byteStreams?.busy !== true) this.#settle(failure);
  }

  #call(args: unknown): void {
    if (this.#state !== 'running') {
      this.#settle();
      return;
    }
    this.#called = true;
    const result = this.#command.handler(args, new RequestContext(this));
    if (isPromiseLike(result)) this.#await(result, (answer) => this.#answer(answer));
    else this.#answer(result);
  }

  #answer(result: unknown): void {
    const pump = pumpFor(result instanceof ByteStream ? [result].values() : result, this);
    this.#pump = pump;
    if (!this.#waits && pump instanceof AsyncIterablePump) this.#ownPace = this.#paceOf(pump);
    if (pump && this.#state === 'running') {
      pump.begin();
    } else if (pump) {
      pump.stop();
    } else {
      if (result !== undefined) this.value(result);
      this.#settle();
    }
  }

  #sendValue(value: unknown, alone = false): boolean {
    if (this.#state !== 'running') return false;
    try {
      const hasRoom = this.#host.peer.sendValue(this.id, value, alone);
      this.#claim?.value(value);
      return hasRoom || this.#ownPace?.goesOn() === true;
    } catch (thrown) {
      this.#breakOff(thrown);
      return false;
    }
  }

  #paceOf(pump: Pump): OwnPace {
    return new OwnPace(
      (callback) => this.#host.clock.defer(callback),
      () => {
        // One that is being sent waits for its reader.
        if (this.#byteStreams?.busy !== true) pump.writable();
      },
    );
  }

  /** Adds to the answer while it is open; false: wait for room, or nothing more is wanted. */
  #send(add: (peer: Peer, id: number) => boolean): boolean {
    if (this.#state !== 'running') return false;
    try {
      return add(this.#host.peer, this.id);
    } catch (thrown) {
      this.#breakOff(thrown);
      return false;
    }
  }

  /** The answer is to be had elsewhere; false, as nothing more of it is wanted here. */
  #redirect(answer: Redirect): false {
    const sent = this.#send((peer, id) => {
      peer.redirectAnswer(id, answer.target, locationOf(answer, this.#host.redirects));
      return true;
    });
    if (sent) {
      this.#upload?.release();
      this.#state = 'closing';
      this.#pump?.stop();
    }
    return false;
  }

  #newByteStreams(): ByteStreamLine {
    this.#claim?.unkept();
    return new ByteStreamLine({
      begin: (length) => this.#send((peer, id) => peer.beginBytes(id, length)),
      send: (bytes) => this.#send((peer, id) => peer.sendBytes(id, bytes)),
      end: () => this.#send((peer, id) => peer.endBytes(id)),
      value: (value) => this.#sendValue(value),
      broken: (thrown) => {
        if (this.#state === 'running') this.#breakOff(thrown);
      },
      idle: (hasRoom) => {
        if (this.#sourceEnd) this.#settle(this.#sourceEnd.failure);
        else if (hasRoom) this.#pump?.writable();
      },
    });
  }

  /** Goes on with what a promise brings; whatever is thrown on the way settles the run. */
  #await(promise: PromiseLike<unknown>, then: (value: unknown) => void): void {
    Promise.resolve(promise)
      .then(then)
      .catch((thrown: unknown) => this.#settle({ thrown }));
  }

  #expectData(): void {
    const { name, contract } = this.#command;
    if (!contract.takesData) throw new WiremuxError('bad-arguments', `The command \`${name}\` takes no data.`);
    const { peer } = this.#host;
    this.#upload = new Upload({
      taken: (bytes) => {
        if (this.#state === 'running') peer.dataTaken(this.id, bytes);
      },
      refuse: () => {
        if (this.#state === 'running') peer.refuseData(this.id);
      },
    });
  }

  #noData(): Upload {
    this.#upload = new Upload({ taken: () => undefined, refuse: () => undefined });
    this.#upload.complete();
    return this.#upload;
  }

  /** The answer cannot go on: it fails at once, and the handler is to stop. */
  #breakOff(thrown: unknown): void {
    const error = answerError(thrown);
    this.#fail(thrown, error);
    this.#state = 'closing';
    this.#stopHandler(error);
  }

  #stopHandler(reason: WiremuxError): void {
    this.#reason = reason;
    this.#upload?.abort(reason);
    this.#notice?.give(reason);
    // First what reads, then what it was made by.
    this.#byteStreams?.stop();
    this.#pump?.stop();
  }

  get #stopNotice(): StopNotice {
    this.#notice ??= new StopNotice(this.#reason);
    return this.#notice;
  }

  #leave(): void {
    this.#state = 'left';
    this.#host.log.warn({ ...this.#labels() }, 'A cancelled command has not stopped within 5 s.');
    this.#host.peer.stopped(this.id, 'left');
  }

  /** The handler has stopped, of itself or as asked. */
  #settle(failure?: Failure): void {
    switch (this.#state) {
      case 'running':
        this.#upload?.release();
        if (failure) this.#fail(failure.thrown, answerError(failure.thrown));
        else this.#host.peer.endAnswer(this.id);
        if (this.#called) this.#claim?.completed(failure && answerError(failure.thrown));
        break;
      case 'stopping':
        this.#endGrace?.();
        this.#host.peer.stopped(this.id, 'stopped');
        this.#logLate(failure);
        break;
      case 'left':
        this.#host.peer.returned();
        this.#logLate(failure);
        break;
      case 'closing':
        this.#logLate(failure);
        break;
      case 'over':
        return;
    }
    this.#state = 'over';
    // Unless it ran to its end the key is free again.
    this.#claim?.released();
    this.#host.onOver(this, this.#outcome);
  }

  #fail(thrown: unknown, error: WiremuxError): void {
    this.#outcome = { result: 'failed', code: error.code };
    logFailure(this.#host.log, this.#labels(), thrown);
    this.#host.peer.failAnswer(this.id, error);
  }

  /** Nobody waits for the answer any more, but an error in a handler's clean-up should not pass unseen. */
  #logLate(failure: Failure | undefined): void {
    if (!failure || isAbort(failure.thrown, this.#reason)) return;
    logFailure(this.#host.log, this.#labels(), failure.thrown);
  }

  #labels(): RequestLabels {
    const { id, command, principal, trace } = this;
    return { requestId: id, command, principal: principal.name, ...(trace === undefined ? {} : { trace }) };
  }
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
