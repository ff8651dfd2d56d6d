import type { DialectName } from '@wiremux/client';
import { toJsonForm } from '@wiremux/client/json';
import { createGateway, type Gateway } from '@wiremux/gateway';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser, type WatchedPage } from '../support/browser.js';
import { makeCommands } from '../support/commands.js';
import { describeWithComponent } from '../support/components.js';
import { CONTRACT } from './cases.js';
import type {} from './page.js';
import { type StrictPage, serveStrictPage } from './strict-page.js';

const cases = CONTRACT.map(({ title, duplex, expected }, at) => ({ title, duplex, expected, at }));

describeWithComponent('chromium', 'the client in Chromium, under a strict Content Security Policy', (executable) => {
  let browser: Browser;
  let site: StrictPage;
  let gateway: Gateway;
  let watched: WatchedPage;
  let mux = '';

  beforeAll(async () => {
    site = await serveStrictPage();
    gateway = createGateway({ port: 0, logLevel: 'silent', allowOrigin: [site.origin], commands: makeCommands() });
    const { url } = await gateway.listen();
    mux = `${url.replace('http:', 'ws:')}mux`;
    site.allowConnect(mux);
    browser = await Browser.launch(executable);
    watched = await browser.open(site.origin);
  });
  afterAll(async () => {
    await browser.close();
    await gateway.close();
    await site.close();
  });

  describe.each(['wiremux.1', 'exp-framing-0006'] satisfies DialectName[])('%s', (dialect) => {
    it.each(cases.filter(({ duplex }) => !duplex || dialect === 'wiremux.1'))('$title', async ({ at, expected }) => {
      const result = await watched.page.evaluate(([index, name, url]) => window.runCase(index, name, url), [
        at,
        dialect,
        mux,
      ] as const);
      expect(result).toEqual(toJsonForm(expected));
      expect(watched.problems).toEqual([]);
    });
  });
});
