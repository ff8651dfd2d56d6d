import { FrameType, PingFlag } from '../dialect/types.js';
import { CloseCode, fault, type ProtocolFault, WiremuxError } from '../errors.js';
import type { SendWindow } from '../flow/send-window.js';
import { encodePing, PING_BYTES, parseAck, parsePing } from '../message/control.js';
import type { ReceivedCount } from '../session/received-count.js';
import type { PeerContext } from './context.js';
import type { TimedPart } from './transport-watch.js';

const EMPTY = new Uint8Array(0);

/** Acks and pings of one transport: what arrived is told, and silence is noticed (SPEC 8.7, 8.9). */
export class Heartbeat implements TimedPart {
  readonly #context: PeerContext;
  readonly #window: SendWindow;
  readonly #received: ReceivedCount;
  /** Session frames that were sent ahead of the ping that is not answered yet. */
  #sentBeforePing: number | undefined;
  /** The ping to send when that one is answered: the newest only (SPEC 8.9.4). */
  #nextPing: Uint8Array | undefined;
  #pong: Uint8Array | undefined;
  #heardAt: number;
  /** When silence was noticed, with a ping on its way. */
  #probedAt: number | undefined;

  /** @param window what this side sends, and the other acknowledges  @param received what came, to be acknowledged */
  constructor(context: PeerContext, window: SendWindow, received: ReceivedCount) {
    this.#context = context;
    this.#window = window;
    this.#received = received;
    this.#heardAt = context.now;
  }

  /** When `handleTimeout` wants to be called, ms. An ack that is due already waits for the transport, not for time. */
  get nextTimeout(): number {
    const silence = (this.#probedAt ?? this.#heardAt) + this.#context.limits.pingInterval;
    return Math.min(silence, this.#received.dueAfter(this.#context.now));
  }

  /** There is a new transport, on which the other side was told how many session frames came (SPEC 8.8.6). */
  restart(): void {
    this.#sentBeforePing = undefined;
    this.#nextPing = undefined;
    this.#pong = undefined;
    this.#received.told();
    this.heard();
  }

  /** Any bytes came. */
  heard(): void {
    this.#heardAt = this.#context.now;
    this.#probedAt = undefined;
  }

  /** A whole session frame came (SPEC 8.7.1). */
  countFrame(bytes: number): void {
    if (this.#received.countFrame(bytes, this.#context.now)) this.#context.wake();
  }

  /** An ack should not wait for the turn to end. */
  get ackOverdue(): boolean {
    return this.#received.overdue;
  }

  /**
   * The session frames to acknowledge with the next message, if there is news; queues a pong, which goes behind that.
   * @param sending something else goes anyway
   */
  tell(sending: boolean): number | undefined {
    const { output, now } = this.#context;
    if (this.#pong !== undefined) {
      output.link(FrameType.Ping, PingFlag.Pong, encodePing(this.#pong));
      this.#pong = undefined;
    } else if (!sending && !this.#received.isDue(now)) {
      return undefined;
    }
    return this.#received.told() ? this.#received.frames : undefined;
  }

  /**
   * Sends a ping, or keeps it until the one before it is answered.
   * @throws {WiremuxError} `too-big` past 64 bytes
   */
  ping(payload: Uint8Array): void {
    if (payload.length > PING_BYTES) throw new WiremuxError('too-big', `A ping may say ${PING_BYTES} bytes at most.`);
    if (this.#sentBeforePing !== undefined) {
      this.#nextPing = payload;
      return;
    }
    this.#sentBeforePing = this.#window.onTransport;
    this.#context.output.link(FrameType.Ping, 0, encodePing(payload));
    this.#context.wake();
  }

  /** Sends the ack that is due, probes a silent peer; the fault of one that stayed silent (SPEC 8.9.1). */
  handleTimeout(): ProtocolFault | undefined {
    const { now, limits } = this.#context;
    if (this.#received.isDue(now)) this.#context.wake();
    if (now < (this.#probedAt ?? this.#heardAt) + limits.pingInterval) return undefined;
    if (this.#probedAt !== undefined) {
      return fault('8.9.1', 'The peer did not answer a ping; the connection is given up.', CloseCode.GivenUp);
    }
    this.#probedAt = now;
    if (this.#sentBeforePing === undefined) this.ping(EMPTY);
    return undefined;
  }

  receivePing(payload: Uint8Array, flags: number): ProtocolFault | undefined {
    const bytes = parsePing(payload);
    if (bytes === undefined) return fault('8.2.6', 'A ping frame is malformed.');
    if (flags === PingFlag.Pong) return this.#receivePong(bytes);
    this.#pong = bytes.slice();
    this.#context.wake();
    return this.#context.charge('a ping');
  }

  receiveAck(payload: Uint8Array): ProtocolFault | undefined {
    const count = parseAck(payload);
    if (count === undefined) return fault('8.2.5', 'An ack frame is malformed.');
    const window = this.#window;
    if (count < window.acknowledged) return fault('8.7.4', `The peer acknowledged ${count} frames after more.`);
    if (count > window.onTransport) {
      return fault('8.7.4', `The peer acknowledged ${count} frames, more than were sent.`);
    }
    if (count === window.acknowledged) return this.#context.charge('an ack that does not advance');
    if (window.acknowledge(count, this.#context.now)) this.#context.wake();
    this.#context.output.rest();
    return undefined;
  }

  #receivePong(payload: Uint8Array): ProtocolFault | undefined {
    if (this.#sentBeforePing === undefined) return fault('8.9.3', 'A pong came without a ping.');
    if (this.#window.acknowledged < this.#sentBeforePing) {
      return fault('8.9.3', 'A pong came before the ack of what was sent ahead of its ping.');
    }
    this.#sentBeforePing = undefined;
    this.#context.emit({ kind: 'pong', payload });
    const next = this.#nextPing;
    this.#nextPing = undefined;
    if (next !== undefined) this.ping(next);
    return undefined;
  }
}
