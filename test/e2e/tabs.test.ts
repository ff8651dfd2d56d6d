import { fileURLToPath } from 'node:url';
import { createGateway, type Gateway } from '@wiremux/gateway';
import type { Page } from 'playwright-core';
import { filter, firstValueFrom, from } from 'rxjs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { abortOf, type TestMux } from '../support/aborts.js';
import { Browser, type WatchedPage } from '../support/browser.js';
import { connectForTest } from '../support/clients.js';
import { makeCommands } from '../support/commands.js';
import { describeWithComponent } from '../support/components.js';
import { type StrictPage, serveStrictPage } from '../support/strict-page.js';
import type {} from './tabs-page.js';

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

interface Row {
  readonly requests: readonly { readonly command: string }[];
}

describeWithComponent('chromium', 'tabs of Chromium that share a worker', (executable) => {
  let browser: Browser;
  let site: StrictPage;
  let gateway: Gateway;
  let mux = '';
  let observer: TestMux;
  const open: WatchedPage[] = [];

  beforeAll(async () => {
    site = await serveStrictPage({ page: file('tabs-page.ts'), worker: file('../support/tabs-worker.ts') });
    gateway = createGateway({ port: 0, logLevel: 'silent', allowOrigin: [site.origin], commands: makeCommands() });
    mux = `${(await gateway.listen()).url.replace('http:', 'ws:')}mux`;
    site.allowConnect(mux);
    browser = await Browser.launch(executable);
  });
  afterAll(async () => {
    await browser.close();
    await gateway.close();
    await site.close();
  });
  beforeEach(() => {
    observer = connectForTest(mux);
  });
  afterEach(async () => {
    for (const { page } of open.splice(0)) await page.close();
  });

  const openTab = async () => {
    const watched = await browser.open(site.origin);
    open.push(watched);
    const { page } = watched;
    expect(await page.evaluate((url) => window.tab.connect(url), mux)).toMatchObject({
      transport: 'websocket',
      dialect: 'wiremux.1',
    });
    return page;
  };
  /** Waits until those are the commands that run on each connection but the test's own. */
  const untilRunning = async (...wanted: readonly string[][]): Promise<void> => {
    const running = (rows: unknown): string[][] =>
      (rows as readonly Row[])
        .map(({ requests }) => requests.map(({ command }) => command).sort())
        .filter((commands) => !commands.includes('gateway.connections'));
    const rows$ = from(observer.iterate('gateway.connections' as never, { every: 50 } as never));
    await firstValueFrom(rows$.pipe(filter((rows) => JSON.stringify(running(rows)) === JSON.stringify(wanted))));
  };

  /** Playwright would wait for a page that never comes. */
  const crash = async (page: Page): Promise<void> => {
    const crashed = page.waitForEvent('crash');
    page.goto('chrome://crash').catch(() => undefined);
    await crashed;
  };

  it('have one connection, each its own answers, and stop alone', async () => {
    const pages = [await openTab(), await openTab(), await openTab()];
    await Promise.all(
      pages.map((page, n) => page.evaluate((label) => window.tab.take(1, 'hang', { label }), `shared ${n}`)),
    );
    await untilRunning(['hang', 'hang', 'hang']);
    const answers = pages.map((page, n) => page.evaluate((to) => window.tab.values('count', { to }), 1_000 + n));
    for (const [n, values] of (await Promise.all(answers)).entries()) {
      expect(values).toEqual(Array.from({ length: 1_000 + n }, (_, at) => at));
    }
    const aborted = abortOf(observer, 'shared 1');
    await pages[1]!.close();
    expect(await aborted).toBe('connection-lost');
    await untilRunning(['hang', 'hang']);
    expect(await pages[0]!.evaluate(() => window.tab.values('greet', { name: 'you' }))).toEqual(['Hello you!']);
    expect(open.flatMap(({ problems }) => problems)).toEqual([]);
  });

  it('stop when they crash in the middle of a stream, and no other does', async () => {
    const [other, crashing] = [await openTab(), await openTab()];
    await other.evaluate(() => window.tab.take(1, 'hang', { label: 'stays' }));
    await crashing.evaluate(() => window.tab.take(1, 'flood', { label: 'crashes', size: 1_000 }));
    const aborted = abortOf(observer, 'crashes');
    await crash(crashing);
    expect(await aborted).toBe('connection-lost');
    await untilRunning(['hang']);
    expect(await other.evaluate(() => window.tab.state())).toBe('open');
  });

  it('get another worker when theirs is gone', async () => {
    const pages = [await openTab(), await openTab()];
    await pages[0]!.evaluate(() => window.tab.take(1, 'hang', { label: 'lost' }));
    const aborted = abortOf(observer, 'lost');
    await pages[1]!.evaluate(() => window.tab.endWorker());
    // The session was the worker's, and ends with it (SPEC 8.8.14).
    expect(await aborted).toBe('session-lost');
    for (const page of pages) {
      // The gateway may hear of it before a tab does: what that asks of the worker until then is lost with it.
      await page.evaluate(() => window.tab.untilOpened(2));
      expect(await page.evaluate(() => window.tab.values('greet', { name: 'you' }))).toEqual(['Hello you!']);
    }
  });

  it('stop when they go to another page, and connect when they come back', async () => {
    const [leaving] = [await openTab(), await openTab()];
    await leaving.evaluate(() => window.tab.take(1, 'hang', { label: 'leaves' }));
    const aborted = abortOf(observer, 'leaves');
    await leaving.goto('about:blank');
    expect(await aborted).toBe('connection-lost');
    await leaving.goBack();
    await leaving.evaluate((url) => window.tab.connect(url), mux);
    expect(await leaving.evaluate(() => window.tab.values('greet', { name: 'you' }))).toEqual(['Hello you!']);
  });

  it('hold up their own commands only', async () => {
    const [slow, quick] = [await openTab(), await openTab()];
    await slow.evaluate(() => window.tab.take(3, 'flood', { label: 'slow', size: 10_000 }));
    const flooded = (): Promise<number> => firstValueFrom(observer.call('flooded', { label: 'slow' }));
    // Work that takes as long as filling every window does.
    const count = () => quick.evaluate(() => window.tab.values('count', { to: 20_000 }));
    let before = -1;
    for (let now = await flooded(); now !== before; now = await flooded()) {
      before = now;
      expect(await count()).toHaveLength(20_000);
    }
    expect(before * 10_000).toBeLessThan(64 * 1024 * 1024);
    expect(await slow.evaluate(() => window.tab.next())).toHaveLength(10_000);
  });

  it('upload, fail and are asked as if each had its own connection', async () => {
    const [first, second] = [await openTab(), await openTab()];
    expect(await first.evaluate(() => window.tab.upload(5_000_000))).toBe(5_000_000);
    expect(await second.evaluate(() => window.tab.failure('fail', { code: 'out-of-stock', after: 2 }))).toBe(
      'out-of-stock',
    );
    await first.evaluate(() => window.tab.serve('first'));
    expect(await second.evaluate(() => window.tab.values('ask', { name: 'whoami', args: {} }))).toEqual(['first']);
    await first.close();
    expect(await second.evaluate(() => window.tab.failure('ask', { name: 'whoami', args: {} }))).toBe(
      'unknown-command',
    );
  });

  it('end their connection when the last of them is closed', async () => {
    const page = await openTab();
    await page.evaluate(() => window.tab.take(1, 'hang', { label: 'last' }));
    const aborted = abortOf(observer, 'last');
    await page.close();
    expect(await aborted).toBe('connection-lost');
    await untilRunning();
  });
});
