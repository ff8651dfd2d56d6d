import type { DialectName, TransportKind } from '@wiremux/client';
import { toJsonForm } from '@wiremux/client/json';
import { createGateway, type Gateway } from '@wiremux/gateway';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser, type WatchedPage } from '../support/browser.js';
import { makeCommands } from '../support/commands.js';
import { describeWithComponent } from '../support/components.js';
import { casesFor } from './cases.js';
import type {} from './page.js';
import { type StrictPage, serveStrictPage } from './strict-page.js';

const DIALECTS: readonly DialectName[] = ['wiremux.1', 'exp-framing-0006'];
const TRANSPORTS: readonly TransportKind[] = ['websocket', 'http'];

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
    site.allowConnect(mux, `${url}mux`);
    browser = await Browser.launch(executable);
    watched = await browser.open(site.origin);
  });
  afterAll(async () => {
    await browser.close();
    await gateway.close();
    await site.close();
  });

  describe.each(TRANSPORTS)('over %s', (transport) => {
    describe.each(DIALECTS)('%s', (dialect) => {
      it.each(casesFor(transport, dialect))('$title', async ({ at, expected }) => {
        const options = { dialects: [dialect], transport };
        const result = await watched.page.evaluate(([index, url, how]) => window.runCase(index, url, how), [
          at,
          mux,
          options,
        ] as const);
        expect(result).toEqual(toJsonForm(expected));
        expect(watched.problems).toEqual([]);
      });
    });
  });

  it.each([
    [90_000, 90_000],
    [110_000, 'too-big'],
  ])('an upload of %i bytes over HTTP is held against `maxBody`: %s', async (size, result) => {
    const upload = ([bytes, url]: readonly [number, string]) => window.upload(bytes, url, { maxBody: 100_000 });
    expect(await watched.page.evaluate(upload, [size, mux] as const)).toBe(result);
  });
});
