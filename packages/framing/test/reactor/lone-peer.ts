import {
  dialectByName,
  encodeFrame,
  FrameReader,
  type Limits,
  Peer,
  type PeerEvent,
  type PeerOptions,
  type ProtocolFault,
  parseFrame,
  printFrame,
  Responder,
  WiremuxError,
} from '../../src/index.js';
import { TokenRefresh } from '../../src/tokens.js';

/** How a {@link LonePeer} begins. */
export interface LoneOptions {
  readonly role?: 'client' | 'server';
  readonly dialect?: string;
  readonly limits?: Partial<Limits>;
  readonly authenticate?: boolean;
  readonly halfDuplex?: boolean;
  readonly channels?: PeerOptions['channels'];
  /** Where requests are cut, bytes; default: as the dialect says. */
  readonly mapCut?: number;
  readonly codecs?: PeerOptions['codecs'];
  readonly contexts?: PeerOptions['contexts'];
  readonly session?: PeerOptions['session'];
  readonly kept?: PeerOptions['kept'];
  readonly successorOf?: PeerOptions['successorOf'];
  /** Whether the other side acknowledges what makes the window close; default true. */
  readonly acks?: boolean;
  /** The settings of the other side, as a `cbor:` literal; null: none came yet. wiremux.1 only. */
  readonly settings?: string | null;
  /** Whether the other side has begun {@link LonePeer.stream}; never before exp-framing-0006, where a request must. */
  readonly stream?: boolean;
  /** False: it has no responder. Default true. */
  readonly serves?: boolean;
}

/** One peer without another: frames go in and come out in text form (SPEC 6), in virtual time. */
export class LonePeer {
  readonly peer: Peer;
  readonly events: PeerEvent[] = [];
  /** The other side's first stream for requests. */
  readonly stream: number;
  now = 0;
  readonly #dialect: ReturnType<typeof dialect>;
  readonly #acks: boolean;
  /** What the other side has received: session frames, and bytes of them that it has not acknowledged. */
  readonly #received = new FrameReader(2 ** 20);
  #frames = 0;
  #unacknowledged = 0;

  constructor(options: LoneOptions = {}) {
    const { role = 'server', limits, authenticate, channels, settings = '{}', stream = true } = options;
    const { codecs, contexts, session, kept, successorOf, serves = true } = options;
    const spoken = dialect(options.dialect ?? 'wiremux.1');
    this.#dialect = { ...spoken, mapCut: options.mapCut ?? spoken.mapCut };
    this.#acks = (options.acks ?? true) && spoken.duplex && options.halfDuplex !== true;
    this.peer = new Peer({
      role,
      ...(serves ? { responder: Responder } : {}),
      ...(role === 'server' ? { tokens: TokenRefresh } : {}),
      dialect: this.#dialect,
      now: this.now,
      ...(limits ? { limits } : {}),
      ...(authenticate === undefined ? {} : { authenticate }),
      ...(options.halfDuplex === undefined ? {} : { halfDuplex: options.halfDuplex }),
      ...(channels ? { channels } : {}),
      ...(codecs ? { codecs } : {}),
      ...(contexts ? { contexts } : {}),
      ...(session ? { session } : {}),
      ...(kept ? { kept } : {}),
      ...(successorOf ? { successorOf } : {}),
    });
    const link = role === 'client' ? 2 : 1;
    this.stream = this.#dialect.duplex ? link + 2 : link;
    if (settings === null) return;
    if (this.#dialect.duplex) this.feed(`0 ${link} stream-begin sender-protocol-settings eos cbor:${settings}`);
    if (stream && this.#dialect.encodings) {
      this.feed(`0 ${this.stream} stream-begin stream-settings eos cbor:b'identity'`);
    }
    this.sent();
  }

  /** Gives it frames in text form, in one piece. */
  feed(...frames: string[]): void {
    this.feedBytes(joined(frames.map((text) => frameBytes(text, this.#dialect.name))));
  }

  feedBytes(bytes: Uint8Array): void {
    this.peer.receiveBytes(bytes, this.now);
    this.events.push(...this.peer.takeEvents());
  }

  /** The frames it has to send, in text form with CBOR literals where they fit. */
  sent(): string[] {
    const frames: string[] = [];
    const reader = new FrameReader(2 ** 20);
    for (let message = this.takeMessage(); message !== undefined; message = this.takeMessage()) {
      const broken = reader.push(message, (header, payload) => {
        frames.push(printFrame({ ...header, payload }, this.#dialect.name, { literals: true }));
        return undefined;
      });
      if (broken !== undefined) throw new Error(broken.message);
    }
    this.events.push(...this.peer.takeEvents());
    return frames;
  }

  /** As {@link sent}, without link frames: acks are among them. */
  sentSession(): string[] {
    return this.sent().filter((frame) => !this.#dialect.duplex || !/^0 [12] /.test(frame));
  }

  /** One message as one piece. */
  takeMessage(): Uint8Array | undefined {
    const chunks = this.peer.takeBytes(this.now);
    if (chunks === undefined) return undefined;
    const message = joined(chunks);
    if (this.#acks) this.#acknowledge(message);
    return message;
  }

  /** Late, so that what tests say about acks of few bytes stays theirs. */
  #acknowledge(message: Uint8Array): void {
    this.#received.push(message, ({ streamId }, payload) => {
      if (streamId <= 2) return undefined;
      this.#frames++;
      this.#unacknowledged += payload.length;
      return undefined;
    });
    if (this.#unacknowledged < 32_768) return;
    this.#unacknowledged = 0;
    this.feed(`0 ${this.peer.role === 'client' ? 2 : 1} 0 ack 0 cbor:${this.#frames}`);
  }

  /** Moves time on and calls the peer if it asked for it, again and again. */
  wait(ms: number): void {
    const until = this.now + ms;
    for (;;) {
      const next = this.peer.nextTimeout();
      if (next === undefined || next > until) break;
      if (next <= this.now) throw new Error(`It asks for ${next}, which is not later than ${this.now}.`);
      this.now = next;
      this.peer.handleTimeout(this.now);
      this.events.push(...this.peer.takeEvents());
    }
    this.now = until;
  }

  /** The transport ends. */
  lose(): void {
    this.peer.transportClosed(new WiremuxError('connection-lost', 'gone'));
    this.events.push(...this.peer.takeEvents());
  }

  of<Kind extends PeerEvent['kind']>(kind: Kind, id?: number): Extract<PeerEvent, { kind: Kind }>[] {
    return this.events.filter(
      (event): event is Extract<PeerEvent, { kind: Kind }> =>
        event.kind === kind && (id === undefined || ('id' in event && event.id === id)),
    );
  }

  /** The kinds of the events of one request, in order. */
  kinds(id: number): string[] {
    return this.events.filter((event) => 'id' in event && event.id === id).map(({ kind }) => kind);
  }

  values(id: number): unknown[] {
    return this.of('values', id).flatMap(({ values }) => values);
  }

  error(id: number): WiremuxError | undefined {
    return this.of('failed', id)[0]?.error;
  }

  /** How the connection broke, if it did. */
  get fault(): ProtocolFault | undefined {
    return this.of('closing')[0]?.fault;
  }
}

function dialect(name: string): PeerOptions['dialect'] {
  const found = dialectByName(name);
  if (found === undefined) throw new Error(`There is no dialect ${name}.`);
  return found;
}

/** A frame from its text form; `…xN` at the end stands for N bytes of `x`. */
export function frameBytes(text: string, dialectName: ReturnType<typeof dialect>['name'] = 'wiremux.1'): Uint8Array {
  const repeated = /^(.*)…(.)(\d+)$/su.exec(text);
  const whole = repeated === null ? text : `${repeated[1]}${(repeated[2] as string).repeat(Number(repeated[3]))}`;
  const parsed = parseFrame(whole, dialectName);
  if (!parsed.ok) throw new Error(`${parsed.message} (${text} at ${parsed.offset})`);
  return parsed.bytes;
}

export function joined(chunks: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(chunks));
}

/** A frame of any field values. */
export function rawFrame(
  requestId: number,
  streamId: number,
  streamFlags: number,
  type: number,
  flags: number,
  payload: Uint8Array = new Uint8Array(0),
): Uint8Array {
  return encodeFrame({ requestId, streamId, streamFlags, type, flags }, payload);
}
