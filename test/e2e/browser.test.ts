import { createHash, randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Commands } from '@wiremux/client';
import type { Locator, Page } from 'playwright-core';
import { filter, firstValueFrom, from } from 'rxjs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { ChaosProxy } from '../chaos/proxy.js';
import { Browser, saveScreenshot, type WatchedPage } from '../support/browser.js';
import { connectForTest } from '../support/clients.js';
import { describeWithComponent } from '../support/components.js';
import { temporaryFolder } from '../support/folder.js';
import { type GatewayProcess, startGateway } from '../support/wiremux.js';

const COMMANDS = fileURLToPath(new URL('../support/commands.ts', import.meta.url));

/** How long a connection says nothing that is to be seen while it is got back, ms. */
const STALL = 4_000;

interface Connection {
  readonly id: string;
  readonly requests: readonly { readonly command: string }[];
}

/** Resolves once the newest list of the gateway's connections is as wanted. */
async function untilConnections(mux: string, isWanted: (list: readonly Connection[]) => boolean): Promise<void> {
  const lists$ = from(connectForTest<Commands>(mux).iterate('gateway.connections', { every: 50 }));
  await firstValueFrom(lists$.pipe(filter((list) => isWanted(list as readonly Connection[]))));
}

/** Resolves once the plot has drawn a sample that came after those it shows now. */
async function untilMoved(page: Page, plot: string): Promise<void> {
  const selector = `[data-testid="plot-${plot}"]`;
  await page.waitForSelector(`${selector}[data-last-seq]`);
  const before = Number(await page.getAttribute(selector, 'data-last-seq'));
  await page.waitForFunction(
    ([where, seq]) => Number(document.querySelector(where)?.getAttribute('data-last-seq')) > seq,
    [selector, before] as const,
  );
}

/** The number of the newest sample that a plot has drawn, and how many it shows. */
async function plotted(page: Page, plot: string): Promise<[seq: number, points: number]> {
  return page
    .getByTestId(`plot-${plot}`)
    .evaluate(({ dataset }) => [Number(dataset['lastSeq']), Number(dataset['points'])]);
}

/** Chooses a command in the form, fills its fields, and runs it. */
async function run(page: Page, command: string, fields: Readonly<Record<string, string>> = {}): Promise<Locator> {
  await page.getByTestId('command-select').selectOption(command);
  for (const [name, value] of Object.entries(fields)) await page.getByTestId(`field-${name}`).fill(value);
  await page.getByTestId('run-button').click();
  return page.locator(`[data-testid="run-card"][data-command="${command}"]`).first();
}

describeWithComponent('chromium', 'the page in Chromium', (executable) => {
  const folder = temporaryFolder();
  let browser: Browser;
  let gateway: GatewayProcess;
  let watched: WatchedPage;

  beforeAll(async () => {
    browser = await Browser.launch(executable);
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    gateway = await startGateway(['--commands', COMMANDS]);
    watched = await browser.open(gateway.page);
    await watched.page.waitForSelector('[data-testid="status"][data-state="open"]');
  });
  afterEach(async () => {
    await watched.page.close();
    await gateway.child.destroy();
  });

  it('draws the state of the machine and of the gateway, and goes on drawing', async () => {
    const { page, problems } = watched;
    await untilMoved(page, 'cpu');
    await untilMoved(page, 'bytes');
    expect(Number(await page.getAttribute('[data-testid="plot-cpu"]', 'data-points'))).toBeGreaterThan(1);
    expect(await page.getByTestId('dialect').textContent()).toContain('wiremux.1');
    expect(problems).toEqual([]);
  });

  it('shows every connection with its channels and requests', async () => {
    const { page, problems } = watched;
    const rows = page.getByTestId('connection');
    await rows.first().getByRole('button').click();
    await rows.first().getByTestId('requests').getByText('host.metrics').waitFor();
    await rows.first().getByTestId('channels').getByText('default').first().waitFor();

    const other = connectForTest(gateway.mux);
    const hang = other.call('hang', { label: 'seen' }).subscribe({ error: () => undefined });
    await rows.nth(1).waitFor();
    hang.unsubscribe();
    other.close();
    await rows.nth(1).waitFor({ state: 'detached' });
    expect(await rows.count()).toBe(1);
    expect(problems).toEqual([]);
  });

  it('runs digest on a file', async () => {
    const { page, problems } = watched;
    const bytes = randomBytes(5 * 1024 * 1024);
    const file = folder.write('upload.bin', bytes);
    await page.getByTestId('command-select').selectOption('digest');
    await page.getByTestId('file-input').setInputFiles(file);
    await page.getByTestId('run-button').click();
    const card = page.locator('[data-testid="run-card"][data-command="digest"][data-state="completed"]');
    await card.waitFor();
    const value = await card.getByTestId('run-values').textContent();
    expect(value).toContain(createHash('sha256').update(bytes).digest('hex'));
    expect(problems).toEqual([]);
  });

  it.each([
    ['host.metrics', { every: '50' }],
    ['blob', { bytes: String(2 ** 40) }],
  ])('cancels %s while its values come', async (command, fields) => {
    const { page, problems } = watched;
    const card = await run(page, command, fields);
    await card.getByTestId('run-values').locator('li').nth(1).waitFor();
    await card.getByTestId('run-cancel').click();
    await page.waitForSelector(`[data-testid="run-card"][data-command="${command}"][data-state="cancelled"]`);
    expect(problems).toEqual([]);
    // The page itself watches host.metrics once; the run that was cancelled is gone.
    await untilConnections(gateway.mux, (list) => {
      const running = list.flatMap(({ requests }) => requests).filter((request) => request.command === command);
      return running.length === (command === 'host.metrics' ? 1 : 0);
    });
  });

  it('shows progress, text and the error of a command', async () => {
    const { page, problems } = watched;
    const told = await run(page, 'narrate', { steps: '4' });
    await told.getByTestId('run-output').getByText('4 steps to go').waitFor();
    await told.getByTestId('run-output').locator('.tone-success').getByText('done').waitFor();
    await told.locator('[data-testid="run-progress"][data-topic="steps"]').getByText('done').waitFor();

    const failed = await run(page, 'fail', { code: 'out-of-stock', after: '2' });
    await failed.locator('[data-testid="run-error"][data-code="out-of-stock"]').waitFor();
    expect(await failed.getByTestId('run-values').locator('li').count()).toBe(2);
    expect(problems).toEqual([]);
  });

  it('says so when the gateway is lost, and recovers when it is back', { timeout: 60_000 }, async () => {
    const { page } = watched;
    await untilMoved(page, 'cpu');
    await gateway.child.destroy();
    await page.getByTestId('connection-banner').waitFor();
    await page.waitForSelector('[data-testid="plot-cpu"][data-stale="true"]');
    expect(await page.getAttribute('[data-testid="status"]', 'data-state')).not.toBe('open');
    await saveScreenshot(page, 'lost');

    gateway = await startGateway(['--port', String(gateway.port)]);
    await page.waitForSelector('[data-testid="status"][data-state="open"]', { timeout: 40_000 });
    await page.getByTestId('connection-banner').waitFor({ state: 'detached' });
    await untilMoved(page, 'cpu');
    await page.waitForSelector('[data-testid="plot-cpu"][data-stale="false"]');
  });

  it('says so while it gets its session back, and draws on without a gap', { timeout: 60_000 }, async () => {
    let stall = 0;
    const proxy = await ChaosProxy.listen(gateway.port, () => [
      { heading: 'up', at: 0, fault: { kind: 'stall', ms: stall } },
    ]);
    const { page } = await browser.open(new URL('/', proxy.mux.replace('ws:', 'http:')).href);
    onTestFinished(async () => {
      await page.close();
      await proxy.close();
    });
    await page.waitForSelector('[data-testid="status"][data-state="open"]');
    await untilMoved(page, 'cpu');
    const [seq, points] = await plotted(page, 'cpu');

    stall = STALL;
    proxy.cut();
    const status = page.locator('[data-testid="status"][data-state="resuming"]');
    expect(await status.textContent()).toContain('Resuming');
    await page.getByTestId('connection-banner').waitFor();
    await saveScreenshot(page, 'resuming');

    await page.waitForSelector('[data-testid="status"][data-state="open"]');
    await page.getByTestId('connection-banner').waitFor({ state: 'detached' });
    await untilMoved(page, 'cpu');
    const [laterSeq, laterPoints] = await plotted(page, 'cpu');
    expect(laterPoints - points).toBe(laterSeq - seq);
    await saveScreenshot(page, 'resumed');
  });

  it.each([
    ['narrow', 360, 'light'],
    ['narrow-dark', 360, 'dark'],
    ['wide', 1_600, 'light'],
    ['wide-dark', 1_600, 'dark'],
  ] as const)('fits a %s window', async (name, width, colorScheme) => {
    const { page, problems } = watched;
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    await untilMoved(page, 'cpu');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    await saveScreenshot(page, name);
    expect(problems).toEqual([]);
  });

  it('is worked by keyboard alone', async () => {
    const { page, problems } = watched;
    await page.getByTestId('command-select').selectOption('rows');
    await page.getByTestId('field-count').focus();
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type('3');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-testid="run-card"][data-command="rows"][data-state="completed"]');

    // Cancel goes away once pressed; the focus stays at its card, whose next stop is Dismiss.
    const card = await run(page, 'host.metrics', { every: '50' });
    await card.getByTestId('run-cancel').press('Enter');
    await card.getByTestId('run-dismiss').waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await card.waitFor({ state: 'detached' });
    expect(problems).toEqual([]);
  });
});
