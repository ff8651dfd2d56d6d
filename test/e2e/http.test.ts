import { type ConnectOptions, connect, type Mux, type Status } from '@wiremux/client';
import { createGateway, type Gateway } from '@wiremux/gateway';
import { command, defineCommands, implement, mergeCommands } from '@wiremux/server';
import { filter, firstValueFrom, lastValueFrom, toArray } from 'rxjs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { abortOf, type TestMux } from '../support/aborts.js';
import { Browser } from '../support/browser.js';
import { type contract, makeCommands } from '../support/commands.js';
import { describeWithComponent } from '../support/components.js';
import { HttpProxy, type UpgradePolicy } from '../support/http-proxy.js';

const KiB = 1024;
const MiB = 1024 * KiB;

const slow = defineCommands({
  sip: command({ about: 'Takes the first piece of its data, and no other.', takesData: true }),
});
const handlers = implement(slow, {
  async sip(_, { data, signal }) {
    for await (const _piece of data) await new Promise((resolve) => signal.addEventListener('abort', resolve));
  },
});

let gateway: Gateway;
let address = '';
beforeAll(async () => {
  gateway = createGateway({ port: 0, grace: 0, logLevel: 'silent', commands: mergeCommands(makeCommands(), handlers) });
  ({ url: address } = await gateway.listen());
});
afterAll(() => gateway.close());

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function proxyThat(upgrades: UpgradePolicy): Promise<HttpProxy> {
  const proxy = await HttpProxy.listen(address, upgrades);
  cleanups.push(() => proxy.close());
  return proxy;
}

function connectTo(url: string, options: ConnectOptions): TestMux {
  const mux = connect<typeof contract>(url, { random: () => 0.5, ...options });
  cleanups.push(() => mux.close());
  return mux;
}

type Open = Extract<Status, { state: 'open' }>;

/** The next time it is open over that. */
function openOver(mux: TestMux, transport: Open['transport']): Promise<Open> {
  return firstValueFrom(
    mux.status$.pipe(filter((status): status is Open => status.state === 'open' && status.transport === transport)),
  );
}

/** Asks for a number until it is the same a hundred times in a row, each time a round trip later; never over `most`. */
async function untilStill(read: () => Promise<number>, most: number): Promise<number> {
  let before = await read();
  for (let same = 0; same < 100; ) {
    const now = await read();
    expect(now).toBeLessThan(most);
    same = now === before && now > 0 ? same + 1 : 0;
    before = now;
  }
  return before;
}

describe('a client whose upgrades are blocked', () => {
  it.each([
    ['refuse', /HTTP 403 Forbidden: with a web page/],
    ['drop', /socket hang up/],
    ['ignore', /did not answer within 300 ms/],
  ] as const)('(%s) falls back to HTTP by itself, says why, and loses nothing', async (policy, why) => {
    const proxy = await proxyThat(policy);
    const mux = connectTo(proxy.mux, { connectTimeout: 300 });
    const waiting = Promise.all([
      firstValueFrom(mux.call('greet', { name: 'you' })),
      lastValueFrom(mux.call('count', { to: 3 }).pipe(toArray())),
      firstValueFrom(mux.call('measure', {}, { data: new Uint8Array(300_000) })),
    ]);
    const status = await openOver(mux, 'http');
    expect(status).toMatchObject({ dialect: 'wiremux.1', agent: 'wiremux/0.1.0', reason: { code: 'connect-failed' } });
    expect(status.reason?.message).toMatch(why);
    expect(await waiting).toEqual(['Hello you!', [0, 1, 2], 300_000]);
  });

  it('stays without a connection when it is to use a WebSocket only', async () => {
    const proxy = await proxyThat('refuse');
    const mux = connectTo(proxy.mux, { transport: 'websocket', reconnect: false });
    const status = await lastValueFrom(mux.status$);
    expect(status).toMatchObject({ state: 'closed', reason: { code: 'connect-failed' } });
    expect(proxy.posts).toBe(0);
  });

  it('goes back to a WebSocket once there can be one, and what runs over HTTP runs on', async () => {
    const proxy = await proxyThat('refuse');
    const mux = connectTo(proxy.mux, { http: { retryUpgrade: { initial: 100, max: 100 } } });
    await openOver(mux, 'http');
    const flood = mux.iterate('flood', { label: 'long', size: 10 * KiB })[Symbol.asyncIterator]();
    await flood.next();
    const { posts } = proxy;
    proxy.upgrades = 'allow';
    expect(await openOver(mux, 'websocket')).not.toHaveProperty('reason');
    for (let count = 0; count < 500; count++) expect((await flood.next()).done).toBe(false);
    expect(await firstValueFrom(mux.call('greet', { name: 'you' }))).toBe('Hello you!');
    expect(proxy.posts).toBe(posts);
    await flood.return?.();
    expect(await abortOf(mux, 'long')).toBe('connection-lost');
  });

  it('fails what was under way with `connection-lost` when the network is cut, and goes on', async () => {
    const proxy = await proxyThat('refuse');
    const mux = connectTo(proxy.mux, { reconnect: { initial: 1, max: 1 } });
    const values: unknown[] = [];
    const error = await new Promise((resolve) => {
      mux.call('hang', { label: 'cut' }).subscribe({
        next: (label) => {
          values.push(label);
          proxy.cut();
        },
        error: resolve,
      });
    });
    expect(values).toEqual(['cut']);
    expect(error).toMatchObject({ code: 'connection-lost' });
    expect(await abortOf(mux, 'cut')).toBe('connection-lost');
    expect(await firstValueFrom(mux.call('greet', { name: 'again' }))).toBe('Hello again!');
  });
});

describe('over HTTP', () => {
  const connectOverHttp = (): TestMux => connectTo(`${address}mux`, { transport: 'http', reconnect: false });

  it('a command waits for a consumer that takes no more, and others run on', async () => {
    const mux = connectOverHttp();
    const size = 100 * KiB;
    const flood = mux.iterate('flood', { label: 'held', size })[Symbol.asyncIterator]();
    await flood.next();
    const sent = (): Promise<number> => firstValueFrom(mux.call('flooded', { label: 'held' }));
    // It fills what lies between: this side's buffer, the gateway's, and those of two sockets.
    const held = await untilStill(sent, (64 * MiB) / size);
    for (let taken = 0; taken <= held; taken++) await flood.next();
    expect(await sent()).toBeGreaterThan(held);
    await flood.return?.();
    expect(await abortOf(mux, 'held')).toBe('connection-lost');
  });

  it('an upload is read no faster than its command takes it', async () => {
    const mux = connectOverHttp();
    let given = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) {
        given += 64 * KiB;
        yield new Uint8Array(64 * KiB);
      }
    }
    const sip = (mux as Mux).call('sip', {}, { data: endless() }).subscribe();
    const read = async (): Promise<number> => {
      await firstValueFrom(mux.call('greet', { name: 'you' }));
      return given;
    };
    expect(await untilStill(read, 64 * MiB)).toBeGreaterThan(0);
    sip.unsubscribe();
  });

  it('300 subscriptions of one turn are one exchange', async () => {
    const proxy = await proxyThat('refuse');
    const mux = connectTo(proxy.mux, { transport: 'http' });
    await openOver(mux, 'http');
    const { posts } = proxy;
    const all = Array.from({ length: 300 }, (_, at) => firstValueFrom(mux.call('hang', { label: `hanging ${at}` })));
    expect(await Promise.all(all)).toHaveLength(300);
    expect(proxy.posts).toBe(posts + 1);
  });
});

describeWithComponent('chromium', 'the page behind a proxy that refuses upgrades', (executable) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await Browser.launch(executable);
  });
  afterAll(() => browser.close());

  it('runs over HTTP and says so; over a WebSocket once it can', async () => {
    const proxy = await proxyThat('refuse');
    const { page } = await browser.open(proxy.page);
    const transport = page.getByTestId('transport');
    await transport.filter({ hasText: 'HTTP' }).waitFor();
    expect(await transport.getAttribute('title')).toContain('Could not connect');
    proxy.upgrades = 'allow';
    await page.reload();
    await transport.filter({ hasText: 'WebSocket' }).waitFor();
    await page.close();
  });
});
