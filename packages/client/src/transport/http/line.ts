import type { Clock, Dialect, DialectName, PeerSettings } from '@wiremux/framing';
import { openPost } from '#post';
import { type ClientPeerOptions, clientPeer } from '../../client-peer.js';
import { deferred } from '../../deferred.js';
import { connectFailed, currentToken, type Token } from '../../dialing.js';
import type { RunSource } from '../../dispatcher.js';
import type { Line, Loss } from '../../line.js';
import { faultLoss } from '../../loss.js';
import type { Run } from '../../run.js';
import { within } from '../../within.js';
import { askFor } from './ask.js';
import { Exchange, type ExchangeEnd } from './exchange.js';
import { failureLoss, HttpStatus } from './failure.js';

/** What exchanges over HTTP are made of. */
export interface HttpConfig extends ClientPeerOptions {
  /** An http(s) address. */
  readonly url: string;
  readonly dialects: readonly Dialect[];
  readonly token: Token;
  readonly connectTimeout: number;
  readonly flush: 'auto' | 'manual';
  /** Bytes of a request body that is kept until it is complete, where it cannot be sent as it comes. */
  readonly maxBody: number;
  /** Exchanges at once; past it requests wait. */
  readonly maxExchanges: number;
  readonly clock: Clock;
}

/** Who answers. */
interface Gateway {
  readonly dialect: Dialect;
  /** Undefined: the dialect has none. */
  readonly settings: PeerSettings | undefined;
}

/** Tries the dialects with an exchange without requests: where one is answered, requests will be (SPEC 7.11). */
export async function openHttpLine(config: HttpConfig, source: RunSource, signal: AbortSignal): Promise<Line | Loss> {
  const { url, connectTimeout, clock } = config;
  const bounds = { timeout: connectTimeout, clock, signal };
  try {
    return await within(bounds, (untilThen) => firstSpoken(config, source, untilThen));
  } catch (cause) {
    return connectFailed(url, cause);
  }
}

async function firstSpoken(config: HttpConfig, source: RunSource, signal: AbortSignal): Promise<Line | Loss> {
  let loss: Loss | undefined;
  for (const dialect of config.dialects) {
    const { failure, fault, settings } = await tryDialect(config, dialect, source, signal);
    if (fault !== undefined) return faultLoss(fault);
    if (failure === undefined) return new HttpLine(config, source, { dialect, settings });
    loss = failureLoss(config.url, failure);
    if (failure.kind !== 'refused' || failure.status !== HttpStatus.UnknownMediaType) break;
  }
  return loss ?? connectFailed(config.url, new Error('it speaks none of the dialects asked for'));
}

interface Tried extends ExchangeEnd {
  readonly settings: PeerSettings | undefined;
}

/** An exchange of settings alone; or a question, where the dialect has none. */
async function tryDialect(
  config: HttpConfig,
  dialect: Dialect,
  source: RunSource,
  signal: AbortSignal,
): Promise<Tried> {
  if (!dialect.extended) {
    const failure = await askFor(config.url, dialect.mediaType, signal);
    return { failure, fault: undefined, settings: undefined };
  }
  const token = await currentToken(config.token);
  signal.throwIfAborted();
  const ended = deferred<ExchangeEnd>();
  const exchange = makeExchange({ ...config, dialect, token, source, onEnd: ended.resolve });
  signal.addEventListener('abort', () => exchange.terminate());
  exchange.send();
  return { ...(await ended.promise), settings: exchange.peer.remoteSettings };
}

interface ExchangeMoment extends HttpConfig {
  readonly dialect: Dialect;
  readonly token: string | undefined;
  readonly source: RunSource;
  readonly onEnd: (end: ExchangeEnd) => void;
}

function makeExchange(moment: ExchangeMoment): Exchange {
  const { url, maxBody, dialect, clock } = moment;
  const peer = clientPeer(moment, { dialect, token: moment.token, now: clock.now(), halfDuplex: true });
  return new Exchange({ ...moment, peer, post: openPost({ url, mediaType: dialect.mediaType, maxBody }) });
}

class HttpLine implements Line {
  readonly transport = 'http';
  readonly leaving = undefined;
  readonly session = undefined;
  readonly #config: HttpConfig;
  readonly #source: RunSource;
  readonly #gateway: Gateway;
  readonly #exchanges = new Set<Exchange>();
  readonly #lost = deferred<Loss>();
  readonly #end = new AbortController();
  /** A flush comes at the end of this turn. */
  #scheduled = false;
  /** Those that wait are to go as soon as they can. */
  #due = false;

  constructor(config: HttpConfig, source: RunSource, gateway: Gateway) {
    this.#config = config;
    this.#source = source;
    this.#gateway = gateway;
  }

  get dialect(): DialectName {
    return this.#gateway.dialect.name;
  }

  get agent(): string | undefined {
    return this.#gateway.settings?.agent;
  }

  get lost(): Promise<Loss> {
    return this.#lost.promise;
  }

  open(): boolean {
    return false;
  }

  /** The requests of one turn share an exchange. */
  send(): void {
    const { flush, clock } = this.#config;
    if (flush === 'manual' || this.#scheduled) return;
    this.#scheduled = true;
    clock.defer(() => {
      this.#scheduled = false;
      this.flush();
    });
  }

  flush(): void {
    this.#due = true;
    void this.#sendDue();
  }

  retire(): void {
    this.#end.abort();
  }

  async #sendDue(): Promise<void> {
    const { url, token, connectTimeout, clock } = this.#config;
    const bounds = { timeout: connectTimeout, clock, signal: this.#end.signal };
    try {
      const proof = await within(bounds, () => currentToken(token));
      if (!this.#end.signal.aborted) this.#fill(proof);
    } catch (cause) {
      this.#lose(connectFailed(url, cause));
    }
  }

  /** Puts what waits into exchanges. */
  #fill(token: string | undefined): void {
    const most = this.#gateway.settings?.openRequests ?? Number.POSITIVE_INFINITY;
    let shared: Exchange | undefined;
    while (shared !== undefined || this.#hasRoom) {
      const run = this.#source.next();
      this.#due = run !== undefined;
      if (run === undefined) break;
      if (this.#goesAlone(run)) {
        const own = this.#begin(token);
        own.open(run);
        send(own);
        continue;
      }
      shared ??= this.#begin(token);
      shared.open(run);
      if (shared.size < most && shared.peer.openSlots > 0) continue;
      send(shared);
      shared = undefined;
    }
    if (shared !== undefined) send(shared);
  }

  get #hasRoom(): boolean {
    return this.#exchanges.size < this.#config.maxExchanges;
  }

  /** Nothing in an exchange is answered before all its data has come: that of one request must not hold up others. */
  #goesAlone(run: Run): boolean {
    return this.#config.flush === 'auto' && run.spec.options.data !== undefined && this.#hasRoom;
  }

  #begin(token: string | undefined): Exchange {
    const exchange = makeExchange({
      ...this.#config,
      dialect: this.#gateway.dialect,
      token,
      source: this.#source,
      onEnd: ({ failure }) => {
        this.#exchanges.delete(exchange);
        const loss = failure && failureLoss(this.#config.url, failure);
        if (loss !== undefined) this.#lose(loss);
        if (this.#due) void this.#sendDue();
      },
    });
    this.#exchanges.add(exchange);
    return exchange;
  }

  /** Those under way run to their ends; no more are begun. */
  #lose(loss: Loss): void {
    this.#end.abort();
    this.#lost.resolve(loss);
  }
}

/** Requests that cannot be encoded have failed already, and may have been all. */
function send(exchange: Exchange): void {
  if (exchange.size > 0) exchange.send();
  else exchange.terminate();
}
