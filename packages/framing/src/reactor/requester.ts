import { decodeOne, rangeOf } from '../cbor/index.js';
import { FrameType, PieceFlag, RequestFlag } from '../dialect/types.js';
import { fault, type ProtocolFault, WiremuxError } from '../errors.js';
import type { FrameHeader } from '../frame/frame.js';
import { type AnswerReaderOptions, type ReadsAnswer, ValueReaderPool } from '../message/answer-reader.js';
import { type CancelReason, encodeCancel, parseCancel, parseCancelResult, parseCredit } from '../message/control.js';
import { parseProgress } from '../message/progress.js';
import { MAX_CREDIT, MIN_CREDIT } from '../message/settings.js';
import { DROPPED_TOPIC } from '../message/slow.js';
import type { PeerContext } from './context.js';
import type { PeerEvent } from './events.js';
import { DATA_CREDIT, grantTo } from './grant.js';
import { type HalfKind, halfKind } from './half-kind.js';
import { IdTable } from './id-table.js';
import { LongMaps } from './long-maps.js';
import { type OutgoingRequest, openingOf, timeLeftOf, usualCredit, wantedCredit } from './outgoing-request.js';
import type { ReceiveBudget, ReceiveHalf } from './receive-half.js';
import { SendHalf } from './send-half.js';

interface OpenRequest {
  readonly id: number;
  readonly send: SendHalf;
  readonly receive: ReceiveHalf;
  readonly reader: ReadsAnswer;
  answered: boolean;
  /** The caller has had its end, or wants none: what still comes is dropped. */
  silent: boolean;
  /** A cancel was sent: its proof or the answer's end closes the request (SPEC 8.6.6). */
  cancelled: boolean;
}

const EVERY_ID = 32_768;

/** Opens requests and reads their answers (SPEC 5, 8.4 to 8.6): the opener's side. */
export class Requester {
  readonly #context: PeerContext;
  readonly #budget: ReceiveBudget;
  readonly #requests = new IdTable<OpenRequest>();
  readonly #readers: ValueReaderPool;
  /** How most answers are read. */
  readonly #usual: AnswerReaderOptions;
  readonly #longMaps = new LongMaps();
  readonly #goOn = (event: PeerEvent): void => this.#context.goOn(event);
  readonly #half: HalfKind;
  readonly #firstId: number;
  #nextId: number;

  constructor(context: PeerContext, budget: ReceiveBudget) {
    this.#context = context;
    this.#budget = budget;
    this.#readers = new ValueReaderPool(context.cborLimits);
    const { extended } = context.dialect;
    this.#usual = { codes: extended, bytePieces: undefined, encodedValues: false, readLocation: undefined };
    this.#half = halfKind(FrameType.Data, context);
    this.#firstId = context.role === 'client' ? 1 : 2;
    this.#nextId = this.#firstId;
  }

  /** How many more requests the other side lets this one open now. */
  get openSlots(): number {
    return Math.max(0, this.#context.remoteSettings.openRequests - this.#requests.size);
  }

  /** Requests open. */
  get size(): number {
    return this.#requests.size;
  }

  get halves(): Iterable<SendHalf> {
    return Array.from(this.#requests, ({ send }) => send);
  }

  /**
   * Queues a request and returns its id.
   * @throws {WiremuxError} `too-many-requests` without a free id or slot, `too-big`, `unsupported` for its arguments or its
   * idempotency key, `bad-arguments` for one of another length and for `slow` and `keep`, `unknown-command` for an empty name
   */
  open(request: OutgoingRequest): number {
    if (this.openSlots === 0) {
      const most = this.#context.remoteSettings.openRequests;
      throw new WiremuxError('too-many-requests', `${most} requests are open, the most the peer allows; wait for one.`);
    }
    const { hasData = false, channel, plain = false } = request;
    const { duplex } = this.#context.dialect;
    const usual = usualCredit(request, this.#context);
    const wanted = wantedCredit(request.credit ?? usual);
    const credit = duplex ? Math.max(MIN_CREDIT, Math.min(wanted, this.#budget.left)) : 0;
    const timeLeft = timeLeftOf(request, this.#context);
    const opening = openingOf(request, credit === usual ? undefined : credit, timeLeft?.(), this.#context);
    const id = this.takeId();
    if (id === undefined) {
      throw new WiremuxError('too-many-requests', 'Every request id is in use; wait until some requests have ended.');
    }
    const send = new SendHalf(id, this.#half, duplex ? DATA_CREDIT : Number.POSITIVE_INFINITY);
    if (channel !== undefined && this.#context.output.scheduler.has(channel)) send.channel = channel;
    send.openWith(opening, hasData, timeLeft);
    send.plain = plain;
    this.#longMaps.add(send);
    const receive = this.#budget.open(id, credit, wanted, MAX_CREDIT);
    this.#requests.set(id, {
      id,
      send,
      receive,
      reader: this.#readerFor(id, request),
      answered: false,
      silent: false,
      cancelled: false,
    });
    this.#wake(send);
    return id;
  }

  /** Queues upload bytes; false: wait for `upload-writable`. Ignored once the upload is over. */
  sendData(id: number, bytes: Uint8Array): boolean {
    const request = this.#requests.get(id);
    if (request === undefined || request.send.closed) return true;
    const room = request.send.push(rangeOf(bytes));
    this.#wake(request.send);
    return room;
  }

  endData(id: number): void {
    const request = this.#requests.get(id);
    if (request === undefined || request.send.closed) return;
    request.send.end();
    this.#wake(request.send);
  }

  /** The consumer took values of that many bytes. */
  taken(id: number, bytes: number): void {
    const request = this.#requests.get(id);
    if (request !== undefined) this.#budget.take(request.receive, bytes);
  }

  /** Stops a request: `stopped` follows, unless its end crosses (SPEC 8.6). */
  cancel(id: number, reason: CancelReason): void {
    const request = this.#requests.get(id);
    if (request === undefined || request.silent) return;
    if (!request.send.begun) {
      this.#abandon(request.send);
      this.#close(request);
      this.#context.emit({ kind: 'stopped', id, result: 'stopped' });
      return;
    }
    this.#sendCancel(request, reason);
    if (!this.#context.dialect.duplex) {
      request.silent = true;
      this.#context.emit({ kind: 'stopped', id, result: 'left' });
    }
  }

  /** A frame of the answerer: the fault if it breaks a rule. */
  receive(header: FrameHeader, payload: Uint8Array): ProtocolFault | undefined {
    const { requestId: id, type, flags } = header;
    const misplaced = misplacedByAnswerer(header);
    if (misplaced !== undefined) return misplaced;
    const request = this.#requests.get(id);
    if (request === undefined || request.answered || !request.send.begun) {
      const crossed = type === FrameType.Credit || (type === FrameType.Cancel && flags === 0);
      if (crossed) return this.#checkCrossed(type, payload);
      return fault('5.5', `A frame of type ${type} came for request ${id}, whose answer is not open.`);
    }
    switch (type) {
      case FrameType.Response:
        return this.#response(request, payload, flags);
      case FrameType.Error:
        return this.#error(request, payload, flags);
      case FrameType.Output:
        return this.#output(request, payload);
      case FrameType.Progress:
        return this.#progress(request, payload);
      case FrameType.Credit:
        return this.#credit(request, payload);
      default: // Cancel is the one type left.
        return flags === 0 ? this.#refusal(request, payload) : this.#proof(request, payload);
    }
  }

  /** Every request and its data was sent whole. */
  get sent(): boolean {
    for (const { send } of this.#requests) if (!send.ended) return false;
    return true;
  }

  /** After a frame of this opener's half was scheduled. */
  scheduled(send: SendHalf): void {
    this.#openNextMap();
    const request = this.#requests.get(send.requestId);
    if (request === undefined) return;
    if (send.tookRoom()) this.#context.emit({ kind: 'upload-writable', id: send.requestId });
    if (send.ended && request.answered) this.#close(request);
  }

  /** The connection is gone: every request ends with this error. */
  fail(error: WiremuxError): void {
    for (const request of this.#requests) {
      request.send.abandon();
      this.#budget.close(request.receive);
      const why = request.reader.refusal ?? error;
      if (!request.silent) this.#context.emit({ kind: 'failed', id: request.id, error: why });
    }
    this.#requests.clear();
  }

  /** One that is not open, if there is any: they go up by two and wrap, skipping those still open (SPEC 5.1). */
  takeId(): number | undefined {
    for (let tries = 0; tries < EVERY_ID; tries++) {
      const id = this.#nextId;
      this.#nextId = id + 2 > 65_535 ? this.#firstId : id + 2;
      if (this.#requests.get(id) === undefined && !this.#context.output.holds(id)) return id;
    }
    return undefined;
  }

  #readerFor(id: number, { bytePieces, encodedValues = false, redirect }: OutgoingRequest): ReadsAnswer {
    const { dialect } = this.#context;
    const offers = dialect.redirects && redirect !== undefined && redirect.targets.length > 0;
    const readLocation = offers ? redirect.readLocation : undefined;
    const isUsual = bytePieces === undefined && !encodedValues && !offers;
    const options = isUsual ? this.#usual : { codes: dialect.extended, bytePieces, encodedValues, readLocation };
    return dialect.answers.reader(id, this.#goOn, this.#readers, options);
  }

  /** A request whose map waited for that of another may be opened now. */
  #openNextMap(): void {
    const next = this.#longMaps.advance();
    if (next !== undefined) this.#wake(next);
  }

  #wake(send: SendHalf): void {
    this.#context.output.scheduler.wake(send);
    this.#context.wake();
  }

  #response(request: OpenRequest, payload: Uint8Array, flags: number): ProtocolFault | undefined {
    const { id, receive } = request;
    const eos = (flags & PieceFlag.Eos) !== 0;
    if (!this.#budget.receive(receive, payload.length)) {
      return fault('8.5.5', `Request ${id} was sent more bytes than it had granted.`);
    }
    if (payload.length === 0 && !eos) {
      const over = this.#context.charge('an empty frame');
      if (over !== undefined) return over;
    }
    if (!request.silent && !request.cancelled) this.#read(request, payload, eos, flags);
    if (eos) this.#answerEnded(request);
    return undefined;
  }

  #read(request: OpenRequest, payload: Uint8Array, eos: boolean, flags: number): void {
    const { id, reader } = request;
    reader.read(payload, eos, flags);
    this.#budget.deliver(request.receive, reader.delivered, reader.pending);
    if (reader.failure !== undefined) {
      this.#failLocally(request, reader.failure, eos);
    } else if (eos) {
      const { redirect } = reader;
      request.silent = true;
      this.#context.emit(
        redirect === undefined ? { kind: 'ended', id } : { kind: 'redirected', id, location: redirect },
      );
    } else if (this.#budget.crowded) {
      this.#failLargest();
    }
  }

  /** The caller hears of it; the connection lives, and an answer still open is cancelled (SPEC 8.12.9). */
  #failLocally(request: OpenRequest, error: WiremuxError, eos: boolean): void {
    request.silent = true;
    this.#context.emit({ kind: 'failed', id: request.id, error });
    this.#budget.close(request.receive);
    request.reader.close();
    if (!eos) this.#sendCancel(request, { code: error.code === 'too-big' ? 'too-big' : 'protocol' });
  }

  /** Gives up the longest of the incomplete values that hold all there is to grant (SPEC 9.1.10). */
  #failLargest(): void {
    let largest: OpenRequest | undefined;
    for (const request of this.#requests) {
      if (request.receive.countedIncomplete > (largest?.receive.countedIncomplete ?? 0)) largest = request;
    }
    if (largest === undefined) return;
    const { grantedBytes } = this.#context.limits;
    const message = `Incomplete values hold the ${grantedBytes} bytes there are for them; this one is the longest.`;
    this.#failLocally(largest, new WiremuxError('too-big', message), false);
  }

  #error(request: OpenRequest, payload: Uint8Array, flags: number): ProtocolFault | undefined {
    const error = this.#context.dialect.errors.parse(flags, payload, this.#context.cborLimits);
    if (error === undefined) return fault('3.5.1', `The error frame of request ${request.id} is malformed.`);
    if (!request.silent && !request.cancelled) {
      request.silent = true;
      this.#context.emit({ kind: 'failed', id: request.id, error });
    }
    this.#answerEnded(request);
    return undefined;
  }

  #output(request: OpenRequest, payload: Uint8Array): ProtocolFault | undefined {
    if (request.silent || request.cancelled) return undefined;
    const atoms = this.#context.dialect.output.parse(payload, this.#context.cborLimits);
    if (atoms === undefined) return fault('3.6.1', `A text frame of request ${request.id} is malformed.`);
    this.#context.emit({ kind: 'output', id: request.id, atoms });
    return undefined;
  }

  #progress(request: OpenRequest, payload: Uint8Array): ProtocolFault | undefined {
    if (request.silent || request.cancelled) return undefined;
    const decoded = decodeOne(payload, this.#context.cborLimits);
    const update = decoded.ok ? parseProgress(decoded.value) : undefined;
    if (update === undefined) return fault('3.7.1', `A progress frame of request ${request.id} is malformed.`);
    const { id } = request;
    if (this.#context.dialect.extended && update.topic === DROPPED_TOPIC) {
      this.#context.emit({ kind: 'dropped', id, total: Math.max(0, update.pos) });
    } else {
      this.#context.emit({ kind: 'progress', id, update });
    }
    return undefined;
  }

  #credit(request: OpenRequest, payload: Uint8Array): ProtocolFault | undefined {
    const amount = parseCredit(payload);
    if (amount === undefined) return fault('8.2.3', `A credit frame of request ${request.id} is malformed.`);
    if (request.send.ended) return undefined;
    return grantTo(request.send, amount, DATA_CREDIT, this.#context);
  }

  /** "Send no more data" (SPEC 8.6.5). */
  #refusal(request: OpenRequest, payload: Uint8Array): ProtocolFault | undefined {
    const { id } = request;
    if (parseCancel(payload) === undefined) return fault('8.2.4', `A cancel frame of request ${id} is malformed.`);
    if (request.send.ended) return undefined;
    this.#endData(request);
    this.#context.emit({ kind: 'upload-refused', id });
    return undefined;
  }

  #proof(request: OpenRequest, payload: Uint8Array): ProtocolFault | undefined {
    const { id } = request;
    const result = parseCancelResult(payload);
    if (result === undefined) return fault('8.2.4', `The cancel|ack of request ${id} is malformed.`);
    if (!request.cancelled) return fault('8.6.7', `Request ${id} was not cancelled, but its stop was reported.`);
    if (!request.silent) this.#context.emit({ kind: 'stopped', id, result });
    request.silent = true;
    this.#answerEnded(request);
    return undefined;
  }

  #checkCrossed(type: number, payload: Uint8Array): ProtocolFault | undefined {
    const wellFormed = type === FrameType.Credit ? parseCredit(payload) : parseCancel(payload);
    return wellFormed === undefined ? fault('8.2.2', `A frame of type ${type} is malformed.`) : undefined;
  }

  #sendCancel(request: OpenRequest, reason: CancelReason): void {
    if (request.cancelled) return;
    request.cancelled = true;
    this.#budget.close(request.receive);
    request.reader.close();
    if (!this.#context.dialect.duplex) {
      this.#endData(request);
      return;
    }
    this.#abandon(request.send);
    this.#context.output.forgetCredit(request.id);
    this.#context.output.cancel(request.id, encodeCancel(reason), false);
    this.#context.wake();
  }

  #answerEnded(request: OpenRequest): void {
    request.answered = true;
    this.#budget.close(request.receive);
    this.#context.output.forgetCredit(request.id);
    if (!request.silent && request.cancelled) {
      request.silent = true;
      this.#context.emit({ kind: 'stopped', id: request.id, result: 'finished' });
    }
    if (!request.send.ended) this.#stopUpload(request);
    if (request.send.ended) this.#close(request);
  }

  /** The answer ended first: no more data (SPEC 8.4.3); older dialects are told by the data's own end (SPEC 5.6). */
  #stopUpload(request: OpenRequest): void {
    if (this.#context.dialect.duplex) this.#sendCancel(request, {});
    else this.#endData(request);
  }

  /** What was not sent yet goes; the data's eos tells the answerer. */
  #endData({ send }: OpenRequest): void {
    send.drop();
    send.end();
    this.#wake(send);
  }

  #abandon(send: SendHalf): void {
    send.abandon();
    this.#openNextMap();
  }

  #close(request: OpenRequest): void {
    const full = this.openSlots === 0;
    this.#requests.delete(request.id);
    if (full && this.openSlots > 0) this.#context.emit({ kind: 'slots-free' });
    request.reader.close();
    this.#budget.close(request.receive);
  }
}

const OPENER_TYPES: ReadonlySet<number> = new Set([
  FrameType.Request,
  FrameType.CommandName,
  FrameType.CommandArgument,
  FrameType.Data,
]);

/** Frames that no answerer sends (SPEC 5.13). */
function misplacedByAnswerer({ requestId, type, flags }: FrameHeader): ProtocolFault | undefined {
  if (!OPENER_TYPES.has(type)) return undefined;
  const opens = type === FrameType.CommandName || (type === FrameType.Request && (flags & RequestFlag.New) !== 0);
  if (opens) return fault('5.2', `The peer may not open a request ${requestId}.`);
  return fault('5.13', `A frame of type ${type} came for request ${requestId}, which this side opens.`);
}
