import {
  HEADER_SIZE,
  Peer,
  type PeerEvent,
  type PeerOptions,
  type ProtocolFault,
  Responder,
  WiremuxError,
} from '../../src/index.js';
import { peerStats } from '../../src/reactor/stats.js';
import { TokenRefresh } from '../../src/tokens.js';
import type { Random } from '../model/random.js';
import { type Answered, type Application, type Opened, sum } from './application.js';
import { RULES } from './budget.js';
import { act } from './operations.js';

/** The events that may follow `closing`: the ends of requests. */
const LAST_EVENTS: ReadonlySet<PeerEvent['kind']> = new Set(['ended', 'redirected', 'failed', 'stopped', 'cancelled']);

/** An error frame in the high half of a header's last byte (SPEC 2.2). */
const ERROR_TYPE = 5;

/**
 * A peer with an application that does random things, and notes everything a peer must never do. It expects nothing
 * of the other side.
 */
export class FuzzEnd implements Application {
  readonly peer: Peer;
  readonly random: Random;
  readonly opened = new Map<number, Opened>();
  readonly answered = new Map<number, Answered>();
  /** What went wrong, for the test to show. */
  readonly problems: string[] = [];
  /** How the other side broke the rules. */
  readonly faults: ProtocolFault[] = [];
  /** `closing` came. */
  dead = false;
  /** The application also does what makes no sense. */
  readonly #wild: boolean;
  #lastWords = 0;
  now = 0;

  constructor(options: PeerOptions, random: Random, wild: boolean) {
    this.peer = new Peer({ ...options, responder: Responder, tokens: TokenRefresh });
    this.random = random;
    this.#wild = wild;
  }

  /** Does one random thing. */
  act(): void {
    this.#guard('an operation', () => act(this, this.#wild));
    this.settle();
  }

  /** Gives the peer bytes. */
  receive(bytes: Uint8Array): void {
    this.#guard('receiveBytes', () => this.peer.receiveBytes(bytes, this.now));
    this.settle();
  }

  /** Calls the peer if it asked for it; what it asks for next must lie ahead, or its caller would spin. */
  tick(now: number): void {
    this.now = now;
    this.#guard('handleTimeout', () => {
      const due = this.peer.nextTimeout();
      if (due === undefined || due > now) return;
      this.peer.handleTimeout(now);
      const next = this.peer.nextTimeout();
      if (next !== undefined && next <= now) this.problems.push(`it asks for ${next} at ${now}, again and again`);
    });
    this.settle();
  }

  /** What it has to send, as one piece. */
  send(): Uint8Array | undefined {
    let message: Uint8Array | undefined;
    this.#guard('takeBytes', () => {
      const chunks = this.peer.takeBytes(this.now);
      if (chunks !== undefined) message = Uint8Array.from(Buffer.concat(chunks));
    });
    this.settle();
    if (message !== undefined && this.dead) this.#checkLastWords(message);
    return message;
  }

  /** The transport is gone: every request must have its end, once, and nothing may follow. */
  lose(): void {
    this.dead = true;
    const error = new WiremuxError('connection-lost', 'The transport is gone.');
    this.#guard('transportClosed', () => this.peer.transportClosed(error));
    this.settle();
    for (const [id, { over }] of this.opened) if (!over) this.problems.push(`request ${id} had no end`);
    for (const [id, { cancelled }] of this.answered) {
      if (!cancelled && this.peer.inspect(peerStats).requests.some((request) => request.id === id)) {
        this.problems.push(`the command of request ${id} was not told to stop`);
      }
    }
    for (let count = 0; count < 3; count++) this.act();
    if (this.send() !== undefined) this.problems.push('it sends on a transport that is gone');
    if (this.peer.nextTimeout() !== undefined) this.problems.push('it wants to be called after its end');
  }

  /** Plain bytes of open requests that it holds for this application. */
  get untaken(): number {
    let bytes = 0;
    for (const { untaken, over } of this.opened.values()) if (!over) bytes += sum(untaken);
    for (const { untaken, cancelled } of this.answered.values()) if (!cancelled) bytes += sum(untaken);
    return bytes;
  }

  /** Body bytes that wait to be sent. */
  get queued(): number {
    return sum(this.peer.inspect(peerStats).streams.map(({ queued }) => queued));
  }

  settle(): void {
    for (let events = this.peer.takeEvents(); events.length > 0; events = this.peer.takeEvents()) {
      for (const event of events) this.#handle(event);
    }
  }

  #handle(event: PeerEvent): void {
    if (this.dead && !LAST_EVENTS.has(event.kind)) this.problems.push(`${event.kind} came after the end`);
    switch (event.kind) {
      case 'values':
        this.#open(event)?.untaken.push(...event.sizes);
        return;
      case 'bytes':
        this.#open(event)?.untaken.push(event.size);
        return;
      case 'answering':
      case 'output':
      case 'progress':
      case 'dropped':
      case 'upload-writable':
      case 'upload-refused':
        this.#open(event);
        return;
      case 'ended':
      case 'redirected':
      case 'failed':
      case 'stopped': {
        const request = this.#open(event);
        if (request !== undefined) request.over = true;
        return;
      }
      case 'request':
        this.answered.set(event.id, { untaken: [], cancelled: false });
        return;
      case 'data':
        this.#running(event)?.untaken.push(event.bytes.length);
        return;
      case 'data-end':
      case 'answer-writable':
        this.#running(event);
        return;
      case 'cancelled': {
        const request = this.#running(event);
        if (request !== undefined) request.cancelled = true;
        return;
      }
      case 'authenticate':
        if (this.random.chance(0.9)) this.#guard('accept', () => this.peer.accept(this.now));
        return;
      case 'closing':
        this.dead = true;
        this.faults.push(event.fault);
        if (!RULES.has(event.fault.rule)) this.problems.push(`there is no rule ${event.fault.rule}`);
        return;
      case 'ready':
      case 'pong':
      case 'drain':
      case 'token':
      case 'token-answered':
      case 'slots-free':
      case 'resumed':
      case 'leaving':
      case 'session-lost':
        return;
    }
  }

  #open({ kind, id }: { kind: string; id: number }): Opened | undefined {
    const request = this.opened.get(id);
    if (request === undefined) this.problems.push(`${kind} came for request ${id}, which was never opened`);
    else if (request.over) this.problems.push(`${kind} came for request ${id} after its end`);
    return request;
  }

  #running({ kind, id }: { kind: string; id: number }): Answered | undefined {
    const request = this.answered.get(id);
    if (request === undefined) this.problems.push(`${kind} came for request ${id}, which never began`);
    else if (request.cancelled) this.problems.push(`${kind} came for request ${id} after its cancel`);
    return request;
  }

  /** A dead peer sends one error frame at most (SPEC 5.11). */
  #checkLastWords(message: Uint8Array): void {
    this.#lastWords++;
    const payload = (message[0] ?? 0) + (message[1] ?? 0) * 256;
    const isOneError = message.length === HEADER_SIZE + payload && (message[7] ?? 0) >> 4 === ERROR_TYPE;
    if (this.#lastWords > 1 || !isOneError)
      this.problems.push(`a dead peer sent ${Buffer.from(message).toString('hex')}`);
  }

  #guard(what: string, call: () => void): void {
    try {
      call();
    } catch (thrown) {
      this.problems.push(`${what} threw ${thrown instanceof Error ? thrown.stack : String(thrown)}`);
    }
  }
}
