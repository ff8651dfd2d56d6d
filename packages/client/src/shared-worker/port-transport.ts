import { type Clock, CloseCode, type TransportHandlers } from '@wiremux/framing';
import { deferred } from '../deferred.js';
import type { DialedTransport } from '../transport/dial.js';
import { sizeOf } from '../transport/socket.js';
import type { PortClose } from './messages.js';

/** What a port brings beside frames. */
interface PortMessage {
  readonly kind: string;
}

/**
 * One end of a MessagePort as a transport (SPEC 7.1): each ArrayBuffer is a message of frames, every other message an
 * object that says what `kind` it is. What the other end says besides goes to `onMessage`, as it comes.
 */
export class PortTransport<Out extends PortMessage> implements DialedTransport {
  readonly protocol = 'wiremux.1';
  /** A port takes all it is given: what is under way is bounded by the acknowledgement window. */
  readonly bufferedBytes = 0;
  readonly #port: MessagePort;
  readonly #clock: Clock;
  #handlers: TransportHandlers | undefined;
  /** Came before {@link start}. */
  readonly #early: Uint8Array[] = [];
  #ended: { readonly code: number; readonly reason: string } | undefined;
  readonly #over = deferred<undefined>();

  constructor(port: MessagePort, clock: Clock, onMessage: (message: unknown) => void) {
    this.#port = port;
    this.#clock = clock;
    port.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (this.#ended !== undefined) return;
      if (data instanceof ArrayBuffer) this.#receive(new Uint8Array(data));
      else if (isClose(data)) this.#end(data.code, data.reason);
      else onMessage(data);
    };
    // Where browsers know it: the document or worker at the other end is gone.
    port.addEventListener('close', () => this.lose());
  }

  /** Resolves when it has ended, from either side. */
  get over(): Promise<undefined> {
    return this.#over.promise;
  }

  start(handlers: TransportHandlers): void {
    this.#handlers = handlers;
    for (const bytes of this.#early.splice(0)) handlers.bytes(bytes);
    if (this.#ended !== undefined) this.#tellEnd();
  }

  send(chunks: readonly Uint8Array[]): void {
    if (this.#ended !== undefined) return;
    // Moved to the other end, not copied again: so it must be memory of its own.
    const whole = new Uint8Array(sizeOf(chunks));
    let at = 0;
    for (const chunk of chunks) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    this.#port.postMessage(whole.buffer, [whole.buffer]);
  }

  /** Says something beside frames. */
  post(message: Out): void {
    if (this.#ended === undefined) this.#port.postMessage(message);
  }

  pause(): void {
    // A port cannot be told to stop; credit bounds what comes.
  }

  resume(): void {
    // See pause().
  }

  close(code: number, reason: string): void {
    if (this.#ended !== undefined) return;
    this.#port.postMessage({ kind: 'close', code, reason } satisfies PortClose);
    this.#end(code, reason);
  }

  /** The other end may be asleep, and hears of it when it wakes. */
  terminate(): void {
    this.close(CloseCode.GivenUp, '');
  }

  /** The other end is gone, and cannot be told anything. */
  lose(why = ''): void {
    this.#end(1006, why);
  }

  #receive(bytes: Uint8Array): void {
    if (this.#handlers === undefined) this.#early.push(bytes);
    else this.#handlers.bytes(bytes);
  }

  #end(code: number, reason: string): void {
    if (this.#ended !== undefined) return;
    this.#ended = { code, reason };
    this.#port.onmessage = null;
    this.#port.close();
    this.#over.resolve(undefined);
    this.#tellEnd();
  }

  #tellEnd(): void {
    const { code, reason } = this.#ended ?? { code: 1006, reason: '' };
    const handlers = this.#handlers;
    this.#handlers = undefined;
    if (handlers !== undefined) this.#clock.defer(() => handlers.closed(code, reason));
  }
}

function isClose(data: unknown): data is PortClose {
  const { kind, code, reason } = (data ?? {}) as Partial<PortClose>;
  return kind === 'close' && typeof code === 'number' && typeof reason === 'string';
}
