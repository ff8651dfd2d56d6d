import { CloseCode, type Peer, type RequestAnswerer, Responder } from '@wiremux/framing';
import { platform } from '#platform';
import { type OpenedClient, openClient } from '../connect.js';
import type { ConnectOptions } from '../options.js';
import type { AnswersRequests } from '../peer-runs.js';
import type { RunContext } from '../run-context.js';
import type { Hello } from './messages.js';
import { Relay } from './relay.js';
import type { Tab } from './tab.js';

/** One connection to a gateway, and the tabs that share it. */
export class SharedConnection implements AnswersRequests {
  readonly #client: OpenedClient;
  readonly #clock: NonNullable<ConnectOptions['clock']>;
  readonly #onOver: () => void;
  /** The one that was in front last comes last. */
  readonly #tabs = new Set<Tab>();
  #firstToken: string | undefined;

  /**
   * @param hello of the first of them, whose token is used unless the worker has its own.
   * @param onOver no more tabs may join: it has ended, or its last tab has left.
   */
  constructor(hello: Hello, options: ConnectOptions, onOver: () => void) {
    const { url, token, renewsToken } = hello;
    this.#onOver = onOver;
    this.#clock = options.clock ?? platform.clock;
    this.#firstToken = token;
    const ofTabs = renewsToken ? () => this.#nextToken() : token;
    this.#client = openClient(url, { ...options, token: options.token ?? ofTabs }, this);
    this.#client.connection.status$.subscribe((status) => {
      for (const tab of this.#tabs) tab.tell(status);
      if (status.state === 'closed') this.#closed();
    });
  }

  /** Where requests of its tabs are run. */
  get context(): RunContext {
    return this.#client.context;
  }

  join(tab: Tab): void {
    this.#tabs.add(tab);
    this.#client.connection.status$.subscribe((status) => tab.tell(status)).unsubscribe();
  }

  leave(tab: Tab): void {
    if (!this.#tabs.delete(tab) || this.#tabs.size > 0) return;
    this.#onOver();
    this.#client.connection.close();
  }

  toFront(tab: Tab): void {
    if (this.#tabs.delete(tab)) this.#tabs.add(tab);
  }

  /** What the gateway asks is run in the tab that was in front last, of those that serve it. */
  attach(peer: Peer, take: (answerer: RequestAnswerer) => void): void {
    if (!peer.dialect.duplex) return;
    peer.serve(Responder);
    const relay = new Relay(peer, this.#clock, (name) => {
      const tab = [...this.#tabs].findLast((each) => each.serves(name));
      return tab?.asked(this.context);
    });
    take(relay);
  }

  release(): void {
    // What it relays ends with the peer.
  }

  /** The tab in front is asked; if it goes meanwhile, the next. */
  async #nextToken(): Promise<string> {
    const first = this.#firstToken;
    this.#firstToken = undefined;
    if (first !== undefined) return first;
    for (;;) {
      const tab = [...this.#tabs].at(-1);
      if (tab === undefined) throw new Error('no tab is left that could give a token.');
      try {
        return await tab.token();
      } catch (error) {
        if (this.#tabs.has(tab)) throw error;
      }
    }
  }

  /** The tabs have been told why. */
  #closed(): void {
    this.#onOver();
    for (const tab of [...this.#tabs]) tab.close(CloseCode.Normal, '');
  }
}
