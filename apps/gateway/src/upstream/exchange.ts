import {
  dialectByName,
  type Limits,
  Link,
  type OfferedRedirects,
  type OutputAtom,
  Peer,
  type PeerEvent,
  type ProgressUpdate,
  type RedirectLocation,
  type Transport,
  WiremuxError,
} from '@wiremux/framing';
import { ByteStringReader } from '@wiremux/framing/byte-strings';
import { byteStream, type CommandContext, type Redirects, redirect } from '@wiremux/server';
import { nodeClock } from '../clock.js';
import { VERSION } from '../version.js';
import { BytePieces } from './byte-pieces.js';
import { HttpRequestTransport } from './http-request-transport.js';
import type { UpstreamSettings } from './settings.js';

/** How long an exchange may go on when its one answer has ended, ms. */
const CLOSE_TIMEOUT = 5_000;
/** Byte strings up to this size are passed on whole, longer ones as they come, bytes. */
const WHOLE_BYTES = 65_536;

/** What a request says that is passed on. */
export interface ForwardedRequest {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** Where its caller can be sent; the upstream has targets of the same names. */
  readonly redirect?: OfferedRedirects;
}

/** What a request is passed on with, and who hears what is said beside the values. */
export interface ForwardContext extends Pick<CommandContext, 'hasData' | 'data' | 'signal' | 'timeLeft' | 'trace'> {
  print(...atoms: readonly OutputAtom[]): void;
  progress(update: ProgressUpdate): void;
  /** Undefined: the answer must come from here. */
  readonly redirects?: Redirects;
}

/**
 * One request as one exchange with an upstream. Its values come one by one: what nobody takes is not read, and so slows
 * the upstream down. Data goes out as fast as the upstream takes it.
 */
export class UpstreamExchange {
  readonly #context: ForwardContext;
  readonly #transport: Transport;
  readonly #peer: Peer;
  readonly #id: number;
  #values: { readonly value: unknown; readonly size: number }[] = [];
  /** The byte string whose pieces are coming, and whether its reader has it already. */
  #bytes: { readonly pieces: BytePieces; given: boolean } | undefined;
  #state: 'open' | 'over' = 'open';
  #failure: WiremuxError | undefined;
  /** Why the connection to the upstream ended, for the log. */
  #fault: string | undefined;
  #stopTimer: (() => void) | undefined;
  #wakeReader: () => void = () => undefined;
  #wakeUpload: () => void = () => undefined;

  /** @throws {WiremuxError} `too-big` or `unsupported` for arguments that the upstream's dialect cannot carry */
  constructor(upstream: UpstreamSettings, request: ForwardedRequest, context: ForwardContext, limits: Limits) {
    const { url, token } = upstream;
    const dialect = dialectByName(upstream.dialect);
    if (dialect === undefined) throw new WiremuxError('unsupported', `There is no dialect ${upstream.dialect}.`);
    this.#context = context;
    this.#peer = new Peer({
      role: 'client',
      dialect,
      halfDuplex: true,
      now: nodeClock.now(),
      limits,
      agent: `wiremux/${VERSION}`,
      ...(token === undefined ? {} : { token }),
    });
    const now = nodeClock.now();
    const timeLeft = context.timeLeft();
    this.#id = this.#peer.open({
      ...request,
      hasData: context.hasData,
      bytePieces: ByteStringReader,
      ...(timeLeft === undefined ? {} : { deadlineAt: now + timeLeft }),
      ...(context.trace === undefined ? {} : { trace: context.trace }),
    });
    this.#peer.flush(now);
    this.#transport = new HttpRequestTransport(new URL(url), dialect.mediaType);
    void new Link({
      peer: this.#peer,
      transport: this.#transport,
      clock: nodeClock,
      onEvent: (event) => this.#handle(event),
      onClosed: () => this.#stopTimer?.(),
    });
    if (context.hasData) void this.#upload();
  }

  /** The values of the answer. Ends the exchange when it is left. */
  async *values(): AsyncGenerator<unknown, void, undefined> {
    const { signal } = this.#context;
    const stop = () => this.#end(signal.reason as WiremuxError);
    signal.addEventListener('abort', stop, { once: true });
    try {
      if (signal.aborted) stop();
      for (;;) {
        for (const { value, size } of this.#take()) {
          yield value;
          this.#peer.taken(this.#id, size);
        }
        if (this.#values.length > 0) continue;
        if (this.#failure !== undefined) throw this.#failure;
        if (this.#state === 'over') return;
        await new Promise<void>((resolve) => {
          this.#wakeReader = resolve;
        });
      }
    } finally {
      signal.removeEventListener('abort', stop);
      this.#leave();
    }
  }

  #take(): { readonly value: unknown; readonly size: number }[] {
    const values = this.#values;
    this.#values = [];
    return values;
  }

  #handle(event: PeerEvent): void {
    switch (event.kind) {
      case 'values':
        for (const [at, value] of event.values.entries()) this.#values.push({ value, size: event.sizes[at] ?? 0 });
        this.#wakeReader();
        return;
      case 'bytes':
        this.#receiveBytes(event);
        return;
      case 'output':
        this.#context.print(...event.atoms);
        return;
      case 'progress':
        this.#context.progress(event.update);
        return;
      case 'upload-writable':
        this.#wakeUpload();
        return;
      case 'redirected':
        this.#redirected(event.location);
        return;
      case 'ended':
        this.#end();
        return;
      case 'failed':
        this.#end(this.#asAnswer(event.error));
        return;
      case 'closing':
        this.#fault = event.fault.message;
        return;
      default:
        return;
    }
  }

  /** An upstream may send callers only where this gateway may. */
  #redirected(location: RedirectLocation): void {
    const target = this.#context.redirects?.targetOf(location.url);
    if (target === undefined) {
      const message = 'The server behind the gateway redirected to an address outside the targets of this gateway.';
      this.#end(new WiremuxError('unsupported', message));
      return;
    }
    this.#values.push({ value: redirect(target, location), size: 0 });
    this.#end();
  }

  #receiveBytes({ bytes, size, last }: Extract<PeerEvent, { readonly kind: 'bytes' }>): void {
    this.#bytes ??= { pieces: new BytePieces((taken) => this.#peer.taken(this.#id, taken)), given: false };
    const current = this.#bytes;
    const { pieces } = current;
    pieces.push(bytes, size);
    if (last) {
      this.#bytes = undefined;
      pieces.complete();
    }
    if (current.given || (!last && pieces.size <= WHOLE_BYTES)) return;
    current.given = true;
    this.#values.push(last ? { value: pieces.whole(), size: pieces.size } : { value: byteStream(pieces), size: 0 });
    this.#wakeReader();
  }

  /** Errors of the upstream's pass as they are; that it was lost is another matter to a caller than its own connection. */
  #asAnswer(error: WiremuxError): WiremuxError {
    if (error.code !== 'connection-lost') return error;
    const message = 'The server behind the gateway went away before its answer had ended.';
    const cause = this.#fault === undefined ? error : new Error(this.#fault, { cause: error });
    return new WiremuxError('upstream-lost', message, { cause });
  }

  #end(failure?: WiremuxError): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#failure = failure;
    this.#bytes?.pieces.fail(failure ?? new WiremuxError('aborted', 'The answer is not read any more.'));
    this.#wakeReader();
    this.#wakeUpload();
  }

  /** A whole exchange ends by itself, and leaves a connection that can be used again; any other is broken off. */
  #leave(): void {
    const isWhole = this.#state === 'over' && this.#failure === undefined;
    this.#end();
    if (isWhole) this.#stopTimer = nodeClock.timer(CLOSE_TIMEOUT, () => this.#transport.terminate());
    else this.#transport.terminate();
  }

  async #upload(): Promise<void> {
    try {
      for await (const piece of this.#context.data) {
        if (this.#state === 'over') return;
        if (this.#peer.sendData(this.#id, piece)) continue;
        await new Promise<void>((resolve) => {
          this.#wakeUpload = resolve;
        });
      }
      this.#peer.endData(this.#id);
    } catch (error) {
      this.#end(error instanceof WiremuxError ? error : new WiremuxError('upload-failed', String(error)));
    }
  }
}
