import { type FrameHeader, HEADER_SIZE } from '../frame/frame.js';
import { asFields, asProse, asText, field } from '../message/fields.js';
import type { Direction, FoundProblem } from './described-frame.js';
import type { NamedType } from './flag-rules.js';
import { FollowedRequest, type RequestOrigin } from './followed-request.js';
import { asItIs, hidden, SequenceReader, type ShownPayload } from './sequence-reader.js';
import type { HoldBudget } from './value-collector.js';

/** Requests followed at once. Past it the oldest goes that may have ended unseen, or a new one's payloads are not judged. */
const MOST_REQUESTS = 4_096;

/** A frame with its payload decoded. */
export interface PlainFrame {
  readonly direction: Direction;
  readonly header: FrameHeader;
  readonly type: NamedType;
  /** Bytes of the payload on the wire. */
  readonly bytes: number;
  /** Undefined: it could not be decoded, and `note` says why. */
  readonly plain: Uint8Array | undefined;
  readonly note?: string;
  readonly time: number;
}

/** What a frame says, and about which request. */
export interface Reading extends Partial<ShownPayload> {
  readonly request?: FollowedRequest;
  readonly problem?: FoundProblem;
}

/** How {@link RequestLog} reads. */
export interface RequestLogOptions {
  /** Text output is packed and no CBOR (`exp-framing-0002`). */
  readonly packsOutput: boolean;
  readonly valueBytes: number;
  readonly fromStart: boolean;
  readonly known: readonly Omit<RequestOrigin, 'isJoined'>[];
  /** A request is over. */
  onOver(request: FollowedRequest): void;
}

/** Follows the requests of a connection, and reads the payloads of their frames. */
export class RequestLog {
  readonly #options: RequestLogOptions;
  readonly #budget: HoldBudget;
  readonly #open = new Map<number, FollowedRequest>();
  #fromStart: boolean;

  constructor(options: RequestLogOptions, budget: HoldBudget) {
    this.#options = options;
    this.#budget = budget;
    this.#fromStart = options.fromStart;
    for (const known of options.known) this.#add({ ...known, isJoined: true });
  }

  /** Requests that have not ended, the oldest first. */
  get open(): Iterable<FollowedRequest> {
    return this.#open.values();
  }

  /** Takes a frame that belongs to a request. */
  receive(frame: PlainFrame): Reading {
    const { direction, type, bytes, plain, time } = frame;
    const { request, problem } = this.#find(frame);
    request?.count(direction, HEADER_SIZE + bytes, time);
    const read = plain && this.#read(request, frame, plain);
    if (request !== undefined) this.#step(request, frame, read);
    const broken = read?.isBroken === true ? brokenPayload(type.name) : undefined;
    const found = problem ?? broken;
    if (request?.isOver) this.#over(request);
    return {
      ...(read ?? { note: frame.note ?? '' }),
      ...(request === undefined ? {} : { request }),
      ...(found === undefined ? {} : { problem: found }),
    };
  }

  /** Frames went by unseen: nothing is known for sure of any request. */
  gap(time: number): void {
    this.#fromStart = false;
    const before = [...this.#open.values()];
    this.#open.clear();
    for (const request of before) {
      request.close();
      this.#add({ id: request.id, command: request.command, since: time, isJoined: true });
    }
  }

  close(): void {
    for (const request of this.#open.values()) request.close();
    this.#open.clear();
  }

  #find({ direction, header, type, time }: PlainFrame): { request?: FollowedRequest; problem?: FoundProblem } {
    const { requestId } = header;
    const known = this.#open.get(requestId);
    const isOpener = direction === ((requestId & 1) === 1 ? 'in' : 'out');
    const opens = type.name === 'command-name' || (type.name === 'command-request' && type.flags.has('new'));
    if (opens && isOpener && known?.isJoined !== false) {
      if (known !== undefined) this.#lose(known);
      const request = this.#add({ id: requestId, since: time, isJoined: false });
      return request === undefined ? {} : { request };
    }
    if (opens) return { ...(known && { request: known }), problem: { rule: '5.2', message: openedTwice(requestId) } };
    if (known !== undefined) return { request: known };
    // Credit and cancel may have crossed the end of their request (SPEC 8.4.6).
    if (type.name === 'credit' || type.name === 'cancel' || requestId === 0) return {};
    if (this.#fromStart) {
      const rule = isOpener ? '5.4' : '5.5';
      return { problem: { rule, message: `Request ${requestId} is not open.` } };
    }
    const request = this.#add({ id: requestId, since: time, isJoined: true });
    return request === undefined ? {} : { request };
  }

  #add(origin: RequestOrigin): FollowedRequest | undefined {
    if (this.#open.size >= MOST_REQUESTS && !this.#loseStale()) return undefined;
    const request = new FollowedRequest(origin, this.#options.valueBytes, this.#budget);
    this.#open.set(origin.id, request);
    return request;
  }

  /** Makes room, if there is one that may have ended unseen. */
  #loseStale(): boolean {
    for (const request of this.#open.values()) {
      if (!request.isJoined) continue;
      this.#lose(request);
      return true;
    }
    return false;
  }

  #lose(request: FollowedRequest): void {
    request.close();
    this.#open.delete(request.id);
  }

  #read(request: FollowedRequest | undefined, { type }: PlainFrame, plain: Uint8Array): ShownPayload {
    switch (type.name) {
      case 'command-request':
        return request?.map.read(plain) ?? hidden(plain, 'Its request is not known.');
      case 'command-response':
        return request?.answer.read(plain) ?? hidden(plain, 'Its request is not known.');
      case 'bytes-response':
        if (!type.flags.has('cbor')) return asItIs(plain);
        return request?.answer.read(plain) ?? hidden(plain, 'Its request is not known.');
      case 'command-argument':
        return request?.arguments.read(plain) ?? hidden(plain, 'Its request is not known.');
      case 'command-name':
      case 'command-data':
        return asItIs(plain);
      case 'text-output':
        return this.#options.packsOutput ? asItIs(plain) : this.#readOne(plain);
      case 'error-response':
        // Where an error has flags, its payload is a text.
        return type.flags.size > 0 ? asItIs(plain) : this.#readOne(plain);
      default:
        return this.#readOne(plain);
    }
  }

  #readOne(plain: Uint8Array): ShownPayload {
    const reader = new SequenceReader(this.#options.valueBytes, this.#budget);
    const read = reader.read(plain);
    const isWhole = reader.atEdge || read.isBroken;
    reader.close();
    return isWhole ? read : { ...hidden(plain, 'It ends inside a value.'), isBroken: true };
  }

  /** What the frame does to its request. */
  #step(request: FollowedRequest, { direction, type, plain }: PlainFrame, read: ShownPayload | undefined): void {
    const { flags } = type;
    const isOpener = direction === request.opener;
    switch (type.name) {
      case 'command-name':
        request.command = plain && asProse(plain);
        request.openerEnded = flags.has('eos');
        request.hasData = flags.has('have-data');
        return;
      case 'command-argument':
        if (flags.has('eoa') && !request.hasData) request.openerEnded = true;
        return;
      case 'command-request':
        request.command ??= request.map.name;
        request.hasData = flags.has('have-data');
        if (!flags.has('more') && !request.hasData) request.openerEnded = true;
        return;
      case 'command-data':
        if (flags.has('eos')) request.openerEnded = true;
        return;
      case 'command-response':
      case 'bytes-response':
        if (read !== undefined && type.name === 'command-response') request.answered(read.values, read.skipped);
        if (flags.has('eos')) request.answerEnded = true;
        return;
      case 'error-response':
        this.#failed(request, type, plain, read);
        request.answerEnded = true;
        return;
      case 'cancel':
        if (flags.has('ack')) {
          const result = asFields(read?.values[0]);
          request.cancelled(result && asText(field(result, 'result')));
          request.answerEnded = true;
        } else if (isOpener) {
          request.openerEnded = true;
        }
        return;
      default:
        return;
    }
  }

  #failed(
    request: FollowedRequest,
    type: NamedType,
    plain: Uint8Array | undefined,
    read: ShownPayload | undefined,
  ): void {
    const [kind] = type.flags;
    const error = asFields(read?.values[0]);
    if (error !== undefined) request.failed(error);
    else request.failedWith(kind ?? 'unknown', kind === undefined || plain === undefined ? '' : (asProse(plain) ?? ''));
  }

  #over(request: FollowedRequest): void {
    this.#lose(request);
    this.#options.onOver(request);
  }
}

function openedTwice(id: number): string {
  return `Request ${id} is open, or is not one its sender may open.`;
}

function brokenPayload(type: string): FoundProblem {
  const rule = type === 'command-request' ? '3.2.4' : type === 'command-response' ? '3.4.4' : '3.1.7';
  return { rule, message: `The payload of a ${type} frame is no CBOR.` };
}
