import {
  dialectByName,
  FrameReader,
  type Limits,
  Peer,
  type PeerEvent,
  printFrame,
  Responder,
} from '../../src/index.js';
import { type MemoryTransport, memoryTransportPair, VirtualClock } from '../../src/testing/index.js';
import { End } from '../reactor/harness.js';
import { frameBytes } from '../reactor/lone-peer.js';

/** The far end of a transport without a peer: what arrives is noted as text, and it sends what it is told. */
export class RawEnd {
  readonly transport: MemoryTransport;
  readonly frames: string[] = [];
  closed: { code: number; reason: string } | undefined;
  readonly #dialect: 'wiremux.1' | 'exp-framing-0006';

  constructor(transport: MemoryTransport, dialect: 'wiremux.1' | 'exp-framing-0006') {
    this.transport = transport;
    this.#dialect = dialect;
    const reader = new FrameReader(2 ** 20);
    transport.start({
      bytes: (chunk) => {
        reader.push(chunk, (header, payload) => {
          this.frames.push(printFrame({ ...header, payload }, dialect, { literals: true }));
          return undefined;
        });
      },
      drain: () => undefined,
      closed: (code, reason) => {
        this.closed = { code, reason };
      },
    });
  }

  /** Sends frames in text form. */
  send(...texts: string[]): void {
    this.transport.send(texts.map((text) => frameBytes(text, this.#dialect)));
  }

  /** The frames of one type so far. */
  of(type: string): string[] {
    return this.frames.filter((text) => text.split(' ')[3] === type);
  }
}

export interface LoneLinkOptions {
  readonly role?: 'client' | 'server';
  readonly dialect?: 'wiremux.1' | 'exp-framing-0006';
  readonly limits?: Partial<Limits>;
  readonly authenticate?: boolean;
  readonly clock?: VirtualClock;
  readonly onEvent?: (event: PeerEvent, peer: Peer) => void;
}

/** A peer on a link, and the raw far end of its transport. */
export function loneLink(options: LoneLinkOptions = {}): { clock: VirtualClock; end: End; far: RawEnd } {
  const { role = 'server', dialect = 'wiremux.1', limits, clock = new VirtualClock() } = options;
  const known = dialectByName(dialect);
  if (known === undefined) throw new Error(`There is no dialect ${dialect}.`);
  const [near, away] = memoryTransportPair(clock);
  const peer = new Peer({
    role,
    responder: Responder,
    dialect: known,
    now: clock.now(),
    authenticate: options.authenticate === true,
    ...(limits ? { limits } : {}),
  });
  const far = new RawEnd(away, dialect);
  return { clock, end: new End(clock, peer, near, options.onEvent ?? (() => undefined)), far };
}

/** The settings of a client, and of a server, that ask for nothing. */
export const CLIENT_SETTINGS = '0 1 stream-begin sender-protocol-settings eos cbor:{}';
export const SERVER_SETTINGS = '0 2 stream-begin sender-protocol-settings eos cbor:{}';

/** A clock that counts the timers that were set and those that still wait. */
export class CountingClock extends VirtualClock {
  set = 0;
  waiting = 0;

  override timer(ms: number, callback: () => void): () => void {
    this.set++;
    this.waiting++;
    let done = false;
    const finish = (): void => {
      if (!done) this.waiting--;
      done = true;
    };
    const stop = super.timer(ms, () => {
      finish();
      callback();
    });
    return () => {
      finish();
      stop();
    };
  }
}
