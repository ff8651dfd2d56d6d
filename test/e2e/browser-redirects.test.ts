import { createGateway, type Gateway } from '@wiremux/gateway';
import { command, defineCommands, implement, redirect } from '@wiremux/server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Browser, saveScreenshot } from '../support/browser.js';
import { describeWithComponent } from '../support/components.js';

describeWithComponent('chromium', 'redirects on the page in Chromium', (executable) => {
  let browser: Browser;
  let gateway: Gateway;
  let address = '';
  beforeAll(async () => {
    browser = await Browser.launch(executable);
    gateway = createGateway({
      port: 0,
      grace: 0,
      logLevel: 'silent',
      redirects: { cdn: 'https://cdn.example/files/' },
      commands: implement(defineCommands({ 'a.report': command({ about: 'Lies elsewhere.' }) }), {
        'a.report': (_, { redirects }) =>
          redirects.has('cdn')
            ? redirect('cdn', {
                path: 'report.pdf',
                mediaType: 'application/pdf',
                size: 2_048,
                fullHashes: [['sha256', new Uint8Array([1, 2, 255])]],
              })
            : 'answered here',
      }),
    });
    ({ url: address } = await gateway.listen());
  });
  afterAll(async () => {
    await browser.close();
    await gateway.close();
  });

  it('are offered where the reader says so, shown as a link, and not followed', async () => {
    const { page, problems } = await browser.open(address);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.getByTestId('command-select').selectOption('a.report');
    await page.getByTestId('run-button').click();
    const newest = page.getByTestId('run-card').first();
    await newest.getByText('"answered here"').waitFor();

    await page.getByTestId('accept-redirect').check();
    await page.getByTestId('run-button').click();
    const redirected = page.locator('[data-testid="run-card"][data-state="redirected"]');
    await redirected.waitFor();
    const link = redirected.getByRole('link');
    expect(await link.getAttribute('href')).toBe('https://cdn.example/files/report.pdf');
    expect(await redirected.getByTestId('run-redirect').textContent()).toMatch(
      /^The answer is to be had at https:\/\/cdn\.example\/files\/report\.pdf: application\/pdf, 2.\d KiB\s*sha256\s+0102ff$/,
    );
    await saveScreenshot(page, 'redirected-run');
    expect(asked.filter((url) => url.includes('cdn.example'))).toEqual([]);
    expect(problems).toEqual([]);
  });
});
