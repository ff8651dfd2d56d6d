import { type ByteRange, rangeOf } from '../cbor/index.js';
import { FrameType } from '../dialect/types.js';
import { fault, type ProtocolFault, WiremuxError } from '../errors.js';
import type { FrameHeader } from '../frame/frame.js';
import {
  type CancelReason,
  encodeCancel,
  encodeCancelResult,
  parseCancel,
  parseCancelResult,
  parseCredit,
} from '../message/control.js';
import { encodeStatusError, failureType, STATUS_OK } from '../message/failure.js';
import type { OutputAtom } from '../message/output.js';
import type { ProgressUpdate } from '../message/progress.js';
import { encodeStatusRedirect, type RedirectLocation } from '../message/redirect.js';
import type { RequestMessage } from '../message/request.js';
import { DROPPED_TOPIC, SLOW_CREDIT, slowPolicy } from '../message/slow.js';
import { addBytes, makeRoom } from './answer-queue.js';
import type { PeerContext } from './context.js';
import { Deadlines } from './deadlines.js';
import type { CancelResult } from './events.js';
import { grantTo } from './grant.js';
import { HeldAnswers } from './held-answers.js';
import { IdTable } from './id-table.js';
import { type IncomingRequest, requestEvent, sideOf } from './incoming-request.js';
import type { ReceiveBudget, ReceiveHalf } from './receive-half.js';
import { heldTooLong, inputCutOff, outOfTime, uploadStalled } from './request-errors.js';
import { type IntakeTarget, RequestIntake } from './request-intake.js';
import type { HalfEnd, SendHalf } from './send-half.js';
import { ValueQueue } from './value-queue.js';

/** Byte strings from this size on go out uncopied. */
const UNCOPIED_FROM = 4_096;

const NO_BYTES: ByteRange = rangeOf(new Uint8Array(0));

/** Errors that say a request was not run (SPEC 9.1.16). */
const REFUSALS: ReadonlySet<string> = new Set(['unknown-command', 'bad-arguments', 'not-allowed', 'too-many-requests']);

/** Reads requests and sends their answers (SPEC 5, 8.4 to 8.6): the answerer's side. */
export class Responder implements IntakeTarget {
  readonly #context: PeerContext;
  readonly #budget: ReceiveBudget;
  readonly #requests = new IdTable<IncomingRequest>();
  readonly #intake: RequestIntake;
  readonly #deadlines = new Deadlines<IncomingRequest>();
  /** Where input ends before output begins. */
  readonly #held: HeldAnswers | undefined;
  /** Of {@link IntakeTarget}: commands that were cancelled and did not stop count as open until they return (SPEC 8.6.4). */
  left = 0;

  constructor(context: PeerContext, budget: ReceiveBudget) {
    this.#context = context;
    this.#budget = budget;
    this.#intake = new RequestIntake(context, budget, this.#requests, this);
    if (context.halfDuplex) {
      this.#held = new HeldAnswers(context.limits.heldAnswers, (send) => context.output.scheduler.wake(send));
    }
  }

  /** Requests that are open. */
  get size(): number {
    return this.#requests.size;
  }

  /** The requests, for inspection. */
  list(): Iterable<{ readonly id: number; readonly send: SendHalf }> {
    return this.#requests;
  }

  get halves(): Iterable<SendHalf> {
    return Array.from(this.#requests, ({ send }) => send);
  }

  /** A frame of the opener: the fault if it breaks a rule. */
  receive(header: FrameHeader, payload: Uint8Array): ProtocolFault | undefined {
    const { requestId: id, type, flags } = header;
    const request = this.#requests.get(id);
    switch (type) {
      case FrameType.Request:
      case FrameType.CommandName:
      case FrameType.CommandArgument:
        return this.#intake.requestFrame(header, payload);
      case FrameType.Data:
        return this.#intake.dataFrame(id, flags, payload);
      case FrameType.Credit:
        return this.#credit(request, payload);
      case FrameType.Cancel:
        return flags === 0 ? this.#cancel(request, payload) : this.#unaskedProof(id, payload);
      default:
        return fault('5.13', `A frame of type ${type} came for request ${id}, which the peer opens.`);
    }
  }

  /** Nothing of the answer is encoded from now on (SPEC 4.12). */
  keepPlain(id: number): void {
    const request = this.#requests.get(id);
    if (request !== undefined) request.send.plain = true;
  }

  /** Sends the answer on this channel; unknown names leave it as it is. Before anything is sent only. */
  useChannel(id: number, channel: string): void {
    const send = this.#requests.get(id)?.send;
    if (send === undefined || send.begun || send.ready || !this.#context.output.scheduler.has(channel)) return;
    send.channel = channel;
  }

  /**
   * Queues a value of the answer; false: wait for `answer-writable`.
   * @throws {WiremuxError} `unsupported` for what the dialect cannot say, `too-big` for what the other side does not put
   * together, `slow-reader` past the queue's bound
   */
  sendValue(id: number, value: unknown): boolean {
    const request = this.#answerable(id);
    if (request === undefined) return true;
    if (request.bytesLeft !== undefined) throw new WiremuxError('internal', 'A value was sent inside a byte string.');
    const { answers } = this.#context.dialect;
    if (value instanceof Uint8Array && value.length >= UNCOPIED_FROM) {
      return this.#queue(request, true, answers.bytesHead(value.length), rangeOf(value));
    }
    const encoded = answers.encode(value);
    const { valueBytes } = this.#context.remoteSettings;
    const size = encoded.to - encoded.from;
    if (size > valueBytes) {
      throw new WiremuxError('too-big', `A value takes ${size} bytes; the peer accepts ${valueBytes}.`);
    }
    return this.#queue(request, true, encoded, undefined, answers.flags(value));
  }

  /** Begins a byte string of `length` bytes, or of as many as there will be (SPEC 3.4.9). */
  beginBytes(id: number, length?: number): boolean {
    const request = this.#answerable(id);
    if (request === undefined) return true;
    if (request.bytesLeft !== undefined) throw new WiremuxError('internal', 'A byte string was begun inside another.');
    if (length !== undefined && !(Number.isSafeInteger(length) && length >= 0)) {
      throw new WiremuxError('wrong-length', `A byte string cannot be ${length} bytes long.`);
    }
    request.bytesLeft = length ?? Number.POSITIVE_INFINITY;
    return this.#queue(request, false, this.#context.dialect.answers.bytesHead(length));
  }

  /** Queues bytes of the byte string that was begun. */
  sendBytes(id: number, bytes: Uint8Array): boolean {
    const request = this.#answerable(id);
    if (request?.bytesLeft === undefined || bytes.length === 0) return true;
    if (bytes.length > request.bytesLeft) {
      const over = bytes.length - request.bytesLeft;
      throw new WiremuxError('wrong-length', `A byte string would be at least ${over} bytes longer than it said.`);
    }
    request.bytesLeft -= bytes.length;
    if (request.bytesLeft === Number.POSITIVE_INFINITY) {
      return this.#queue(request, false, this.#context.dialect.answers.bytesHead(bytes.length), rangeOf(bytes));
    }
    return this.#queue(request, false, rangeOf(bytes));
  }

  /** The byte string is complete. */
  endBytes(id: number): boolean {
    const request = this.#answerable(id);
    if (request?.bytesLeft === undefined) return true;
    const left = request.bytesLeft;
    const open = left === Number.POSITIVE_INFINITY;
    if (!open && left > 0) {
      throw new WiremuxError('wrong-length', `A byte string is ${left} bytes shorter than it said.`);
    }
    request.bytesLeft = undefined;
    return this.#queue(request, false, open ? this.#context.dialect.answers.bytesEnd : NO_BYTES);
  }

  /** Queues text; it never waits, the oldest gives way (SPEC 8.12.8). */
  sendOutput(id: number, atoms: readonly OutputAtom[]): void {
    const request = this.#answerable(id);
    if (request === undefined) return;
    sideOf(request, this.#context).text(atoms, this.#context.output.maxPayload);
    this.#wake(request.send);
  }

  /** Queues a progress update; of each topic only the newest waits. The core's own topic is left out (SPEC 8.11.21). */
  sendProgress(id: number, update: ProgressUpdate): void {
    const request = this.#answerable(id);
    if (request === undefined || (this.#context.dialect.extended && update.topic === DROPPED_TOPIC)) return;
    sideOf(request, this.#context).progress(update, this.#context.output.maxPayload);
    this.#wake(request.send);
  }

  /** So many values of an answer that is passed on were dropped before they came here (SPEC 8.11.21). */
  addDropped(id: number, values: number): void {
    this.#answerable(id)?.send.addDropped(values);
  }

  /** The command has finished. */
  endAnswer(id: number): void {
    const request = this.#endable(id, 'finished');
    if (request === undefined) return;
    if (request.bytesLeft !== undefined) {
      this.#fail(request, new WiremuxError('wrong-length', 'The answer ended inside a byte string.'));
      return;
    }
    this.#beginAnswer(request);
    this.#finish(request, 'eos');
  }

  /** The answer is to be had elsewhere (SPEC 3.4.10). */
  redirect(id: number, target: string, location: RedirectLocation): void {
    const request = this.#endable(id, 'finished');
    if (request === undefined) return;
    if (!request.targets.includes(target)) {
      throw new WiremuxError('unsupported', `The request does not list the target "${target}"; answer it here.`);
    }
    if (request.answering) throw new WiremuxError('internal', 'An answer that has begun was to be redirected.');
    const status = encodeStatusRedirect(location);
    if (status === undefined) {
      throw new WiremuxError('too-big', 'The location of a redirect has a part past its bound (SPEC 3.4.11).');
    }
    request.answering = true;
    request.send.push(rangeOf(status));
    this.#finish(request, 'eos');
  }

  /** The command has failed: a status before the first value, an error frame behind it (SPEC 3.4.6). */
  failAnswer(id: number, error: WiremuxError): void {
    const request = this.#endable(id, 'stopped');
    if (request === undefined) return;
    if (!request.answering && REFUSALS.has(error.code)) this.#context.chargeOrFail('a refused request');
    this.#fail(request, error);
  }

  /** The command took that many bytes of the data. */
  dataTaken(id: number, bytes: number): void {
    const request = this.#requests.get(id);
    if (request !== undefined) this.#budget.take(request.receive, bytes);
  }

  /** The command wants no more data (SPEC 8.6.5). */
  refuseData(id: number): void {
    const request = this.#requests.get(id);
    if (request === undefined || request.refusing || request.opener !== 'sending') return;
    this.#dropData(request);
    if (this.#context.dialect.duplex && !request.send.closed) {
      this.#context.output.cancel(id, encodeCancel({}), false);
      this.#context.wake();
    }
  }

  /** After `cancelled`: the command has stopped, or was left behind (SPEC 8.6.3). */
  stopped(id: number, result: CancelResult): void {
    const request = this.#requests.get(id);
    if (request === undefined || !request.cancelled || request.send.ended) return;
    if (result === 'left') this.left++;
    this.#prove(request, result);
  }

  /** A command that was left behind has returned after all. */
  returned(): void {
    this.left = Math.max(0, this.left - 1);
  }

  /** When {@link expire} is to be called, monotonic ms. */
  get nextDeadline(): number {
    return this.#deadlines.next;
  }

  /** Requests whose time is over end with `deadline`, unless the opener stops them already (SPEC 8.11.5). */
  expire(now: number): void {
    for (const request of this.#deadlines.takeExpired(now)) {
      if (!request.send.ended && !request.cancelled) this.#abort(request, outOfTime());
    }
  }

  /** After a frame of this answerer's half was scheduled. */
  scheduled(send: SendHalf): void {
    const request = this.#requests.get(send.requestId);
    if (request === undefined) return;
    if (request.running && send.tookRoom()) this.#context.emit({ kind: 'answer-writable', id: send.requestId });
    this.#held?.scheduled(send);
    if (send.ended) this.closeIfOver(request);
  }

  /** After the cancel|ack of a request was scheduled: only then its id may be used again. */
  proved(id: number): void {
    const request = this.#requests.get(id);
    if (request !== undefined) this.closeIfOver(request);
  }

  /** The connection is gone: every command is told to stop. */
  fail(error: WiremuxError): void {
    for (const request of this.#requests) {
      this.#intake.abandonMap(request);
      request.send.abandon();
      this.#budget.close(request.receive);
      if (request.running && !request.cancelled) this.#context.emit({ kind: 'cancelled', id: request.id, error });
    }
    this.#requests.clear();
    this.#deadlines.clear();
  }

  /** An upload that holds a paused transport and is not read: that request fails, the others go on (SPEC 5.8). */
  failStalled(stalled: ReceiveHalf): void {
    const request = this.#requests.get(stalled.requestId);
    if (request === undefined || request.receive !== stalled) return;
    this.#dropData(request);
    if (request.running && !request.cancelled) this.#abort(request, uploadStalled());
  }

  /** Half-duplex: the other side sends nothing more. What it left unfinished fails, and the answers go out (SPEC 7.7). */
  endInput(): void {
    for (const request of [...this.#requests]) {
      if (request.opener !== 'ended') this.#cutOff(request);
    }
    this.#held?.release();
  }

  #cutOff(request: IncomingRequest): void {
    const error = inputCutOff(request.opener === 'opening' ? 'arguments' : 'data');
    request.opener = 'ended';
    this.#budget.close(request.receive);
    if (request.running) this.#abort(request, error);
    else if (!request.send.closed) this.#fail(request, error);
  }

  /** Too much is held: of this answer nothing is sent (SPEC 7.8). */
  #failHeld(send: SendHalf): void {
    const request = this.#requests.get(send.requestId) as IncomingRequest;
    send.restart();
    request.answering = false;
    const error = heldTooLong(this.#context.limits.heldAnswers);
    if (request.running) this.#abort(request, error);
    else this.#fail(request, error);
  }

  /** The answerer ends a request by itself: what was not scheduled goes (SPEC 8.12.5). */
  #abort(request: IncomingRequest, error: WiremuxError): void {
    if (request.running) this.#context.emit({ kind: 'cancelled', id: request.id, error, answered: true });
    request.send.restart();
    request.answering = request.send.sentBytes > 0;
    this.#fail(request, error);
  }

  /** Of {@link IntakeTarget}. */
  start(request: IncomingRequest, message: RequestMessage): void {
    const { channel, plain = false, redirect, deadline } = message;
    const slow = slowPolicy(message.slow, message.keep);
    const credit = message.credit ?? (slow === undefined ? undefined : SLOW_CREDIT);
    const deadlineAt = deadline === undefined ? undefined : request.since + deadline;
    if (deadlineAt !== undefined && deadlineAt <= this.#context.now) {
      this.#fail(request, outOfTime());
      return;
    }
    request.send.plain = plain;
    if (credit !== undefined) {
      request.send.grant(credit - request.credit);
      request.credit = credit;
    }
    if (slow !== undefined) request.send.dropFrom(new ValueQueue(slow));
    if (channel !== undefined) this.useChannel(request.id, channel);
    request.running = true;
    request.targets = redirect?.targets ?? [];
    if (deadlineAt !== undefined) this.#deadlines.add(request, deadlineAt);
    this.#context.emit(requestEvent(request, message, deadlineAt));
  }

  /** The request ends with an error before it runs; kept as a bare id until its opener's half ends (SPEC 8.4.9). */
  refuse(request: IncomingRequest, error: WiremuxError): ProtocolFault | undefined {
    this.#fail(request, error);
    return this.#context.charge('a refused request');
  }

  #credit(request: IncomingRequest | undefined, payload: Uint8Array): ProtocolFault | undefined {
    const amount = parseCredit(payload);
    if (amount === undefined) return fault('8.2.3', 'A credit frame is malformed.');
    if (request === undefined || request.send.ended) return undefined;
    return grantTo(request.send, amount, request.credit, this.#context);
  }

  #cancel(request: IncomingRequest | undefined, payload: Uint8Array): ProtocolFault | undefined {
    const reason = parseCancel(payload);
    if (reason === undefined) return fault('8.2.4', 'A cancel frame is malformed.');
    if (request === undefined || request.cancelled) return undefined;
    const answered = request.send.ended;
    const over = answered || request.send.sentBytes > STATUS_OK.length ? undefined : this.#context.charge('a cancel');
    if (over !== undefined) return over;
    request.opener = 'ended';
    this.#intake.abandonMap(request);
    this.#budget.close(request.receive);
    this.#context.output.forgetCredit(request.id);
    if (answered) {
      this.closeIfOver(request);
      return undefined;
    }
    this.#stop(request, reason);
    return undefined;
  }

  #stop(request: IncomingRequest, { code, message }: CancelReason): void {
    const { id, send } = request;
    request.cancelled = true;
    send.drop();
    if (!request.running) {
      this.#prove(request, send.closed ? 'finished' : 'stopped');
      return;
    }
    const error = new WiremuxError(code ?? 'aborted', message ?? 'The caller cancelled the request.');
    this.#context.emit({ kind: 'cancelled', id, error });
  }

  /** cancel|ack: the answer ends with it, and nothing of the half follows. */
  #prove(request: IncomingRequest, result: CancelResult): void {
    request.running = false;
    request.send.abandon();
    this.#context.output.cancel(request.id, encodeCancelResult(result), true);
    this.#context.wake();
  }

  #unaskedProof(id: number, payload: Uint8Array): ProtocolFault {
    if (parseCancelResult(payload) === undefined) return fault('8.2.4', 'A cancel|ack frame is malformed.');
    return fault('8.6.7', `The opener of request ${id} sent a cancel|ack.`);
  }

  /** The request if something may still be added to its answer. */
  #answerable(id: number): IncomingRequest | undefined {
    const request = this.#requests.get(id);
    return request?.running === true && !request.cancelled ? request : undefined;
  }

  /** The request if its answer can be ended. An end that crosses `cancelled` on its way is the proof of the stop. */
  #endable(id: number, result: CancelResult): IncomingRequest | undefined {
    const request = this.#answerable(id);
    if (request === undefined) this.stopped(id, result);
    return request;
  }

  /** Queues bytes of the answer, `rest` uncopied behind `first`; false: wait for room. */
  #queue(request: IncomingRequest, whole: boolean, first: ByteRange, rest?: ByteRange, flags = 0): boolean {
    const { send } = request;
    makeRoom(send, whole, this.#context.limits.sendQueue);
    this.#beginAnswer(request);
    const room = addBytes(send, whole, first, rest, flags);
    this.#enqueue(send);
    // It was the longest of the answers held.
    if (!request.running) return false;
    // A command that waited here before it has read its data would keep the input from ending.
    return room || (this.#held?.holding === true && request.opener === 'sending' && !request.refusing);
  }

  #beginAnswer(request: IncomingRequest): void {
    if (request.answering) return;
    request.answering = true;
    const { status } = this.#context.dialect.answers;
    if (status !== undefined) request.send.push(status);
  }

  #fail(request: IncomingRequest, error: WiremuxError): void {
    const { answers, errors, extended } = this.#context.dialect;
    if (request.answering || answers.status === undefined) {
      this.#finish(request, { error: errors.encode(error, failureType(error)) });
      return;
    }
    request.answering = true;
    request.send.push(rangeOf(encodeStatusError(error, extended)));
    this.#finish(request, 'eos');
  }

  #finish(request: IncomingRequest, how: HalfEnd): void {
    request.running = false;
    request.send.end(how);
    this.#intake.abandonMap(request);
    this.#dropData(request);
    this.#wake(request.send);
  }

  /** Data that still comes is read and dropped, without credit (SPEC 5.6, 8.4.3). */
  #dropData(request: IncomingRequest): void {
    request.refusing = true;
    this.#budget.close(request.receive);
    this.#context.output.forgetCredit(request.id);
  }

  /** Of {@link IntakeTarget}. */
  closeIfOver(request: IncomingRequest): void {
    if (request.opener !== 'ended' || !request.send.ended) return;
    this.#requests.delete(request.id);
    if (request.deadlineAt !== undefined) this.#deadlines.delete(request);
  }

  #wake(send: SendHalf): void {
    this.#enqueue(send);
    this.#context.wake();
  }

  /** Something was added to the half. */
  #enqueue(send: SendHalf): void {
    if (this.#held?.hold(send) === true) {
      const overfull = this.#held.takeOverfull();
      if (overfull !== undefined) this.#failHeld(overfull);
    }
    this.#context.output.scheduler.wake(send);
  }
}
