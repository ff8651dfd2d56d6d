import { FrameType, PingFlag } from '../dialect/types.js';
import { CloseCode, fault, type ProtocolFault } from '../errors.js';
import { encodePing, encodeUint, parseAck, parsePing } from '../message/control.js';
import type { PeerContext } from './context.js';

/** Session frames are acknowledged after this many bytes, and after this many ms at the latest (SPEC 8.7.3). */
const ACK_BYTES = 32_768;
const ACK_MS = 500;

/** Acks and pings of one transport: what arrived is told, and silence is noticed (SPEC 8.7, 8.9). */
export class Heartbeat {
  readonly #context: PeerContext;
  /** Session frames and bytes that arrived, and how much of it was acknowledged. */
  #received = 0;
  #unackedBytes = 0;
  #acked = 0;
  #ackBy: number | undefined;
  /** What the other side last acknowledged. */
  #remoteAck = 0;
  /** The remote ack of the moment each unanswered ping was sent. */
  #pings = 0;
  /** Session frames we had sent when the oldest unanswered ping went out. */
  readonly #sentAtPing: number[] = [];
  #pong: Uint8Array | undefined;
  #heardAt: number;
  /** When a ping went out because nothing was heard. */
  #probedAt: number | undefined;

  constructor(context: PeerContext) {
    this.#context = context;
    this.#heardAt = context.now;
  }

  /** When `handleTimeout` wants to be called, ms. */
  get nextTimeout(): number {
    const silence = (this.#probedAt ?? this.#heardAt) + this.#context.limits.pingInterval;
    return Math.min(silence, this.#ackBy ?? silence);
  }

  /** Any bytes came. */
  heard(): void {
    this.#heardAt = this.#context.now;
    this.#probedAt = undefined;
  }

  /** A whole session frame came (SPEC 8.7.1). */
  countFrame(bytes: number): void {
    this.#received++;
    this.#unackedBytes += bytes;
    this.#ackBy ??= this.#context.now + ACK_MS;
    if (this.#unackedBytes >= ACK_BYTES) this.#context.wake();
  }

  /** Puts the ack, and a pong behind it, ahead of what is about to be sent. `sending`: something else goes anyway. */
  flush(sending: boolean): void {
    const due = this.#unackedBytes >= ACK_BYTES || (this.#ackBy !== undefined && this.#context.now >= this.#ackBy);
    const { output } = this.#context;
    if (this.#pong !== undefined) {
      output.linkFirst(FrameType.Ping, PingFlag.Pong, encodePing(this.#pong));
      this.#pong = undefined;
    } else if (this.#received === this.#acked || !(due || sending)) {
      return;
    }
    if (this.#received > this.#acked) {
      output.linkFirst(FrameType.Ack, 0, encodeUint(this.#received));
      this.#acked = this.#received;
    }
    this.#unackedBytes = 0;
    this.#ackBy = undefined;
  }

  /** True if a pong or an ack wants to be sent by itself. */
  get pending(): boolean {
    return (
      this.#pong !== undefined ||
      this.#unackedBytes >= ACK_BYTES ||
      (this.#ackBy !== undefined && this.#context.now >= this.#ackBy)
    );
  }

  ping(payload: Uint8Array): void {
    this.#pings++;
    this.#sentAtPing.push(this.#context.output.sessionFrames);
    this.#context.output.link(FrameType.Ping, 0, encodePing(payload));
    this.#context.wake();
  }

  /** Sends the ack that is due, probes a silent peer; the fault of one that stayed silent (SPEC 8.9.1). */
  handleTimeout(): ProtocolFault | undefined {
    const { now, limits } = this.#context;
    if (this.#ackBy !== undefined && now >= this.#ackBy) this.#context.wake();
    if (now < (this.#probedAt ?? this.#heardAt) + limits.pingInterval) return undefined;
    if (this.#probedAt !== undefined) {
      return fault('8.9.1', 'The peer did not answer a ping; the connection is given up.', CloseCode.GivenUp);
    }
    this.#probedAt = now;
    this.ping(new Uint8Array(0));
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
    if (count < this.#remoteAck) return fault('8.7.4', `The peer acknowledged ${count} frames after more.`);
    if (count > this.#context.output.sessionFrames) {
      return fault('8.7.4', `The peer acknowledged ${count} frames, more than were sent.`);
    }
    const stale = count === this.#remoteAck;
    this.#remoteAck = count;
    return stale ? this.#context.charge('an ack that does not advance') : undefined;
  }

  #receivePong(payload: Uint8Array): ProtocolFault | undefined {
    if (this.#pings === 0) return fault('8.9.3', 'A pong came without a ping.');
    // Of several pings the peer may answer only the newest: the oldest one's mark is the least it must have acknowledged.
    this.#pings--;
    const sent = this.#sentAtPing.shift() ?? 0;
    if (this.#remoteAck < sent) return fault('8.9.3', 'A pong came before the ack of what was sent ahead of its ping.');
    this.#context.emit({ kind: 'pong', payload });
    return undefined;
  }
}
