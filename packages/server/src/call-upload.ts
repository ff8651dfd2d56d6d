import { uploadFailed, type WiremuxError } from '@wiremux/framing';
import { byteStream } from './byte-stream.js';
import type { CallData } from './client-caller.js';
import type { AnswerSink, Failure, Pump } from './pump.js';

/** Where the data of a call goes. */
export interface CallUploadSink {
  /** False: no more until {@link CallUpload.writable}. */
  send(bytes: Uint8Array): boolean;
  end(): void;
  /** The source failed, and there will be no end. */
  fail(error: WiremuxError): void;
}

/** Carries the data of a call to the client, as fast as that takes it. */
export class CallUpload implements AnswerSink {
  readonly #sink: CallUploadSink;
  readonly #pump: Pump;
  #over = false;

  constructor(data: CallData, sink: CallUploadSink) {
    this.#sink = sink;
    this.#pump = byteStream(ArrayBuffer.isView(data) ? [data] : data).pump(this);
  }

  start(): void {
    this.#pump.begin();
  }

  /** The connection has room again. */
  writable(): void {
    this.#pump.writable();
  }

  /** No more is wanted; the source is told to clean up. */
  stop(): void {
    this.#over = true;
    this.#pump.stop();
  }

  value(piece: unknown): boolean {
    if (this.#over) return false;
    if (ArrayBuffer.isView(piece)) {
      return this.#sink.send(new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength));
    }
    this.#fail(new TypeError(`It gave a ${typeof piece} where a Uint8Array is needed.`));
    return false;
  }

  finished(failure?: Failure): void {
    if (this.#over) return;
    this.#over = true;
    if (failure) this.#fail(failure.thrown);
    else this.#sink.end();
  }

  #fail(thrown: unknown): void {
    this.#sink.fail(uploadFailed(thrown));
  }
}
