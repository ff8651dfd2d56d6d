import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Plan } from '../chaos/plan.js';
import { ChaosProxy } from '../chaos/proxy.js';
import { Browser, type WatchedPage } from '../support/browser.js';
import { describeWithComponent } from '../support/components.js';
import { type StrictPage, serveStrictPage } from '../support/strict-page.js';
import { type GatewayProcess, startGateway } from '../support/wiremux.js';
import type {} from './cuts-page.js';

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

const CUTS = 10;
const SIZE = 8 * 1024 * 1024;

/** An upload is under way until the last cut: as slow as this, each of its messages is on its way for a while. */
const SLOW_UP: Plan = () => [{ heading: 'up', at: 0, fault: { kind: 'throttle', bytes: SIZE, rate: 2_000_000 } }];

describeWithComponent('chromium', 'a page in Chromium whose connection is cut', (executable) => {
  let browser: Browser;
  let site: StrictPage;
  let gateway: GatewayProcess;
  let proxy: ChaosProxy;
  let watched: WatchedPage;

  beforeAll(async () => {
    site = await serveStrictPage({ page: file('cuts-page.ts') });
    gateway = await startGateway(['--commands', file('../support/commands.ts'), '--allow-origin', site.origin]);
    proxy = await ChaosProxy.listen(gateway.port, SLOW_UP);
    site.allowConnect(proxy.mux);
    browser = await Browser.launch(executable);
    watched = await browser.open(site.origin);
    await watched.page.exposeFunction('cut', () => proxy.cut());
  });
  afterAll(async () => {
    await browser.close();
    await proxy.close();
    await gateway.child.destroy();
    await site.close();
  });

  it('SPEC 8.8.8 goes on ten times where it was: no value is missing or doubled, an upload arrives whole', {
    timeout: 120_000,
  }, async () => {
    const use = ([url, size, cuts]: readonly [string, number, number]) => window.useThroughCuts(url, size, cuts);
    const seen = await watched.page.evaluate(use, [proxy.mux, SIZE, CUTS] as const);
    const bytes = Uint8Array.from({ length: SIZE }, (_, at) => at % 251);
    const digest = createHash('sha256').update(bytes).digest('hex');
    expect(seen.problems).toEqual([]);
    expect(seen.digest).toEqual({ algorithm: 'sha256', digest, bytes: SIZE });
    for (const [first = 0, ...rest] of [seen.ticks, seen.samples]) {
      expect(rest.length).toBeGreaterThan(CUTS);
      expect(rest).toEqual(rest.map((_, at) => first + 1 + at));
    }
    const cuts = Array.from({ length: CUTS }, () => ['resuming', 'open']);
    expect(seen.states).toEqual(['connecting', 'open', ...cuts.flat(), 'closed']);
  });
});
