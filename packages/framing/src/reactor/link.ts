import { CloseCode, WiremuxError } from '../errors.js';
import { OwnAlarm } from '../transport/own-alarm.js';
import { TransportSeat } from '../transport/seat.js';
import type { Alarms, Clock, Sleeper, Transport, TransportHandlers } from '../transport/transport.js';
import type { PeerListener } from './context.js';
import type { PeerEvent } from './events.js';
import type { Peer } from './peer.js';
import type { AcceptTerms } from './peer-core.js';

/** Bytes a transport may hold before no more is given to it: what waits here can still be overtaken, there it cannot. */
const TRANSPORT_HIGH_WATER = 262_144;

/** A value is gathered with others if something was sent so shortly before it, ms. */
const GATHER_MS = 1;

/** What a {@link Link} connects. */
export interface LinkEnds {
  readonly peer: Peer;
  readonly transport: Transport;
  readonly clock: Clock;
}

/** Whom a {@link Link} tells. */
export interface LinkHost {
  /**
   * Takes the peer's events, in order, one at a time. It may call the methods of the peer and of the link. What it throws
   * is thrown again in a turn of its own: the events behind it are not lost.
   */
  onEvent(event: PeerEvent): void;
  /**
   * The transport is gone, and the session stays (SPEC 8.8): requests are still open, the peer takes every call, and time
   * goes on. Next is `attach`, `takeOver` or `close`. Called for each transport that is lost so.
   */
  onDetached?(code: number, reason: string): void;
  /** All is over: the transport is gone, and every request has had its end. Called once, unless `takeOver` took it away. */
  onClosed(code: number, reason: string): void;
}

/** Both in one. */
export interface LinkOptions extends LinkEnds, LinkHost {}

/**
 * Connects a sans-I/O {@link Peer} to a {@link Transport}, or with a session to one after another: gives it bytes and
 * time, hands on its events, and sends what it has once a turn of the event loop, as fast as the transport takes it. In a
 * turn of many requests it sends each burst at once: both sides work at the same time then, and not by turns; and a value
 * that comes alone, after a pause, goes at once too. The same on every side and platform.
 */
export class Link implements PeerListener, TransportHandlers, Sleeper {
  #peer: Peer;
  /** Undefined while the session waits for a transport, and at the end. */
  #seat: TransportSeat | undefined;
  readonly #clock: Clock;
  readonly #alarms: Alarms;
  readonly #host: LinkHost;
  /** A flush is due at the end of this turn. */
  #scheduled = false;
  /** When something was sent last. */
  #sentAt = Number.NEGATIVE_INFINITY;
  /** Bytes are being read: whether a flush is due, and when, is known once they are. */
  #reading = false;
  #flushDue = false;
  #closed = false;
  /** A half-duplex peer has sent all it will. */
  #finished = false;
  /** The transport ended as it should, before all that came with it was decoded. */
  #ended = false;
  /** How to close once no request is open. */
  #closeIdle: { readonly code: CloseCode; readonly reason: string } | undefined;
  /** Delivering events: calls the handlers make are flushed later, not in between. */
  #delivering = false;
  /** Of {@link Alarms}. */
  alarmAt: number = Number.POSITIVE_INFINITY;
  alarmPlace = -1;

  constructor(options: LinkOptions);
  constructor(ends: LinkEnds, host: LinkHost);
  constructor(ends: LinkEnds, host: LinkHost = ends as LinkOptions) {
    const { peer, transport, clock } = ends;
    this.#host = host;
    this.#clock = clock;
    this.#alarms = clock.alarms ?? new OwnAlarm(clock);
    this.#peer = peer;
    peer.listen(this);
    this.#seat = new TransportSeat(transport, this);
    this.#schedule();
  }

  /**
   * Closes with this code, after what is queued for the transport. Open requests end with `connection-lost`, those of a
   * session with `session-lost`; unless it survives that code (SPEC 8.8.14): then it is detached. A detached one ends.
   */
  close(code: CloseCode, reason: string): void {
    if (this.#closed) return;
    this.#flush();
    if (this.#seat === undefined) {
      this.#end(code, reason);
      return;
    }
    this.#peer.close(code, reason);
    this.#flush();
  }

  /**
   * Client, detached: asks for the session on another transport, not started yet, which is the link's from now on. The
   * event `resumed` follows, or `session-lost`.
   * @param token proof of who it is from now on; absent: as before
   */
  attach(transport: Transport, token?: string): void {
    if (this.#closed || this.#seat !== undefined) {
      transport.terminate();
      return;
    }
    this.#peer.attach(this.#clock.now(), token);
    this.#seat = new TransportSeat(transport, this);
    this.#schedule();
  }

  /**
   * Client, while it is told `session-lost`: goes on with `successor`, a peer made with `successorOf`, on the transport
   * there is. Without it the transport is closed then.
   */
  renew(successor: Peer): void {
    this.#peer = successor;
    successor.listen(this);
    this.#schedule();
  }

  /**
   * Server: the session goes on with the client of `newer`, whose peer has told `authenticate`, on the transport of that:
   * the older one, if it is still there, is closed with 4409. Nothing more is heard of `newer`. False: it cannot be
   * resumed, and the peer of `newer` still waits for `accept`; see `resume` of the peer.
   * @throws {WiremuxError} `unsupported` for a grant that is none
   */
  takeOver(newer: Link, terms: AcceptTerms = {}): boolean {
    const seat = newer.#seat;
    if (this.#closed || seat === undefined) return false;
    if (!this.#peer.resume(newer.#peer, this.#clock.now(), terms)) return false;
    newer.#stop();
    this.#seat?.leave();
    this.#seat?.transport.close(CloseCode.TakenOver, 'The session goes on over another transport.');
    this.#seat = seat;
    seat.give(this);
    this.#schedule();
    return true;
  }

  /** Closes with this code as soon as no request is open in either direction. */
  closeWhenIdle(code: CloseCode, reason: string): void {
    this.#closeIdle = { code, reason };
    this.#schedule();
  }

  /** Of {@link TransportHandlers}, as are those that follow. */
  bytes(chunk: Uint8Array): void {
    if (this.#closed) return;
    this.#reading = true;
    this.#peer.receiveBytes(chunk, this.#clock.now());
    this.#deliver();
    this.#reading = false;
    // Answers that were given at once need not wait for others of this turn: what came together was read together.
    if (this.#peer.unsent > 0 || this.#peer.ackOverdue) this.#flush();
    else if (this.#flushDue) this.#schedule();
    this.#flushDue = false;
    this.#adjustReading();
  }

  drain(): void {
    this.#schedule();
  }

  ended(): void {
    if (this.#closed) return;
    this.#peer.endInput(this.#clock.now());
    this.#deliver();
  }

  closed(code: number, reason: string): void {
    this.#onTransportClosed(this.#seat, code, reason);
  }

  /** Of {@link PeerListener}, as are those that follow. */
  wake(): void {
    this.#schedule();
  }

  burst(): void {
    this.#send();
  }

  /** Of thousands of subscribers each is sent its update in one go: by the end of the turn it would have left the cache. */
  value(): void {
    const now = this.#clock.now();
    if (this.#scheduled || this.#reading || this.#delivering || this.#closed || now < this.#sentAt + GATHER_MS) {
      this.#schedule();
      return;
    }
    this.#send(now);
    // Whoever queued it is not called from within.
    if (this.#peer.eventful) this.#schedule();
  }

  /** Of {@link Alarms}. */
  onAlarm(): void {
    this.#peer.handleTimeout(this.#clock.now());
    this.#flush();
  }

  #schedule(): void {
    if (this.#scheduled || this.#closed) return;
    if (this.#reading) {
      this.#flushDue = true;
      return;
    }
    this.#scheduled = true;
    this.#clock.defer(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#closed) return;
    this.#deliver();
    // What is sent makes room for more: those who wait for it are told between the rounds, not a turn later.
    while (this.#send() && this.#deliver());
    if (this.#ended && !this.#peer.inputPending) this.#onTransportClosed(this.#seat, CloseCode.Normal, '');
    this.#finishIfDone();
    this.#closeIfIdle();
    this.#adjustReading();
    this.#setAlarm();
  }

  /** Gives the transport what it takes; true if it was given anything. */
  #send(now: number = this.#clock.now()): boolean {
    let sent = false;
    while (this.#seat !== undefined && this.#seat.transport.bufferedBytes < TRANSPORT_HIGH_WATER) {
      const message = this.#peer.takeBytes(now);
      if (message === undefined) break;
      this.#seat.transport.send(message);
      sent = true;
      if (!this.#peer.pending) break;
    }
    if (sent) this.#sentAt = now;
    return sent;
  }

  #finishIfDone(): void {
    if (this.#closed || this.#finished || !this.#peer.outputEnded) return;
    this.#finished = true;
    this.#seat?.transport.finish?.();
  }

  #closeIfIdle(): void {
    const how = this.#closeIdle;
    if (this.#closed || how === undefined || !this.#peer.idle) return;
    this.#closeIdle = undefined;
    this.close(how.code, how.reason);
  }

  /** Tells what has happened; true if anything had. */
  #deliver(): boolean {
    if (this.#delivering) return false;
    this.#delivering = true;
    let told = false;
    try {
      for (let events = this.#peer.takeEvents(); events.length > 0; events = this.#peer.takeEvents()) {
        const peer = this.#peer;
        told = true;
        for (const event of events) {
          this.#tell(event);
          if (event.kind === 'closing' || event.kind === 'leaving')
            this.#shut(event.fault.closeCode, event.fault.message);
          if (event.kind === 'session-lost' && peer === this.#peer) this.#shut(CloseCode.Normal, '');
        }
      }
    } finally {
      this.#delivering = false;
    }
    return told;
  }

  #tell(event: PeerEvent): void {
    try {
      this.#host.onEvent(event);
    } catch (thrown) {
      this.#clock.defer(() => {
        throw thrown;
      });
    }
  }

  /** Sends the peer's last words and closes the transport; one that fell silent is dropped (SPEC 8.9.1). */
  #shut(code: CloseCode, reason: string): void {
    if (this.#closed) return;
    if (this.#seat === undefined) {
      this.#onTransportClosed(undefined, code, reason);
      return;
    }
    const { transport } = this.#seat;
    if (code === CloseCode.GivenUp) {
      transport.terminate();
      return;
    }
    const lastWords = this.#peer.takeBytes(this.#clock.now());
    if (lastWords !== undefined) transport.send(lastWords);
    transport.close(code, reason);
  }

  #adjustReading(): void {
    const seat = this.#seat;
    if (seat === undefined || seat.paused === this.#peer.readPaused) return;
    seat.paused = !seat.paused;
    if (seat.paused) seat.transport.pause();
    else seat.transport.resume();
  }

  /** One alarm, moved only when it would come too late: traffic moves the peer's next timeout all the time. */
  #setAlarm(): void {
    const next = this.#peer.nextTimeout();
    if (next !== undefined && next < this.alarmAt) this.#alarms.set(this, next);
  }

  /** @param seat of the transport that is gone; undefined where there was none */
  #onTransportClosed(seat: TransportSeat | undefined, code: number, reason: string): void {
    if (this.#closed || seat !== this.#seat) return;
    if (this.#delivering) {
      // From inside a handler's call: the events under way, and the ends of requests, come before the end of all.
      this.#clock.defer(() => this.#onTransportClosed(seat, code, reason));
      return;
    }
    if (code === CloseCode.Normal && this.#peer.inputPending) {
      this.#ended = true;
      return;
    }
    if (!this.#peer.survives(code)) {
      this.#end(code, reason);
      return;
    }
    this.#seat = undefined;
    this.#peer.detach(this.#clock.now());
    this.#deliver();
    this.#host.onDetached?.(code, reason);
    this.#setAlarm();
  }

  /** Takes itself away from its transport, which is another's from now on. */
  #stop(): void {
    this.#closed = true;
    this.#seat = undefined;
    this.#alarms.clear(this);
  }

  #end(code: number, reason: string): void {
    this.#stop();
    const lost = this.#peer.session === undefined ? 'connection-lost' : 'session-lost';
    const what = lost === 'connection-lost' ? 'connection was lost' : 'session has ended';
    const why = reason === '' ? '' : `: ${reason}`;
    const message = `The ${what} (close ${code}${why}). Ask again once there is another.`;
    this.#peer.transportClosed(new WiremuxError(lost, message));
    this.#deliver();
    this.#host.onClosed(code, reason);
  }
}
