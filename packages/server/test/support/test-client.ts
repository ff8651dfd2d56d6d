import {
  type Clock,
  type ContentCodec,
  type Dialect,
  type DrainNotice,
  type Limits,
  Link,
  type OutgoingRequest,
  type OutputAtom,
  Peer,
  type PeerEvent,
  type ProgressUpdate,
  type RedirectLocation,
  type RequestAnswerer,
  type TokenVerdict,
  type Transport,
  type WiremuxError,
} from '@wiremux/framing';
import type { ServableSet } from '../../src/command-set.js';

/** One request of a {@link TestClient}, and all it was told of it. */
export class TestCall {
  readonly id: number;
  readonly values: unknown[] = [];
  /** Pieces of byte strings, where the call asked for them; they are among the values too, whole. */
  readonly pieces: Uint8Array[] = [];
  #bytes: Uint8Array[] = [];
  readonly output: OutputAtom[][] = [];
  readonly progress: ProgressUpdate[] = [];
  /** How it ended: `ended`, `redirected`, an error's code, or `stopped`, `finished`, `left` after a cancel. */
  end: string | undefined;
  error: WiremuxError | undefined;
  /** Where its answer is to be had. */
  location: RedirectLocation | undefined;
  uploadRefused = false;
  uploadWritable = 0;
  /** Plain bytes of values not taken yet. */
  untaken = 0;

  constructor(id: number) {
    this.id = id;
  }

  addPiece(bytes: Uint8Array, last: boolean): void {
    this.pieces.push(bytes);
    this.#bytes.push(bytes);
    if (!last) return;
    this.values.push(new Uint8Array(Buffer.concat(this.#bytes)));
    this.#bytes = [];
  }
}

export interface TestClientOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly dialect: Dialect;
  readonly limits?: Partial<Limits>;
  readonly token?: string;
  readonly session?: 'new';
  readonly codecs?: readonly ContentCodec[];
  /** What the server can ask of it. */
  readonly serves?: ServableSet | undefined;
}

/** The client's end of a connection: opens requests and keeps all that is said of them. */
export class TestClient {
  readonly peer: Peer;
  readonly link: Link;
  /** How the transport was lost last that its session outlived. */
  detachedWith: { readonly code: number; readonly reason: string } | undefined;
  closedWith: { readonly code: number; readonly reason: string } | undefined;
  /** What the server said of leaving. */
  readonly notices: DrainNotice[] = [];
  /** What the server said of newer tokens. */
  readonly verdicts: TokenVerdict[] = [];
  ready = false;
  /** While false, values are not taken, so that credit is not given back. */
  taking = true;
  readonly #calls = new Map<number, TestCall>();
  readonly #answerer: RequestAnswerer | undefined;

  constructor({ transport, clock, dialect, limits, token, session, codecs, serves }: TestClientOptions) {
    this.peer = new Peer({
      role: 'client',
      dialect,
      now: clock.now(),
      ...(limits === undefined ? {} : { limits }),
      ...(token === undefined ? {} : { token }),
      ...(session === undefined ? {} : { session }),
      ...(codecs === undefined ? {} : { codecs }),
    });
    this.#answerer = serves?.serve(serves, { peer: this.peer, clock, connection: 'page' });
    this.link = new Link({
      peer: this.peer,
      transport,
      clock,
      onEvent: (event) => this.#handle(event),
      onDetached: (code, reason) => {
        this.detachedWith = { code, reason };
      },
      onClosed: (code, reason) => {
        this.closedWith = { code, reason };
      },
    });
  }

  call(
    name: string,
    args: Readonly<Record<string, unknown>> = {},
    options: Omit<OutgoingRequest, 'name' | 'args'> = {},
  ): TestCall {
    const call = new TestCall(this.peer.open({ name, args, ...options }));
    this.#calls.set(call.id, call);
    return call;
  }

  /** Takes all values of the call that were not taken yet. */
  take(call: TestCall): void {
    this.peer.taken(call.id, call.untaken);
    call.untaken = 0;
  }

  #handle(event: PeerEvent): void {
    switch (event.kind) {
      case 'ready':
        this.ready = true;
        return;
      case 'drain':
        this.notices.push(event.notice);
        return;
      case 'token-answered':
        this.verdicts.push(event.verdict);
        return;
      case 'request':
      case 'data':
      case 'data-end':
      case 'answer-writable':
      case 'cancelled':
        this.#answerer?.handle(event);
        return;
      default:
        this.#tell(event);
    }
  }

  #tell(event: PeerEvent): void {
    if (!('id' in event)) return;
    const call = this.#calls.get(event.id);
    if (call === undefined) return;
    switch (event.kind) {
      case 'values':
        call.values.push(...event.values);
        for (const size of event.sizes) call.untaken += size;
        if (this.taking) this.take(call);
        return;
      case 'bytes':
        call.addPiece(event.bytes, event.last);
        call.untaken += event.size;
        if (this.taking) this.take(call);
        return;
      case 'output':
        call.output.push([...event.atoms]);
        return;
      case 'progress':
        call.progress.push(event.update);
        return;
      case 'upload-writable':
        call.uploadWritable += 1;
        return;
      case 'upload-refused':
        call.uploadRefused = true;
        return;
      case 'ended':
        call.end = 'ended';
        return;
      case 'redirected':
        call.end = 'redirected';
        call.location = event.location;
        return;
      case 'failed':
        call.end = event.error.code;
        call.error = event.error;
        return;
      case 'stopped':
        call.end = event.result;
        return;
      default:
        return;
    }
  }
}
