import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { DialectName, TransportKind } from '@wiremux/client';
import { toJsonForm } from '@wiremux/client/json';
import { encodeValue } from '@wiremux/framing';
import { createGateway, type Gateway } from '@wiremux/gateway';
import { command, defineCommands, implement, mergeCommands, redirect } from '@wiremux/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { FileServer } from '../../packages/client/test/support/file-server.js';
import { Browser, type WatchedPage } from '../support/browser.js';
import { makeCommands } from '../support/commands.js';
import { describeWithComponent } from '../support/components.js';
import { type StrictPage, serveStrictPage } from '../support/strict-page.js';
import { casesFor } from './cases.js';
import type {} from './page.js';

const DIALECTS: readonly DialectName[] = ['wiremux.1', 'exp-framing-0006'];
const TRANSPORTS: readonly TransportKind[] = ['websocket', 'http'];

const ROWS = Buffer.concat([{ row: 1 }, 'end'].map((value) => encodeValue(value)));
const elsewhere = implement(
  defineCommands({ elsewhere: command({ about: 'Redirects to the rows.', args: z.object({ name: z.string() }) }) }),
  {
    elsewhere: ({ name }) =>
      redirect('files', {
        path: name,
        mediaType: 'application/cbor-seq',
        fullHashes: [['sha256', createHash('sha256').update(ROWS).digest()]],
      }),
  },
);

describeWithComponent('chromium', 'the client in Chromium, under a strict Content Security Policy', (executable) => {
  let browser: Browser;
  let site: StrictPage;
  let gateway: Gateway;
  let watched: WatchedPage;
  let files: FileServer;
  let mux = '';

  beforeAll(async () => {
    site = await serveStrictPage({
      page: fileURLToPath(new URL('page.ts', import.meta.url)),
      worker: fileURLToPath(new URL('../support/tabs-worker.ts', import.meta.url)),
    });
    files = await FileServer.listen();
    gateway = createGateway({
      port: 0,
      grace: 0,
      logLevel: 'silent',
      allowOrigin: [site.origin],
      redirects: { files: files.url },
      commands: mergeCommands(makeCommands(), elsewhere),
    });
    const { url } = await gateway.listen();
    mux = `${url.replace('http:', 'ws:')}mux`;
    site.allowConnect(mux, `${url}mux`, files.url);
    browser = await Browser.launch(executable);
    watched = await browser.open(site.origin);
  });
  afterAll(async () => {
    await browser.close();
    await gateway.close();
    await files.close();
    await site.close();
  });

  describe.each(TRANSPORTS)('over %s', (transport) => {
    describe.each(DIALECTS)('%s', (dialect) => {
      it.each(casesFor(transport, dialect))('$title', async ({ at, expected }) => {
        const options = { dialect, transport };
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

  describe('through a shared worker', () => {
    it.each(casesFor('websocket', 'wiremux.1'))('$title', async ({ at, expected }) => {
      const result = await watched.page.evaluate(([index, url]) => window.runSharedCase(index, url), [
        at,
        mux,
      ] as const);
      expect(result).toEqual(toJsonForm(expected));
      expect(watched.problems).toEqual([]);
    });
  });

  describe('SPEC 3.4.15 redirects', () => {
    const follow = (name: string): Promise<unknown> =>
      watched.page.evaluate(([url, file]) => window.follow(url, file), [mux, name] as const);
    const allow = { 'Access-Control-Allow-Origin': '*' };

    it('are followed, and verified', async () => {
      files.put('rows', (_, response) => response.writeHead(200, allow).end(ROWS));
      expect(await follow('rows')).toEqual([{ row: 1 }, 'end']);
      expect(watched.problems).toEqual([]);
    });

    it('fail with another hash', async () => {
      files.put('other', (_, response) => response.writeHead(200, allow).end(encodeValue('other')));
      expect(await follow('other')).toEqual([
        'redirect-failed',
        expect.stringContaining('its sha256 is not') as string,
      ]);
    });

    it('are not followed to a redirect of HTTP', async () => {
      files.put('moved', (_, response) => response.writeHead(302, { ...allow, Location: '/rows' }).end());
      expect(await follow('moved')).toEqual([
        'redirect-failed',
        expect.stringContaining('a redirect of its own') as string,
      ]);
    });

    it('fail where the page may not read', async () => {
      const before = watched.problems.length;
      files.put('closed', ROWS);
      expect(await follow('closed')).toEqual(['redirect-failed', expect.stringContaining('cannot be asked') as string]);
      // Chromium says so on its console.
      expect(watched.problems.slice(before).join()).toContain('CORS');
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
