import { type Dial, type DialedTransport, dialWebSocket, type TransportHandlers } from '@wiremux/client';
import { DIALECT_NAMES } from '@wiremux/framing';
import type { CaptureWriter } from './capture-writer.js';

/** Dials a WebSocket, and writes down all that passes it. */
export function capturedDial(writer: CaptureWriter): Dial {
  return async (url, protocols, signal) => {
    const transport = await dialWebSocket(url, protocols, signal);
    const dialect = DIALECT_NAMES.find((name) => name === transport.protocol);
    if (dialect !== undefined) writer.begin(dialect);
    return new CapturedTransport(transport, writer);
  };
}

/** A client's transport: what it sends goes `in`, as its server sees it. */
class CapturedTransport implements DialedTransport {
  readonly #inner: DialedTransport;
  readonly #writer: CaptureWriter;

  constructor(inner: DialedTransport, writer: CaptureWriter) {
    this.#inner = inner;
    this.#writer = writer;
  }

  get protocol(): string {
    return this.#inner.protocol;
  }

  get bufferedBytes(): number {
    return this.#inner.bufferedBytes;
  }

  start(handlers: TransportHandlers): void {
    this.#inner.start({
      bytes: (chunk) => {
        this.#writer.passed('out', chunk);
        handlers.bytes(chunk);
      },
      drain: () => handlers.drain(),
      closed: (code, reason) => handlers.closed(code, reason),
    });
  }

  send(chunks: readonly Uint8Array[]): void {
    for (const chunk of chunks) this.#writer.passed('in', chunk);
    this.#inner.send(chunks);
  }

  pause(): void {
    this.#inner.pause();
  }

  resume(): void {
    this.#inner.resume();
  }

  close(code: number, reason: string): void {
    this.#inner.close(code, reason);
  }

  terminate(): void {
    this.#inner.terminate();
  }
}
