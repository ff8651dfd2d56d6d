import { type Clock, CloseCode } from '@wiremux/framing';
import { platform } from '#platform';
import type { ConnectOptions, HttpOptions } from '../options.js';
import { socketUrl } from '../url.js';
import { type HeldLock, holdLock, type Locks } from './locks.js';
import type { Hello } from './messages.js';
import { PortTransport } from './port-transport.js';
import { SharedConnection } from './shared-connection.js';
import { Tab, type TabHost } from './tab.js';

const MiB = 1024 * 1024;

/** How a worker connects for its tabs, and what it lets them have. */
export interface ServeTabsOptions
  extends Omit<ConnectOptions, 'http' | 'log' | 'maxQueued' | 'maxUploadBuffer' | 'trace'> {
  readonly http?: Omit<HttpOptions, 'flush'> | undefined;
  /** Tabs at once. Past it a tab is closed with 4429 and tries again later. Default 64. */
  readonly maxTabs?: number | undefined;
  /** Requests one tab may have open; past it they wait in the tab. Default 256. */
  readonly requestsPerTab?: number | undefined;
  /** Commands one tab may serve to the gateway. Past it the tab is closed with 1008. Default 1,024. */
  readonly servedPerTab?: number | undefined;
  /** Time a port has to say what it wants, ms. Past it: closed with 4408. Default 10,000. */
  readonly helloTimeout?: number | undefined;
}

/** The tabs of a worker, and the connections they share: one for each address and token. */
export class TabServer implements TabHost {
  readonly clock: Clock;
  readonly locks: Locks | undefined;
  readonly lock: Promise<HeldLock | undefined>;
  readonly helloTimeout: number;
  readonly limits: TabHost['limits'];
  readonly maxServed: number;
  readonly #options: ConnectOptions;
  readonly #maxTabs: number;
  readonly #tabs = new Set<Tab>();
  readonly #connections = new Map<string, SharedConnection>();

  constructor(options: ServeTabsOptions, locks: Locks | undefined) {
    const { maxTabs = 64, requestsPerTab = 256, servedPerTab = 1_024, helloTimeout = 10_000, ...others } = options;
    this.clock = options.clock ?? platform.clock;
    this.locks = locks;
    this.lock = holdLock(locks);
    this.helloTimeout = helloTimeout;
    // An answer waits in the worker until its tab takes it: a full window of it, and what was there before.
    this.limits = { ...options.limits, openRequests: requestsPerTab, sendQueue: 32 * MiB };
    this.maxServed = servedPerTab;
    this.#maxTabs = maxTabs;
    // As many wait as all tabs together may have open.
    this.#options = { ...others, maxQueued: maxTabs * requestsPerTab };
  }

  /** A page has opened a port. */
  accept(port: MessagePort): void {
    if (this.#tabs.size < this.#maxTabs) {
      this.#tabs.add(new Tab(port, this));
    } else {
      const refused = new PortTransport(port, this.clock, () => undefined);
      refused.close(CloseCode.TooMany, `${this.#maxTabs} tabs share the worker already.`);
    }
  }

  connectionFor(hello: Hello): SharedConnection | undefined {
    const { token, renewsToken } = hello;
    const url = addressOf(hello.url);
    if (url === undefined) return undefined;
    // Who has another token may be somebody else, and is kept apart; unless all have the worker's.
    const key = JSON.stringify(this.#options.token === undefined ? [url, token ?? null, renewsToken] : [url]);
    const found = this.#connections.get(key);
    if (found !== undefined) return found;
    const connection = new SharedConnection({ ...hello, url }, this.#options, () => {
      if (this.#connections.get(key) === connection) this.#connections.delete(key);
    });
    this.#connections.set(key, connection);
    return connection;
  }

  left(tab: Tab): void {
    this.#tabs.delete(tab);
  }
}

function addressOf(url: unknown): string | undefined {
  if (typeof url !== 'string') return undefined;
  try {
    return socketUrl(url, undefined);
  } catch {
    return undefined;
  }
}
