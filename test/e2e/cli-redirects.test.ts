/** `wiremux call` of a command whose answer is to be had elsewhere. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeValue } from '@wiremux/framing';
import { createGateway, type Gateway } from '@wiremux/gateway';
import { command, defineCommands, implement, redirect } from '@wiremux/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { FileServer } from '../../packages/client/test/support/file-server.js';
import { temporaryFolder } from '../support/folder.js';
import { runWiremux, startGateway } from '../support/wiremux.js';

const ROWS = Buffer.concat([{ row: 1 }, { row: 2 }].map((value) => encodeValue(value)));
const BIG = Buffer.alloc(17 * 1024 * 1024, 'wiremux ');
const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

const folder = temporaryFolder();
let files: FileServer;
let gateway: Gateway;
let mux = '';

beforeAll(async () => {
  files = await FileServer.listen();
  files.put('rows', ROWS);
  files.put('big', BIG);
  const contract = defineCommands({
    get: command({ args: z.object({ name: z.string(), digest: z.string().optional() }) }),
  });
  gateway = createGateway({
    port: 0,
    grace: 0,
    logLevel: 'silent',
    redirects: { files: files.url },
    commands: implement(contract, {
      get: ({ name, digest }, { redirects }) => {
        if (!redirects.has('files')) return 'answered here';
        const mediaType = name === 'rows' ? 'application/cbor-seq' : 'application/octet-stream';
        const content = name === 'rows' ? ROWS : BIG;
        const bytes = digest === undefined ? sha256(content) : Buffer.from(digest, 'hex');
        return redirect('files', { path: name, mediaType, size: content.length, fullHashes: [['sha256', bytes]] });
      },
    }),
  });
  mux = `${(await gateway.listen()).url}mux`;
});
afterAll(async () => {
  await gateway.close();
  await files.close();
});

const get = (name: string, ...args: readonly string[]) =>
  runWiremux(['call', mux, 'get', '--arg', `name=${name}`, ...args]);
const ok = (stdout: string) => ({ status: 0, signal: null, stdout, stderr: '' });

describe('wiremux call', () => {
  it('is answered by the gateway unless it is told of redirects', async () => {
    expect(await get('rows')).toEqual(ok('"answered here"\n'));
    expect(await get('rows', '--redirect-target', 'elsewhere')).toEqual(ok('"answered here"\n'));
  });

  it('prints the location of a target it lists', async () => {
    const { stdout, ...rest } = await get('rows', '--redirect-target', 'elsewhere', '--redirect-target', 'files');
    expect(rest).toEqual({ status: 0, signal: null, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({
      redirect: {
        url: `${files.url}rows`,
        mediaType: 'application/cbor-seq',
        size: ROWS.length,
        fullHashes: [['sha256', { $bytes: Buffer.from(sha256(ROWS)).toString('base64') }]],
      },
    });
  });

  it.each([[['--follow-redirects']], [['--follow-redirects', '--redirect-target', 'files', '--dialect', '0006']]])(
    'follows with %j, and prints the values from there',
    async (args) => {
      expect(await get('rows', ...args)).toEqual(ok('{"row":1}\n{"row":2}\n'));
    },
  );

  it('prints nothing of what is not as it should be', async () => {
    const { status, stdout, stderr } = await get('rows', '--follow-redirects', '--arg', `digest="${'00'.repeat(32)}"`);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^wiremux: redirect-failed: .*its sha256 is not the one its location says\.\n$/);
  });

  it('writes bytes of any length to a file', async () => {
    const file = join(folder.path, 'big');
    expect(await get('big', '--follow-redirects', '--output', file)).toMatchObject({ status: 0, stdout: '' });
    expect(readFileSync(file).equals(BIG)).toBe(true);
    expect(await get('big', '--follow-redirects')).toMatchObject({ status: 1, stdout: '' });
  });

  it('says so where the bytes that were to be written are elsewhere, and not to be fetched', async () => {
    const { status, stderr } = await get('big', '--redirect-target', 'files', '--output', join(folder.path, 'none'));
    expect(status).toBe(1);
    expect(stderr).toMatch(/^wiremux: redirected: The answer of "get" is to be had elsewhere, from 127\.0\.0\.1:\d+/);
  });
});

describe('wiremux serve', () => {
  it('takes targets as flags', async () => {
    const { mux: address } = await startGateway([
      '--redirects',
      'a=https://a.example/x',
      '--redirects',
      'b=http://b.example',
    ]);
    const { stdout } = await runWiremux(['call', address, 'capabilities']);
    expect(JSON.parse(stdout)).toMatchObject({
      redirects: [
        { name: 'a', origin: 'https://a.example' },
        { name: 'b', origin: 'http://b.example' },
      ],
    });
  });

  it('refuses a target that is none, without repeating what may be secret', async () => {
    const { status, stderr } = await runWiremux([
      'serve',
      '--port',
      '0',
      '--redirects',
      'a=https://me:word@a.example/',
    ]);
    expect(status).toBe(2);
    expect(stderr).toMatch(
      /^wiremux: bad-option: --redirects must be a list of different names and http\(s\) addresses/,
    );
    expect(stderr).not.toContain('word@');
  });
});
