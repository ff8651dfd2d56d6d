import {
  type Clock,
  CloseCode,
  type Dialect,
  type DialectName,
  Link,
  type Peer,
  type PeerEvent,
  type PeerSettings,
  type ProtocolFault,
  type TokenVerdict,
} from '@wiremux/framing';
import { type ClientPeerOptions, clientPeer } from './client-peer.js';
import { deferred } from './deferred.js';
import { connectFailed, dialOnce, type Token } from './dialing.js';
import type { RunSource } from './dispatcher.js';
import type { Leaving } from './leaving.js';
import type { Line, LineSession, Loss } from './line.js';
import { closeLoss, faultLoss } from './loss.js';
import { MOVING, TOKENS } from './parts.js';
import type { PeerRuns } from './peer-runs.js';
import type { Run } from './run.js';
import type { TokenRefresh, TokenSink } from './token-refresh.js';
import type { Dial, DialedTransport } from './transport/dial.js';
import { withNode } from './url.js';

/** What a WebSocket line is made of. */
export interface SocketConfig extends ClientPeerOptions {
  readonly url: string;
  readonly dialects: readonly Dialect[];
  readonly token: Token;
  readonly connectTimeout: number;
  readonly dial: Dial;
  /** Where a gateway that leaves may send the client; see `leavingOf`. */
  readonly hosts: readonly string[] | undefined;
  readonly clock: Clock;
  /** Requests are to outlive their transport (SPEC 8.8). */
  readonly session: boolean;
}

/** Dials, and waits until requests flow. */
export async function openSocketLine(
  config: SocketConfig,
  source: RunSource,
  signal: AbortSignal,
): Promise<Line | Loss> {
  const dialed = await dial(config, config.url, config.dialects, signal);
  if ('reconnect' in dialed) return dialed;
  const line = new SocketLine(config, dialed, source);
  signal.addEventListener('abort', () => line.giveUp());
  return (await Promise.race([line.ready, line.lost])) ?? line;
}

interface Opened {
  readonly transport: DialedTransport;
  readonly dialect: Dialect;
  readonly token: string | undefined;
}

async function dial(
  config: SocketConfig,
  url: string,
  dialects: readonly Dialect[],
  signal: AbortSignal,
): Promise<Opened | Loss> {
  const names = dialects.map(({ name }) => name);
  const dialed = await dialOnce({ ...config, url, dialects: names, timeout: config.connectTimeout, signal });
  if ('reconnect' in dialed) return dialed;
  const { transport, token } = dialed;
  const dialect = dialects.find(({ name }) => name === transport.protocol);
  if (dialect !== undefined) return { transport, dialect, token };
  transport.terminate();
  const chosen = transport.protocol === '' ? 'no dialect' : `the dialect "${transport.protocol}"`;
  return connectFailed(url, new Error(`it chose ${chosen}, which this client did not offer.`));
}

/** One WebSocket; with a session one after another, over which the same requests go on. */
class SocketLine implements Line, LineSession {
  readonly transport = 'websocket';
  readonly #config: SocketConfig;
  readonly #dialect: Dialect;
  readonly #source: RunSource;
  readonly #link: Link;
  readonly #ready = deferred<undefined>();
  readonly #lost = deferred<Loss>();
  readonly #leaving = deferred<Leaving>();
  /** Made for the first token that expires. */
  #tokens: TokenRefresh | undefined;
  #closed = false;
  #peer: Peer;
  #runs: PeerRuns;
  #agent: string | undefined;
  /** It has been told to send: what waits is its to take. */
  #inUse = false;
  #retired = false;
  #fault: ProtocolFault | undefined;
  #interrupted: (loss: Loss) => void = () => undefined;
  /** The attempt to get the session back that is under way. */
  #resuming: ReturnType<typeof deferred<Loss | undefined>> | undefined;
  /** Why it was given up, where it was. */
  #end: Loss | undefined;

  constructor(config: SocketConfig, { transport, dialect, token }: Opened, source: RunSource) {
    const { clock } = config;
    this.#config = config;
    this.#dialect = dialect;
    this.#source = source;
    this.#peer = this.#newPeer(token);
    this.#runs = source.carry(this.#peer, () => this.#close());
    this.#link = new Link({
      peer: this.#peer,
      transport,
      clock,
      onEvent: (event) => this.#receive(event),
      onDetached: (code, reason) => this.#onDetached(code, reason),
      onClosed: (code, reason) => {
        this.#closed = true;
        this.#tokens?.stop();
        const loss = this.#end ?? this.#lossOf(code, reason);
        source.release(this.#runs);
        this.#resuming?.resolve(loss);
        this.#lost.resolve(loss);
      },
    });
  }

  get dialect(): DialectName {
    return this.#dialect.name;
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

  get session(): LineSession | undefined {
    return this.#peer.session === undefined ? undefined : this;
  }

  get ttl(): number {
    return 1_000 * (this.#peer.session?.ttl ?? 0);
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

  watch(interrupted: (loss: Loss) => void): void {
    this.#interrupted = interrupted;
  }

  async resume(signal: AbortSignal): Promise<Loss | undefined> {
    const url = withNode(this.#config.url, this.#peer.session?.node);
    const dialed = await dial(this.#config, url, [this.#dialect], signal);
    if ('reconnect' in dialed) return dialed;
    this.#resuming = deferred();
    this.#link.attach(dialed.transport, dialed.token);
    return this.#resuming.promise;
  }

  end(loss: Loss): void {
    this.#end = loss;
    this.#close();
  }

  #close(): void {
    this.#link.close(CloseCode.Normal, '');
  }

  #newPeer(token: string | undefined, successorOf?: Peer): Peer {
    const { session, clock } = this.#config;
    const dialect = this.#dialect;
    const moment = { dialect, token, now: clock.now(), session: session && dialect.duplex };
    return clientPeer(this.#config, successorOf === undefined ? moment : { ...moment, successorOf });
  }

  #onDetached(code: number, reason: string): void {
    const loss = this.#lossOf(code, reason);
    // What waits is sent when the session is there again, and not to one that may be lost.
    this.#inUse = false;
    this.#fault = undefined;
    if (this.#resuming === undefined) this.#interrupted(loss);
    else this.#resumed(loss);
  }

  #resumed(failure: Loss | undefined): void {
    const resuming = this.#resuming;
    this.#resuming = undefined;
    resuming?.resolve(failure);
  }

  /** The gateway does not know the session any more: a new one goes on, over the transport there is. */
  #renew(): void {
    const lost = this.#peer;
    this.#peer = this.#newPeer(undefined, lost);
    this.#source.release(this.#runs);
    this.#runs = this.#source.carry(this.#peer, () => this.#close());
    this.#link.renew(this.#peer);
  }

  #lossOf(code: number, reason: string): Loss {
    return this.#fault === undefined ? closeLoss(code, reason) : faultLoss(this.#fault);
  }

  #receive(event: PeerEvent): void {
    if (event.kind === 'closing') this.#fault = event.fault;
    if (event.kind === 'ready') this.#onReady(event.settings);
    if (event.kind === 'drain') {
      const { url, hosts } = this.#config;
      MOVING.use(({ leavingOf }) => this.#leaving.resolve(leavingOf(event.notice, url, hosts)));
    }
    if (event.kind === 'token-answered') this.#tokens?.judged(event.verdict);
    if (event.kind === 'session-lost') this.#renew();
    else this.#runs.receive(event);
    if (event.kind === 'resumed') this.#resumed(undefined);
    if (event.kind === 'slots-free' && this.#inUse) this.send();
  }

  #onReady({ agent, auth }: PeerSettings): void {
    this.#agent = agent;
    if (auth !== undefined) this.#judged(auth);
    this.#ready.resolve(undefined);
    this.#resumed(undefined);
  }

  /** What the gateway says of the token that went with the settings. */
  #judged(verdict: TokenVerdict): void {
    const { token, clock } = this.#config;
    if (this.#tokens !== undefined) this.#tokens.judged(verdict);
    else if (typeof token === 'function' && verdict.expires !== undefined) {
      TOKENS.use((part) => {
        if (this.#closed) return;
        const send: TokenSink = (newer, by) => this.#peer.refreshToken(newer, clock.now(), by);
        this.#tokens ??= new part.TokenRefresh({ token, clock, send });
        this.#tokens.judged(verdict);
      });
    }
  }
}
