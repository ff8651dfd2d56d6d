import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { dashboardRoot, Page } from '../../src/http/page.js';
import { createRouter } from '../../src/http/router.js';
import { rawRequest } from '../support/http.js';

async function buildPage(): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'wiremux-page-'));
  onTestFinished(() => rm(parent, { recursive: true }));
  const root = join(parent, 'dist');
  await mkdir(join(root, 'assets'), { recursive: true });
  await writeFile(join(parent, 'secret.txt'), 'secret');
  await writeFile(join(root, 'index.html'), '<!doctype html><title>page</title>');
  await writeFile(join(root, 'icon.svg'), '<svg/>');
  await writeFile(join(root, 'assets', 'index-abc.js'), 'export {};');
  await writeFile(join(root, 'assets', 'index-abc.css'), 'body {}');
  return root;
}

async function servePage(root: string): Promise<number> {
  const page = await Page.load(root);
  const route = createRouter({
    origins: { allowOrigin: [], publicHost: [], host: '127.0.0.1' },
    page,
    noPage: 'no page\n',
    isClosing: () => false,
    exchange: () => expect.unreachable(),
    metrics: () => Promise.resolve({ type: 'text/plain', text: '' }),
  });
  const server = createServer((request, response) => void route(request, response)).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

describe('the page', () => {
  it.each([
    ['/', 'text/html; charset=utf-8', 'no-cache'],
    ['/icon.svg', 'image/svg+xml', 'no-cache'],
    ['/assets/index-abc.js', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
    ['/assets/index-abc.css', 'text/css; charset=utf-8', 'public, max-age=31536000, immutable'],
  ])('serves %s as %s, cached %s', async (path, type, caching) => {
    const port = await servePage(await buildPage());
    const { status, headers } = await rawRequest(port, `GET ${path}`);
    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'content-type': type, 'cache-control': caching });
  });

  it('has a content security policy without unsafe sources', async () => {
    const port = await servePage(await buildPage());
    const policy = (await rawRequest(port, 'GET /')).headers['content-security-policy'];
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("object-src 'none'");
    expect(policy).not.toContain('unsafe');
  });

  it('sends to HEAD what GET would, without the body', async () => {
    const port = await servePage(await buildPage());
    const { date: _get, ...get } = (await rawRequest(port, 'GET /')).headers;
    const head = await rawRequest(port, 'HEAD /');
    const { date: _head, ...headHeaders } = head.headers;
    expect(headHeaders).toEqual(get);
    expect(head.body).toBe('');
  });

  it('answers 304 to who has the file, and 200 to who has another', async () => {
    const port = await servePage(await buildPage());
    const { etag = '' } = (await rawRequest(port, 'GET /')).headers;
    expect(await rawRequest(port, 'GET /', { 'If-None-Match': `"other", ${etag}` })).toMatchObject({
      status: 304,
      body: '',
    });
    expect(await rawRequest(port, 'GET /', { 'If-None-Match': '"other"' })).toMatchObject({ status: 200 });
  });

  it('can only be read', async () => {
    const port = await servePage(await buildPage());
    expect(await rawRequest(port, 'POST /')).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
  });

  it.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/..\\secret.txt',
    '//etc/passwd',
    '/index.html',
    '/assets',
    '/assets/',
  ])('has nothing under %s', async (path) => {
    const port = await servePage(await buildPage());
    const { status, body } = await rawRequest(port, `GET ${path}`);
    expect(status).toBe(404);
    expect(body).not.toContain('secret');
  });

  it('goes on when its files are built anew under it', async () => {
    const root = await buildPage();
    const port = await servePage(root);
    await rm(join(root, 'assets'), { recursive: true });
    expect(await rawRequest(port, 'GET /assets/index-abc.js')).toMatchObject({ status: 200, body: 'export {};' });
  });

  it('is not there when nothing has been built', async () => {
    expect(await Page.load(join(tmpdir(), 'wiremux-no-such-folder'))).toBeUndefined();
    const port = await servePage(join(tmpdir(), 'wiremux-no-such-folder'));
    expect(await rawRequest(port, 'GET /')).toMatchObject({ status: 404, body: 'no page\n' });
  });

  it('is looked for in the dashboard package', () => {
    expect(dashboardRoot()).toMatch(/dashboard[\\/]dist$/);
  });
});
