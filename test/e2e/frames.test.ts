import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Browser, saveScreenshot, type WatchedPage } from '../support/browser.js';
import { connectForTest } from '../support/clients.js';
import { describeWithComponent } from '../support/components.js';
import { temporaryFolder } from '../support/folder.js';
import { type GatewayProcess, runWiremux, startGateway } from '../support/wiremux.js';

const COMMANDS = fileURLToPath(new URL('../support/commands.ts', import.meta.url));

describe('wiremux call --capture and wiremux frames follow', () => {
  const folder = temporaryFolder();
  let gateway: GatewayProcess;

  beforeAll(async () => {
    gateway = await startGateway(['--no-page', '--commands', COMMANDS]);
  });
  afterAll(() => gateway.child.destroy());

  it.each(['wiremux.1', 'exp-framing-0006', 'exp-framing-0005', 'exp-framing-0003', 'exp-framing-0002'])(
    'captures a connection of %s, and tells what passed',
    async (dialect) => {
      const file = folder.write(`${dialect}.jsonl`, Buffer.alloc(0));
      const called = await runWiremux([
        'call',
        gateway.mux,
        'mirror',
        '--data',
        fileURLToPath(import.meta.url),
        '--dialect',
        dialect,
        '--capture',
        file,
      ]);
      expect(called).toMatchObject({ status: 0 });
      const followed = await runWiremux(['frames', 'follow', file]);
      expect(followed).toMatchObject({ status: 0, stderr: '' });
      expect(followed.stdout).toMatch(/→ 1 \d+ .*command-(request new|name)/);
      expect(followed.stdout).toMatch(/= request 1 mirror: ok, /);
      expect(followed.stdout).toContain(', 1 request, 0 problems; requests: 1 ok\n');

      const json = await runWiremux(['frames', 'follow', file, '--json', '--type', 'command-data', '--full']);
      const frames = json.stdout.split('\n').filter((line) => line.startsWith('{"frame"'));
      expect(frames.length).toBeGreaterThan(0);
      expect(json.stdout).toContain('wiremux call --capture and wiremux frames follow');
    },
  );

  it('decodes encoded streams of the capture, and blanks what is secret', async () => {
    const file = folder.write('secret.jsonl', Buffer.alloc(0));
    await runWiremux(['call', gateway.mux, 'same', '--arg', 'token=sesame', '--arg', 'seen=yes', '--capture', file]);
    expect(readFileSync(file, 'utf8')).toContain('"capture":1');
    const followed = await runWiremux(['frames', 'follow', file]);
    expect(followed.stdout).toMatch(/zlib: \d+ bytes decode to \d+/);
    expect(followed.stdout).toContain("'seen': 'yes'");
    expect(followed.stdout).not.toContain('sesame');
  });

  it('refuses to capture HTTP, and a file that cannot be written', async () => {
    const overHttp = await runWiremux(['call', gateway.mux, 'nothing', '--transport', 'http', '--capture', 'x']);
    expect(overHttp).toMatchObject({ status: 2 });
    const nowhere = await runWiremux(['call', gateway.mux, 'nothing', '--capture', '/no/such/folder/x']);
    expect(nowhere).toMatchObject({ status: 2 });
    expect(nowhere.stderr).toContain('Cannot write /no/such/folder/x');
  });

  it('lets only its owner read a capture', async () => {
    const file = `${folder.write('mark', Buffer.alloc(0))}.jsonl`;
    await runWiremux(['call', gateway.mux, 'nothing', '--capture', file]);
    expect(statSync(file).mode & 0o077).toBe(0);
  });
});

describeWithComponent('chromium', 'the frames of a connection in Chromium', (executable) => {
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
    const first = watched.page.getByTestId('connection').first();
    await first.getByRole('button').first().click();
    await first.getByTestId('watch-frames').click();
    await watched.page.waitForSelector('[data-testid="frames"][data-phase="running"]');
  });
  afterEach(async () => {
    await watched.page.close();
    await gateway.child.destroy();
  });

  it('shows frames as they pass, what they say, and filters them', async () => {
    const { page, problems } = watched;
    await page.getByTestId('frames-text').fill('a-mark-of-its-own');
    await page.getByTestId('command-select').selectOption('greet');
    await page.getByTestId('field-name').fill('a-mark-of-its-own');
    await page.getByTestId('run-button').click();
    const sent = page.locator('[data-testid="frame"][data-direction="in"]');
    const answered = page.locator('[data-testid="frame"][data-direction="out"]');
    await sent.getByText('command-request').waitFor();
    await answered.getByText('greet').waitFor();

    await answered.getByRole('button').last().click();
    await answered.getByTestId('frame-values').getByText('a-mark-of-its-own').waitFor();
    await answered.getByTestId('frame-details').getByText('Text form').waitFor();

    await page.getByTestId('frames-direction').selectOption('in');
    await answered.first().waitFor({ state: 'detached' });
    expect(await sent.count()).toBe(1);
    await page.getByTestId('frames-type').selectOption('command-response');
    await sent.first().waitFor({ state: 'detached' });
    await page.getByTestId('frame-list').getByText('No frame matches the filter.').waitFor();
    expect(problems).toEqual([]);
  });

  it('pauses, goes on, clears and closes', async () => {
    const { page, problems } = watched;
    const rows = page.getByTestId('frame');
    await rows.nth(2).waitFor();
    await page.getByTestId('frames-pause').click();
    const last = await rows.last().getAttribute('data-seq');
    await page
      .getByTestId('frames-pause')
      .getByText(/\(\d*[1-9]\d* new\)/)
      .waitFor();
    expect(await rows.last().getAttribute('data-seq')).toBe(last);
    await page.getByTestId('frames-pause').click();
    await page.waitForFunction(
      (seq) => Number([...document.querySelectorAll('[data-testid="frame"]')].at(-1)?.getAttribute('data-seq')) > seq,
      Number(last),
    );
    await page.getByTestId('frames-clear').click();
    await page.locator(`[data-testid="frame"][data-seq="${last}"]`).waitFor({ state: 'detached' });
    await page.getByTestId('frames-close').click();
    await page.getByTestId('frames').waitFor({ state: 'detached' });
    expect(problems).toEqual([]);
  });

  it('is worked by keyboard alone', async () => {
    const { page, problems } = watched;
    await page.getByTestId('frame').nth(2).waitFor();
    await page.getByTestId('frames-pause').press('Enter');
    await page.getByTestId('frames-text').focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    const opened = page.locator('[data-testid="frame"] button[aria-expanded="true"]');
    await opened.waitFor();
    expect(await opened.evaluate((button) => button === document.activeElement)).toBe(true);
    expect(problems).toEqual([]);
  });

  it('says so when the connection that is watched is gone', async () => {
    const { page } = watched;
    const other = connectForTest(gateway.mux);
    const hang = other.call('hang', { label: 'tapped' }).subscribe({ error: () => undefined });
    const row = page.locator('[data-testid="connection"]').nth(1);
    await row.getByRole('button').first().click();
    await row.getByTestId('watch-frames').click();
    await page.waitForSelector('[data-testid="frames"][data-phase="running"]');
    hang.unsubscribe();
    other.close();
    await page.waitForSelector('[data-testid="frames"][data-phase="ended"]');
  });

  it.each([
    ['frames-narrow', 360, 'light'],
    ['frames-wide-dark', 1_600, 'dark'],
  ] as const)('fits a window (%s)', async (name, width, colorScheme) => {
    const { page, problems } = watched;
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    await page.getByTestId('frame').nth(2).waitFor();
    await page.getByTestId('frames-pause').click();
    await page.getByTestId('frame').last().getByRole('button').click();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    await saveScreenshot(page, name);
    expect(problems).toEqual([]);
  });
});

describeWithComponent('chromium', 'the frames of a gateway that shows none in Chromium', (executable) => {
  it('says why', async () => {
    const browser = await Browser.launch(executable);
    const gateway = await startGateway(['--no-tap']);
    try {
      const { page } = await browser.open(gateway.page);
      const first = page.getByTestId('connection').first();
      await first.getByRole('button').first().click();
      await first.getByTestId('watch-frames').click();
      await page.waitForSelector('[data-testid="frames-problem"][data-code="not-allowed"]');
    } finally {
      await browser.close();
      await gateway.child.destroy();
    }
  });
});
