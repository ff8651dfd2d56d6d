import { rangeOf } from '../cbor/index.js';
import { FrameType, PieceFlag } from '../dialect/types.js';
import { fault, type ProtocolFault, WiremuxError } from '../errors.js';
import type { FrameHeader } from '../frame/frame.js';
import { encodeCancelResult } from '../message/control.js';
import { encodeStatusError } from '../message/failure.js';
import { MIN_CREDIT } from '../message/settings.js';
import type { PeerContext } from './context.js';
import { halfKind } from './half-kind.js';
import { IdTable } from './id-table.js';
import { SendHalf } from './send-half.js';

interface Refused {
  readonly send: SendHalf;
  /** The opener's half has not ended. */
  open: boolean;
}

/**
 * Refuses what the other side asks of one that serves nothing (SPEC 8.4.1): all there is of a `Responder` where nobody
 * brought it. Each refusal costs the other side of its control budget, and so bounds what is kept here.
 */
export class Refuser {
  readonly #context: PeerContext;
  /** Bare ids, until both halves have ended (SPEC 8.4.9). */
  readonly #requests = new IdTable<Refused>();

  constructor(context: PeerContext) {
    this.#context = context;
  }

  /** A request of that id was refused, and has not ended. */
  holds(id: number): boolean {
    return this.#requests.get(id) !== undefined;
  }

  get halves(): Iterable<SendHalf> {
    return Array.from(this.#requests, ({ send }) => send);
  }

  /** A frame of the opener: the fault if it breaks a rule. */
  receive({ requestId: id, type, flags }: FrameHeader): ProtocolFault | undefined {
    const request = this.#requests.get(id);
    if (type === FrameType.Request) return this.#requestFrame(id, flags, request);
    if (type === FrameType.Data) {
      if (request?.open !== true) return fault('3.3.3', `Data came for request ${id}, which awaits none.`);
      if (flags === PieceFlag.Eos) this.#openerEnded(id, request);
      return undefined;
    }
    if (type === FrameType.Cancel && flags === 0) {
      if (request !== undefined) this.#cancel(id, request);
      return undefined;
    }
    // Credit for it crossed the refusal.
    if (type === FrameType.Credit) return undefined;
    return fault('5.13', `A frame of type ${type} came for request ${id}, which the peer opens.`);
  }

  /** After a frame of a refusal was scheduled. */
  scheduled({ requestId, ended }: SendHalf): void {
    if (ended && this.#requests.get(requestId)?.open === false) this.#requests.delete(requestId);
  }

  #requestFrame(id: number, flags: number, known: Refused | undefined): ProtocolFault | undefined {
    const { opens, more, hasData } = this.#context.dialect.requests.step(FrameType.Request, flags);
    if (opens && known !== undefined) return fault('5.2', `Request ${id} was opened while it is still open.`);
    if (!opens && known?.open !== true) {
      return fault('5.4', `A request frame continues request ${id}, which is not being opened.`);
    }
    const request = known ?? this.#refuse(id);
    if (!more && hasData !== true) this.#openerEnded(id, request);
    return opens ? this.#context.charge('a refused request') : undefined;
  }

  #refuse(id: number): Refused {
    const { dialect, output } = this.#context;
    // Every answer begins with that much credit at least, and this is the whole answer.
    const send = new SendHalf(id, halfKind(FrameType.Response, this.#context), MIN_CREDIT);
    const error = new WiremuxError('unknown-command', 'This side serves no commands.');
    send.push(rangeOf(encodeStatusError(error, dialect.extended)));
    send.end();
    const request = { send, open: true };
    this.#requests.set(id, request);
    output.scheduler.wake(send);
    this.#context.wake();
    return request;
  }

  /** Its proof takes the place of a refusal that was not scheduled (SPEC 8.6.3). */
  #cancel(id: number, request: Refused): void {
    if (!request.send.ended) {
      request.send.abandon();
      this.#context.output.cancel(id, encodeCancelResult('stopped'), true);
      this.#context.wake();
    }
    this.#openerEnded(id, request);
  }

  #openerEnded(id: number, request: Refused): void {
    request.open = false;
    if (request.send.ended) this.#requests.delete(id);
  }
}
