import { once } from 'node:events';
import { FrameReader, parseFrame, printFrame } from '@wiremux/framing';
import { WebSocket } from 'ws';

/** What a raw client has come to in the end. */
interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** A client without a protocol core: it says what it is told to, true or not, in text form (SPEC 6). */
export class RawClient {
  /** The frames that came, in text form. */
  readonly received: string[] = [];
  readonly closed: Promise<Closed>;
  readonly #socket: WebSocket;
  readonly #reader = new FrameReader(1024 * 1024);
  #waiting: (() => void)[] = [];

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => {
      this.#reader.push(data, (header, payload) => {
        this.received.push(printFrame({ ...header, payload }, 'wiremux.1', { literals: true }));
        return true;
      });
      this.#wake();
    });
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        resolve({ code, reason: reason.toString() });
        this.#wake();
      });
    });
  }

  static async open(mux: string): Promise<RawClient> {
    const socket = new WebSocket(mux, ['wiremux.1'], { perMessageDeflate: false });
    const client = new RawClient(socket);
    await once(socket, 'open');
    return client;
  }

  /** Opens one that has said its settings, `cbor` as a literal. */
  static async greet(mux: string, cbor = '{}'): Promise<RawClient> {
    const client = await RawClient.open(mux);
    client.send(`0 1 stream-begin sender-protocol-settings eos cbor:${cbor}`);
    return client;
  }

  send(...frames: readonly string[]): void {
    this.sendBytes(Buffer.concat(frames.map(bytesOf)));
  }

  sendBytes(bytes: Uint8Array): void {
    this.#socket.send(bytes);
  }

  sendText(text: string): void {
    this.#socket.send(text);
  }

  /** Resolves once so many frames that contain `part` have come. */
  async until(part: string, count = 1): Promise<void> {
    while (this.received.filter((frame) => frame.includes(part)).length < count) {
      if (this.#socket.readyState === WebSocket.CLOSED) throw new Error(`It closed before ${part} came.`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Reads nothing more, not even pings. */
  stopReading(): void {
    this.#socket.pause();
  }

  terminate(): void {
    this.#socket.terminate();
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

function bytesOf(text: string): Uint8Array {
  const parsed = parseFrame(text, 'wiremux.1');
  if (!parsed.ok) throw new Error(`${parsed.message} (${text})`);
  return parsed.bytes;
}
