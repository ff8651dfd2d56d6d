import { CloseCode, WiremuxError } from '../errors.js';
import type { Clock, Transport } from '../transport/transport.js';
import type { PeerEvent } from './events.js';
import type { Peer } from './peer.js';

/** Bytes a transport may hold before no more is given to it: what waits here can still be overtaken, there it cannot. */
const TRANSPORT_HIGH_WATER = 262_144;

/** What a {@link Link} connects, and whom it tells. */
export interface LinkOptions {
  readonly peer: Peer;
  readonly transport: Transport;
  readonly clock: Clock;
  /**
   * Takes the peer's events, in order, one at a time. It may call the methods of the peer and of the link. What it throws
   * is thrown again in a turn of its own: the events behind it are not lost.
   */
  onEvent(event: PeerEvent): void;
  /** The transport is gone, and every request has had its end. Called once. */
  onClosed(code: number, reason: string): void;
}

/**
 * Connects a sans-I/O {@link Peer} to a {@link Transport}: gives it bytes and time, hands on its events, and sends what
 * it has once a turn of the event loop, as fast as the transport takes it. The same on every side and platform.
 */
export class Link {
  readonly #peer: Peer;
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #options: LinkOptions;
  /** A flush is due at the end of this turn. */
  #scheduled = false;
  #paused = false;
  #closed = false;
  /** A half-duplex peer has sent all it will. */
  #finished = false;
  /** The transport ended as it should, before all that came with it was decoded. */
  #ended = false;
  /** Delivering events: calls the handlers make are flushed later, not in between. */
  #delivering = false;
  #stopTimer: (() => void) | undefined;
  #timerAt = Number.POSITIVE_INFINITY;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#peer = options.peer;
    this.#transport = options.transport;
    this.#clock = options.clock;
    this.#peer.onWake(() => this.#schedule());
    this.#transport.start({
      bytes: (chunk) => this.#receive(chunk),
      drain: () => this.#schedule(),
      ended: () => this.#receiveEnd(),
      closed: (code, reason) => this.#onTransportClosed(code, reason),
    });
    this.#schedule();
  }

  /** Closes with this code, after what is queued for the transport. Open requests end with `connection-lost`. */
  close(code: CloseCode, reason: string): void {
    if (this.#closed) return;
    this.#flush();
    this.#peer.close(code, reason);
    this.#flush();
  }

  #receive(chunk: Uint8Array): void {
    if (this.#closed) return;
    this.#peer.receiveBytes(chunk, this.#clock.now());
    this.#deliver();
    this.#adjustReading();
  }

  #receiveEnd(): void {
    if (this.#closed) return;
    this.#peer.endInput(this.#clock.now());
    this.#deliver();
  }

  #schedule(): void {
    if (this.#scheduled || this.#closed) return;
    this.#scheduled = true;
    this.#clock.defer(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#closed) return;
    this.#deliver();
    while (!this.#closed && this.#transport.bufferedBytes < TRANSPORT_HIGH_WATER) {
      const message = this.#peer.takeBytes(this.#clock.now());
      if (message === undefined) break;
      this.#transport.send(message);
    }
    this.#deliver();
    if (this.#ended && !this.#peer.inputPending) this.#onTransportClosed(CloseCode.Normal, '');
    this.#finishIfDone();
    this.#adjustReading();
    this.#armTimer();
  }

  #finishIfDone(): void {
    if (this.#closed || this.#finished || !this.#peer.outputEnded) return;
    this.#finished = true;
    this.#transport.finish?.();
  }

  #deliver(): void {
    if (this.#delivering) return;
    this.#delivering = true;
    try {
      for (let events = this.#peer.takeEvents(); events.length > 0; events = this.#peer.takeEvents()) {
        for (const event of events) {
          this.#tell(event);
          if (event.kind === 'closing') this.#shut(event.fault.closeCode, event.fault.message);
        }
      }
    } finally {
      this.#delivering = false;
    }
  }

  #tell(event: PeerEvent): void {
    try {
      this.#options.onEvent(event);
    } catch (thrown) {
      this.#clock.defer(() => {
        throw thrown;
      });
    }
  }

  /** Sends the peer's last words and closes the transport; one that fell silent is dropped (SPEC 8.9.1). */
  #shut(code: CloseCode, reason: string): void {
    if (this.#closed) return;
    if (code === CloseCode.GivenUp) {
      this.#transport.terminate();
      return;
    }
    const lastWords = this.#peer.takeBytes(this.#clock.now());
    if (lastWords !== undefined) this.#transport.send(lastWords);
    this.#transport.close(code, reason);
  }

  #adjustReading(): void {
    if (this.#closed || this.#paused === this.#peer.readPaused) return;
    this.#paused = !this.#paused;
    if (this.#paused) this.#transport.pause();
    else this.#transport.resume();
  }

  /** One timer, moved only when it would come too late: traffic moves the peer's next timeout all the time. */
  #armTimer(): void {
    const next = this.#peer.nextTimeout();
    if (next === undefined || next >= this.#timerAt) return;
    this.#stopTimer?.();
    this.#timerAt = next;
    this.#stopTimer = this.#clock.timer(Math.max(0, next - this.#clock.now()), () => {
      this.#timerAt = Number.POSITIVE_INFINITY;
      this.#peer.handleTimeout(this.#clock.now());
      this.#flush();
    });
  }

  #onTransportClosed(code: number, reason: string): void {
    if (this.#closed) return;
    if (this.#delivering) {
      // From inside a handler's call: the events under way, and the ends of requests, come before the end of all.
      this.#clock.defer(() => this.#onTransportClosed(code, reason));
      return;
    }
    if (code === CloseCode.Normal && this.#peer.inputPending) {
      this.#ended = true;
      return;
    }
    this.#closed = true;
    this.#stopTimer?.();
    const why = reason === '' ? '' : `: ${reason}`;
    const message = `The connection was lost (close ${code}${why}). Ask again once there is another.`;
    this.#peer.transportClosed(new WiremuxError('connection-lost', message));
    this.#deliver();
    this.#options.onClosed(code, reason);
  }
}
