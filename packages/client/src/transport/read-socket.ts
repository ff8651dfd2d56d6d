import { connect, type Socket, type TcpNetConnectOpts } from 'node:net';
import { ReadBuffer } from './read-buffer.js';

/**
 * A TCP connection whose bytes go past its stream once somebody wants them: a stream takes memory for each read, of which
 * most is soon given back, and cuts what is larger than that.
 */
export class ReadSocket {
  readonly #buffer = new ReadBuffer();
  #socket: Socket | undefined;
  #sink: ((bytes: Uint8Array) => void) | undefined;

  /** Connects, as HTTP requests want it done. */
  readonly connect = (options: TcpNetConnectOpts): Socket => {
    const onread = { buffer: () => this.#buffer.next, callback: (count: number) => this.#read(count) };
    // What HTTP calls its path is a local socket's name here.
    const socket = connect({ ...options, path: undefined, onread } as TcpNetConnectOpts);
    this.#socket = socket;
    return socket;
  };

  /** Gives what comes to `sink`, behind what the stream holds. */
  deliver(sink: (bytes: Uint8Array) => void): void {
    this.#sink = sink;
  }

  /** False: nothing more is to be read before the stream asks for it. */
  #read(count: number): boolean {
    const bytes = this.#buffer.take(count);
    const socket = this.#socket as Socket;
    if (this.#sink === undefined || socket.readableLength > 0) return socket.push(bytes);
    this.#sink(bytes);
    return true;
  }
}
