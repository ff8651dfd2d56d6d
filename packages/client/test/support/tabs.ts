import type { VirtualClock } from '@wiremux/framing/testing';
import type { Mux } from '../../src/client.js';
import type { Commands } from '../../src/contract.js';
import { type ConnectSharedOptions, connectTab } from '../../src/shared-worker/connect-tab.js';
import type { Hello, ToWorker } from '../../src/shared-worker/messages.js';
import type { PageEvents } from '../../src/shared-worker/page-life.js';
import { type ServeTabsOptions, TabServer } from '../../src/shared-worker/tab-server.js';
import { TestGateway } from './gateway.js';
import { MemoryLocks } from './locks.js';
import { MemoryPort } from './ports.js';

const URL = 'ws://gateway.test/mux';

/** What a window tells. */
class TestPage implements PageEvents {
  hasFocus = false;
  readonly document = { hasFocus: () => this.hasFocus };
  readonly #listeners = new Map<string, Set<() => void>>();

  addEventListener(type: string, listener: () => void): void {
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners.add(listener));
  }

  removeEventListener(type: string, listener: () => void): void {
    this.#listeners.get(type)?.delete(listener);
  }

  tell(type: 'pagehide' | 'focus'): void {
    for (const listener of this.#listeners.get(type) ?? []) listener();
  }
}

/** A tab, and what can happen to it. */
export class TestTab {
  readonly mux: Mux<Commands>;
  readonly page = new TestPage();
  /** Its ends of the ports to the worker, the newest last. */
  readonly ports: MemoryPort[] = [];
  readonly #locks: MemoryLocks | undefined;
  #onError: (() => void) | undefined;

  constructor(tabs: TestTabs, options: ConnectSharedOptions, url: string) {
    this.#locks = tabs.locks;
    const openWorker = () => {
      const [page, worker] = MemoryPort.pair(tabs.clock);
      this.ports.push(page);
      tabs.server?.accept(worker.port);
      return {
        port: page.port,
        addEventListener: (_: 'error', listener: () => void) => {
          this.#onError = listener;
        },
      };
    };
    const defaults = { clock: tabs.clock, random: () => 0.5 };
    this.mux = connectTab(openWorker, url, { ...defaults, ...options }, { locks: tabs.locks, page: this.page });
  }

  get port(): MemoryPort {
    return this.ports.at(-1)!;
  }

  get hello(): Hello {
    return this.port.sent[0] as Hello;
  }

  /** What it has told the worker beside frames, of one kind. */
  told<Kind extends ToWorker['kind']>(kind: Kind): Extract<ToWorker, { readonly kind: Kind }>[] {
    const messages = this.port.sent.filter((sent) => !(sent instanceof ArrayBuffer)) as ToWorker[];
    return messages.filter((sent): sent is Extract<ToWorker, { readonly kind: Kind }> => sent.kind === kind);
  }

  /** The worker's script is not there. */
  failWorker(): void {
    this.#onError?.();
  }

  /** It is gone without a word; the browser frees its lock. */
  crash(): void {
    const { lock } = this.hello;
    this.port.crash();
    if (lock !== undefined) this.#locks?.free(lock);
  }
}

/** A worker with its tabs, before a scripted gateway, in virtual time. */
export class TestTabs {
  readonly gateway = new TestGateway();
  readonly clock: VirtualClock = this.gateway.clock;
  readonly locks: MemoryLocks | undefined;
  readonly #options: ServeTabsOptions;
  /** Undefined: the worker hears of no port. */
  server: TabServer | undefined;

  constructor(options: ServeTabsOptions = {}, { withLocks = true } = {}) {
    this.locks = withLocks ? new MemoryLocks() : undefined;
    this.#options = { transport: this.gateway.dial, clock: this.clock, random: () => 0.5, ...options };
    this.startWorker();
  }

  /** Ports are heard by a new worker from now on. */
  startWorker(): void {
    this.server = new TabServer(this.#options, this.locks);
  }

  tab(options: ConnectSharedOptions = {}, url = URL): TestTab {
    return new TestTab(this, options, url);
  }

  /** A tab whose requests flow. */
  async open(options: ConnectSharedOptions = {}): Promise<TestTab> {
    const tab = this.tab(options);
    await this.settle();
    return tab;
  }

  settle(): Promise<void> {
    return this.clock.settle();
  }
}
