import type { ProtocolFault, WiremuxError } from '../errors.js';
import type { FrameHeader } from '../frame/frame.js';
import type { PeerContext } from './context.js';
import type { ResponderConstructor } from './peer-options.js';
import type { ReceiveBudget } from './receive-half.js';
import { Refuser } from './refuser.js';
import type { Responder } from './responder.js';
import type { SendHalf } from './send-half.js';

/** What becomes of the other side's requests: a responder answers them, or each is refused while there is none. */
export class Answering {
  readonly #context: PeerContext;
  readonly #budget: ReceiveBudget;
  /** Absent while nothing was refused. */
  #refuser: Refuser | undefined;
  /** What answers, from the first request on. */
  #responderClass: ResponderConstructor | undefined;
  #responder: Responder | undefined;

  constructor(context: PeerContext, budget: ReceiveBudget) {
    this.#context = context;
    this.#budget = budget;
  }

  /** A responder answers from now on, if none does yet. */
  begin(responder: ResponderConstructor): void {
    this.#responderClass ??= responder;
  }

  /** Absent before the first request. */
  get responder(): Responder | undefined {
    return this.#responder;
  }

  /** Requests that are answered. */
  get size(): number {
    return this.#responder?.size ?? 0;
  }

  /** When `expire` of the responder is to be called, monotonic ms. */
  get nextDeadline(): number {
    return this.#responder?.nextDeadline ?? Number.POSITIVE_INFINITY;
  }

  get halves(): readonly SendHalf[] {
    return [...(this.#refuser?.halves ?? []), ...(this.#responder?.halves ?? [])];
  }

  /** The connection is gone: every command is told to stop, and nothing more is sent. */
  fail(error: WiremuxError): void {
    this.#responder?.fail(error);
    for (const half of this.#refuser?.halves ?? []) half.abandon();
  }

  /** A frame of the opener: the fault if it breaks a rule. */
  receive(header: FrameHeader, payload: Uint8Array): ProtocolFault | undefined {
    if (this.#responderClass !== undefined && this.#refuser?.holds(header.requestId) !== true) {
      this.#responder ??= new this.#responderClass(this.#context, this.#budget);
      return this.#responder.receive(header, payload);
    }
    this.#refuser ??= new Refuser(this.#context);
    return this.#refuser.receive(header);
  }

  /** After a frame of an answer was scheduled. */
  scheduled(half: SendHalf): void {
    this.#responder?.scheduled(half);
    this.#refuser?.scheduled(half);
  }
}
