import { WiremuxError } from '@wiremux/framing';
import { ByteStream } from './byte-stream.js';
import type { AnswerSink, Failure, Pump } from './pump.js';

/** The answer that a {@link ByteStreamLine} writes to. What returns a boolean says whether there is room for more. */
export interface ByteStreamPort {
  begin(length: number | undefined): boolean;
  send(bytes: Uint8Array): boolean;
  end(): boolean;
  value(value: unknown): boolean;
  /** The answer cannot go on. */
  broken(thrown: unknown): void;
  /** No byte stream is being sent any more, and nothing waits behind one. */
  idle(hasRoom: boolean): void;
}

/** Values that may wait behind a byte stream, as they do where an Observable emits them. */
const MOST_WAITING = 1_024;

/** Sends the byte streams of one answer, and behind each what its source gave meanwhile. */
export class ByteStreamLine {
  readonly #port: ByteStreamPort;
  readonly #waiting: unknown[] = [];
  readonly #pumps = new Set<Pump>();
  #advancing = false;
  #stopped = false;
  #hasRoom = true;

  constructor(port: ByteStreamPort) {
    this.#port = port;
  }

  /** A byte stream is being sent, or its source has not stopped yet. */
  get busy(): boolean {
    return this.#pumps.size > 0;
  }

  /** Takes a byte stream, or a value that comes while one is being sent; false: wait for room. */
  add(value: unknown): boolean {
    if (this.busy && this.#waiting.length === MOST_WAITING) {
      const message = `More than ${MOST_WAITING} values wait for a byte stream to end.`;
      this.#port.broken(new WiremuxError('slow-reader', message));
      return false;
    }
    this.#waiting.push(value);
    this.#advance();
    return !this.busy && this.#hasRoom;
  }

  /** The answer has room again. */
  writable(): void {
    for (const pump of this.#pumps) pump.writable();
  }

  /** No more is wanted: every source is told to clean up. */
  stop(): void {
    this.#stopped = true;
    const unsent = this.#waiting.splice(0).filter((value) => value instanceof ByteStream);
    for (const pump of [...this.#pumps, ...unsent.map((stream) => this.#pumpOf(stream))]) pump.stop();
  }

  /** Sends what waits, up to the end of the line or a byte stream that takes its time. */
  #advance(): void {
    // A source that ends at once ends within the loop.
    if (this.#advancing) return;
    this.#advancing = true;
    while (!this.busy && this.#waiting.length > 0) {
      const value = this.#waiting.shift();
      if (value instanceof ByteStream) this.#start(value);
      else this.#hasRoom = this.#port.value(value);
    }
    this.#advancing = false;
    if (!this.busy) this.#port.idle(this.#hasRoom);
  }

  #start(stream: ByteStream): void {
    const pump = this.#pumpOf(stream);
    this.#port.begin(stream.length);
    if (!this.#stopped) pump.begin();
  }

  #pumpOf(stream: ByteStream): Pump {
    const sink: AnswerSink = {
      value: (piece) => this.#send(piece),
      finished: (failure) => this.#finished(pump, failure),
    };
    const pump: Pump = stream.pump(sink);
    this.#pumps.add(pump);
    return pump;
  }

  #send(piece: unknown): boolean {
    if (ArrayBuffer.isView(piece)) {
      return this.#port.send(new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength));
    }
    this.#port.broken(new TypeError(`A byte stream gave a ${typeof piece} where a Uint8Array is needed.`));
    return false;
  }

  #finished(pump: Pump, failure: Failure | undefined): void {
    this.#pumps.delete(pump);
    if (!this.#stopped && failure) this.#port.broken(failure.thrown);
    else if (!this.#stopped) this.#hasRoom = this.#port.end();
    this.#advance();
  }
}
