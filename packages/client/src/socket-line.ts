import {
  type Clock,
  CloseCode,
  type Dialect,
  type DialectName,
  Link,
  type Peer,
  type PeerEvent,
  type ProtocolFault,
} from '@wiremux/framing';
import { type ClientPeerOptions, clientPeer } from './client-peer.js';
import { deferred } from './deferred.js';
import { connectFailed, dialOnce, type Token } from './dialing.js';
import type { RunSource } from './dispatcher.js';
import { type Leaving, leavingOf } from './leaving.js';
import type { Line, Loss } from './line.js';
import { closeLoss, faultLoss } from './loss.js';
import type { PeerRuns } from './peer-runs.js';
import type { Run } from './run.js';
import { TokenRefresh } from './token-refresh.js';
import type { Dial, DialedTransport } from './transport/dial.js';

/** What a WebSocket line is made of. */
export interface SocketConfig extends ClientPeerOptions {
  readonly url: string;
  readonly dialects: readonly Dialect[];
  readonly token: Token;
  readonly connectTimeout: number;
  readonly dial: Dial;
  /** Where a gateway that leaves may send the client; see {@link leavingOf}. */
  readonly hosts: readonly string[] | undefined;
  readonly clock: Clock;
}

/** Dials, and waits until requests flow. */
export async function openSocketLine(
  config: SocketConfig,
  source: RunSource,
  signal: AbortSignal,
): Promise<Line | Loss> {
  const { url, dialects, connectTimeout, clock } = config;
  const names = dialects.map(({ name }) => name);
  const dialed = await dialOnce({ ...config, dialects: names, timeout: connectTimeout, signal });
  if ('reconnect' in dialed) return dialed;
  const { transport, token } = dialed;
  const dialect = dialects.find(({ name }) => name === transport.protocol);
  if (dialect === undefined) {
    transport.terminate();
    const chosen = transport.protocol === '' ? 'no dialect' : `the dialect "${transport.protocol}"`;
    return connectFailed(url, new Error(`it chose ${chosen}, which this client did not offer.`));
  }
  const peer = clientPeer(config, { dialect, token, now: clock.now() });
  const line = new SocketLine(peer, transport, config, source);
  signal.addEventListener('abort', () => line.giveUp());
  return (await Promise.race([line.ready, line.lost])) ?? line;
}

class SocketLine implements Line {
  readonly transport = 'websocket';
  readonly dialect: DialectName;
  readonly #config: SocketConfig;
  readonly #peer: Peer;
  readonly #runs: PeerRuns;
  readonly #source: RunSource;
  readonly #link: Link;
  readonly #ready = deferred<undefined>();
  readonly #lost = deferred<Loss>();
  readonly #leaving = deferred<Leaving>();
  readonly #tokens: TokenRefresh | undefined;
  #agent: string | undefined;
  /** It has been told to send: what waits is its to take. */
  #inUse = false;
  #retired = false;
  #fault: ProtocolFault | undefined;

  constructor(peer: Peer, transport: DialedTransport, config: SocketConfig, source: RunSource) {
    const { clock, token } = config;
    this.#config = config;
    this.dialect = peer.dialect.name;
    this.#peer = peer;
    this.#source = source;
    this.#runs = source.carry(peer, () => this.#close());
    this.#tokens =
      typeof token === 'function'
        ? new TokenRefresh({ token, clock, send: (newer) => peer.refreshToken(newer, clock.now()) })
        : undefined;
    this.#link = new Link({
      peer,
      transport,
      clock,
      onEvent: (event) => this.#receive(event),
      onClosed: (code, reason) => {
        this.#tokens?.stop();
        source.release(this.#runs);
        this.#lost.resolve(this.#fault === undefined ? closeLoss(code, reason) : faultLoss(this.#fault));
      },
    });
  }

  get agent(): string | undefined {
    return this.#agent;
  }

  get ready(): Promise<undefined> {
    return this.#ready.promise;
  }

  get lost(): Promise<Loss> {
    return this.#lost.promise;
  }

  get leaving(): Promise<Leaving> {
    return this.#leaving.promise;
  }

  open(run: Run): boolean {
    if (!this.#takesMore || this.#peer.openSlots === 0) return false;
    this.#runs.open(run);
    return true;
  }

  send(): void {
    this.#inUse = true;
    if (!this.#takesMore) return;
    while (this.#peer.openSlots > 0) {
      const run = this.#source.next();
      if (run === undefined) return;
      this.#runs.open(run);
    }
  }

  flush(): void {
    // Nothing is held back: what may be sent has been.
  }

  retire(): void {
    this.#retired = true;
    this.#link.closeWhenIdle(CloseCode.Normal, '');
  }

  get #takesMore(): boolean {
    return this.#inUse && !this.#retired && !this.#runs.refuses;
  }

  /** Closes a line that is not in use. */
  giveUp(): void {
    if (!this.#inUse) this.#close();
  }

  #close(): void {
    this.#link.close(CloseCode.Normal, '');
  }

  #receive(event: PeerEvent): void {
    if (event.kind === 'closing') this.#fault = event.fault;
    if (event.kind === 'ready') {
      this.#agent = event.settings.agent;
      if (event.settings.auth !== undefined) this.#tokens?.judged(event.settings.auth);
      this.#ready.resolve(undefined);
    }
    if (event.kind === 'drain') {
      const { url, hosts } = this.#config;
      this.#leaving.resolve(leavingOf(event.notice, url, hosts));
    }
    if (event.kind === 'token-answered') this.#tokens?.judged(event.verdict);
    this.#runs.receive(event);
    // An end makes room for another.
    if (this.#inUse) this.send();
  }
}
