import { type Clock, CloseCode, type TransportHandlers } from '@wiremux/framing';
import type { Dial, DialedTransport } from './dial.js';
import { closeReason, joined, LOW_WATER, MAX_MESSAGE, sizeOf } from './socket.js';

/** How often a full socket is asked whether it has drained, ms: browsers have no event for it. */
const POLL = 4;

type OpenSocket = (url: string, protocols: string[]) => WebSocket;

/** Dials with the browser's WebSocket. */
export function browserDial(clock: Clock, open: OpenSocket = (url, protocols) => new WebSocket(url, protocols)): Dial {
  return (url, protocols, signal) =>
    new Promise((resolve, reject) => {
      const socket = open(url, [...protocols]);
      socket.binaryType = 'arraybuffer';
      const giveUp = (): void => socket.close();
      signal.addEventListener('abort', giveUp);
      socket.onopen = () => {
        signal.removeEventListener('abort', giveUp);
        resolve(new BrowserTransport(socket, clock));
      };
      // Browsers do not tell a page why, lest it scan the network.
      socket.onclose = () => reject(new Error('the browser does not say why.'));
    });
}

class BrowserTransport implements DialedTransport {
  readonly #socket: WebSocket;
  readonly #clock: Clock;
  #handlers: TransportHandlers | undefined;
  #stopPolling: (() => void) | undefined;

  constructor(socket: WebSocket, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
  }

  get protocol(): string {
    return this.#socket.protocol;
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  start(handlers: TransportHandlers): void {
    this.#handlers = handlers;
    this.#socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (typeof data === 'string') this.close(CloseCode.TextMessage, 'Only binary messages are allowed here.');
      else if (data.byteLength > MAX_MESSAGE) this.close(CloseCode.TooBig, `A message is over ${MAX_MESSAGE} bytes.`);
      else handlers.bytes(new Uint8Array(data));
    };
    this.#socket.onclose = ({ code, reason }) => this.#closed(code, reason);
  }

  send(chunks: readonly Uint8Array[]): void {
    // The DOM's types want bytes that are not shared between threads; ours never are.
    this.#socket.send(joined(chunks, sizeOf(chunks)) as Uint8Array<ArrayBuffer>);
    if (this.bufferedBytes > LOW_WATER) this.#poll();
  }

  pause(): void {
    // A browser's WebSocket cannot be told to stop reading; credit bounds what comes.
  }

  resume(): void {
    // See pause().
  }

  close(code: number, reason: string): void {
    this.#socket.close(browserCode(code), closeReason(reason));
  }

  /** A browser cannot drop a socket: it closes as best it can, and its user need not wait for that. */
  terminate(): void {
    this.close(CloseCode.GivenUp, '');
    this.#clock.defer(() => this.#closed(1006, ''));
  }

  #poll(): void {
    this.#stopPolling ??= this.#clock.timer(POLL, () => {
      this.#stopPolling = undefined;
      if (this.bufferedBytes > LOW_WATER) this.#poll();
      else this.#handlers?.drain();
    });
  }

  #closed(code: number, reason: string): void {
    const handlers = this.#handlers;
    this.#handlers = undefined;
    this.#stopPolling?.();
    this.#socket.onmessage = null;
    this.#socket.onclose = null;
    handlers?.closed(code, reason);
  }
}

/** Pages may close with 1000 or 3000-4999 only; 4402 stands for the others (SPEC 9.2.2). */
function browserCode(code: number): number {
  return code === CloseCode.Normal || code >= 3000 ? code : CloseCode.ProtocolFromBrowser;
}
