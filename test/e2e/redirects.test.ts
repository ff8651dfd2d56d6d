/** Answers that are to be had elsewhere: a real gateway, a real file server, the public client. */
import { createHash } from 'node:crypto';
import type {
  Commands,
  ConnectOptions,
  FollowOptions,
  Mux,
  RedirectLocation,
  RequestHandle,
  RequestState,
  WiremuxError,
} from '@wiremux/client';
import { EXP_FRAMING_0006 } from '@wiremux/client/dialects';
import { encodeValue } from '@wiremux/framing';
import { createGateway, type Gateway } from '@wiremux/gateway';
import { command, defineCommands, implement, type RedirectTo, redirect } from '@wiremux/server';
import { lastValueFrom, toArray } from 'rxjs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { dropped, FileServer } from '../../packages/client/test/support/file-server.js';
import { connectForTest } from '../support/clients.js';

const CONTENT = Buffer.from('what is there, in some bytes');
const SEQUENCE = Buffer.concat([{ row: 1 }, { row: 2 }, 'end'].map((value) => encodeValue(value)));
const sha256 = (bytes: Uint8Array): readonly [string, Uint8Array] => [
  'sha256',
  createHash('sha256').update(bytes).digest(),
];
const BYTES: Omit<RedirectTo, 'path' | 'url'> = {
  mediaType: 'application/octet-stream',
  size: CONTENT.length,
  fullHashes: [sha256(CONTENT)],
};

const contract = defineCommands({
  get: command({ about: 'Redirects to what the test says, where its caller allows; else answers itself.' }),
  stray: command({ about: 'Redirects outside its target.' }),
  take: command({ about: 'Redirects, with its data unread.', takesData: true }),
});

let files: FileServer;
let gateway: Gateway;
let mux = '';
/** Where `get` redirects to. */
let there: RedirectTo;
const logged: string[] = [];

beforeAll(async () => {
  files = await FileServer.listen();
  const log = (_: object, message: string) => void logged.push(message);
  gateway = createGateway({
    port: 0,
    grace: 0,
    logger: { debug: () => undefined, info: log, warn: log, error: log },
    redirects: { files: files.url },
    commands: implement(contract, {
      get: (_, { redirects }) => (redirects.has('files') ? redirect('files', there) : 'answered here'),
      stray: () => redirect('files', { url: 'https://elsewhere.example/', mediaType: 'text/plain' }),
      take: () => redirect('files', there),
    }),
  });
  mux = `${(await gateway.listen()).url}mux`;
});
afterAll(async () => {
  await gateway.close();
  await files.close();
});
afterEach(() => logged.splice(0));

const WIRES: readonly [name: string, options: ConnectOptions][] = [
  ['wiremux.1 over a WebSocket', { transport: 'websocket' }],
  ['wiremux.1 over HTTP', { transport: 'http' }],
  ['exp-framing-0006 over a WebSocket', { transport: 'websocket', dialects: [EXP_FRAMING_0006] }],
  ['exp-framing-0006 over HTTP', { transport: 'http', dialects: [EXP_FRAMING_0006] }],
];

/** A request of a client that follows to the file server. */
function ask(
  client: Mux<Commands>,
  follow: boolean | FollowOptions = true,
  signal?: AbortSignal,
): RequestHandle<unknown> {
  return client.request('get', {}, { redirect: { targets: ['files'], follow }, signal });
}

const all = (request: RequestHandle<unknown>): Promise<unknown[]> => lastValueFrom(request.values$.pipe(toArray()));
const failed = (why: RegExp): object => ({ code: 'redirect-failed', message: expect.stringMatching(why) as string });

describe.each(WIRES)('SPEC 3.4.10 redirects of %s', (_, options) => {
  const connect = () => connectForTest<Commands>(mux, options);

  it('are not sent to who does not list the target', async () => {
    there = { path: 'unused', ...BYTES };
    expect(await lastValueFrom(connect().call('get'))).toBe('answered here');
    expect(await lastValueFrom(connect().call('get', {}, { redirect: { targets: ['other'] } }))).toBe('answered here');
  });

  it('end the request with their location, where it is not followed', async () => {
    const seed = Buffer.from('salt');
    there = { path: 'a file', ...BYTES, fullHashSeed: seed };
    const request = ask(connect(), false);
    const states: RequestState[] = [];
    request.state$.subscribe((state) => states.push(state));
    const error = await all(request).catch((thrown: unknown) => thrown as WiremuxError);
    const location: RedirectLocation = {
      url: `${files.url}a%20file`,
      mediaType: 'application/octet-stream',
      size: CONTENT.length,
      fullHashes: [['sha256', new Uint8Array(sha256(CONTENT)[1])]],
      fullHashSeed: new Uint8Array(seed),
    };
    expect(error).toMatchObject({ code: 'redirected', data: location });
    expect((error as WiremuxError).message).not.toContain('file:');
    expect(states.at(-1)).toEqual({ state: 'ended', how: 'redirected', location });
  });

  it('are followed: bytes as one value, and as pieces', async () => {
    files.put('bytes', CONTENT);
    there = { path: 'bytes', ...BYTES };
    const client = connect();
    const request = ask(client);
    const states: string[] = [];
    request.state$.subscribe(({ state }) => states.push(state));
    expect(await all(request)).toEqual([new Uint8Array(CONTENT)]);
    expect(states.slice(-2)).toEqual(['following', 'ended']);
    const pieces: Uint8Array[] = [];
    for await (const piece of ask(client).bytes()) pieces.push(piece);
    expect(Buffer.concat(pieces)).toEqual(CONTENT);
  });

  it('are followed: the values of a CBOR sequence', async () => {
    files.put('rows', SEQUENCE);
    there = { path: 'rows', mediaType: 'application/mercurial-cbor', fullHashes: [sha256(SEQUENCE)] };
    const client = connect();
    expect(await all(ask(client))).toEqual([{ row: 1 }, { row: 2 }, 'end']);
    const read: unknown[] = [];
    for await (const value of ask(client)) read.push(value);
    expect(read).toEqual([{ row: 1 }, { row: 2 }, 'end']);
  });

  it('leave the connection as it was, data that is not read included', async () => {
    files.put('bytes', CONTENT);
    there = { path: 'bytes', ...BYTES };
    const client = connect();
    const redirectTo = { targets: ['files'], follow: true };
    const taken = client.call('take', {}, { redirect: redirectTo, data: new Uint8Array(300_000) });
    expect(await lastValueFrom(taken)).toEqual(new Uint8Array(CONTENT));
    expect(await lastValueFrom(client.call('get'))).toBe('answered here');
  });

  it('outside their target fail, and are logged', async () => {
    const call = connect().call('stray', {}, { redirect: { targets: ['files'], follow: true } });
    await expect(lastValueFrom(call)).rejects.toMatchObject({ message: expect.stringContaining('`files`') as string });
    expect(logged).toContain('The command failed.');
  });
});

describe('SPEC 3.4.15 what is followed', () => {
  const client = () => connectForTest<Commands>(mux);

  it('is asked for without anything that tells of the caller', async () => {
    files.put('bytes', CONTENT);
    there = { path: 'bytes', ...BYTES };
    const asked = files.request();
    await all(ask(client()));
    const { method, headers } = await asked;
    expect(method).toBe('GET');
    expect(headers).not.toHaveProperty('cookie');
    expect(headers).not.toHaveProperty('authorization');
    expect(headers).not.toHaveProperty('referer');
  });

  it.each([
    ['is shorter than its size', { size: CONTENT.length + 1 }, /has 28 of the 29 bytes/],
    ['is longer than its size', { size: CONTENT.length - 1 }, /longer than the 27 bytes/],
    ['has another hash', { fullHashes: [sha256(SEQUENCE)] }, /sha256 is not the one/],
    ['has no hash that is known', { fullHashes: [['blake3', CONTENT]] }, /no hash that can be verified/],
    ['is not there', { path: 'missing' }, /127\.0\.0\.1:\d+ answered with HTTP 404 Not Found/],
    ['needs certificates', { serverDerCerts: [CONTENT] }, /certificate/],
  ] as const)('and %s fails, without a value', async (_, wrong, why) => {
    files.put('bytes', CONTENT);
    there = { path: 'bytes', ...BYTES, ...wrong } as RedirectTo;
    const request = ask(client());
    const values: unknown[] = [];
    request.values$.subscribe({ next: (value) => values.push(value), error: () => undefined });
    await expect(lastValueFrom(request.state$)).resolves.toMatchObject({ how: 'failed', error: failed(why) });
    expect(values).toEqual([]);
  });

  it('is not asked for by a redirect of HTTP', async () => {
    files.put('moved', (_, response) => response.writeHead(302, { Location: '/bytes' }).end());
    there = { path: 'moved', ...BYTES };
    await expect(all(ask(client()))).rejects.toMatchObject(failed(/a redirect of its own/));
    expect(files.requests.at(-1)?.url).toBe('/moved');
  });

  it('fails where nobody listens', async () => {
    const gone = await FileServer.listen();
    await gone.close();
    const other = createGateway({
      port: 0,
      grace: 0,
      logLevel: 'silent',
      redirects: { gone: gone.url },
      commands: implement(defineCommands({ get: command() }), { get: () => redirect('gone', { path: 'a', ...BYTES }) }),
    });
    const { url } = await other.listen();
    const call = connectForTest<Commands>(`${url}mux`).call(
      'get',
      {},
      { redirect: { targets: ['gone'], follow: true } },
    );
    await expect(lastValueFrom(call)).rejects.toMatchObject(failed(/cannot be asked: .*ECONNREFUSED/));
    await other.close();
  });

  it('fails when it breaks off', async () => {
    files.put('half', (_, response) => {
      response.writeHead(200, { 'Content-Length': CONTENT.length });
      response.write(CONTENT.subarray(0, 5), () => response.destroy());
    });
    there = { path: 'half', ...BYTES };
    await expect(all(ask(client()))).rejects.toMatchObject(failed(/broke off/));
  });

  it('is given up as soon as it is past its size', async () => {
    files.put('endless', (_, response) => {
      const write = (): void => {
        while (!response.destroyed && response.write(CONTENT));
      };
      response.on('drain', write);
      write();
    });
    there = { path: 'endless', ...BYTES };
    const asked = files.request();
    await expect(all(ask(client()))).rejects.toMatchObject(failed(/longer than the 28 bytes/));
    await dropped(await asked);
  });

  it('fails where it is no CBOR, as it should be', async () => {
    const broken = Buffer.concat([encodeValue('good'), Uint8Array.of(0xff)]);
    files.put('broken', broken);
    there = { path: 'broken', mediaType: 'application/cbor-seq', fullHashes: [sha256(broken)] };
    const values = ask(client())[Symbol.asyncIterator]();
    expect(await values.next()).toEqual({ done: false, value: 'good' });
    await expect(values.next()).rejects.toMatchObject(failed(/no CBOR that can be read, at byte 5/));
  });

  it('is bounded where no size is given', async () => {
    files.put('bytes', CONTENT);
    there = { path: 'bytes', mediaType: 'text/plain', fullHashes: [sha256(CONTENT)] };
    expect(await all(ask(client(), { maxBytes: 28 }))).toHaveLength(1);
    await expect(all(ask(client(), { maxBytes: 27 }))).rejects.toMatchObject(failed(/at most 27 are taken/));
  });

  it('may do without a hash where its caller says so', async () => {
    files.put('bytes', CONTENT);
    there = { path: 'bytes', mediaType: 'text/plain' };
    expect(await all(ask(client(), { requireHash: false }))).toEqual([new Uint8Array(CONTENT)]);
  });

  it('is given as it comes to who verifies it afterwards, and fails at its end', async () => {
    let finish: () => void = () => undefined;
    files.put('slow', (_, response) => {
      response.write(encodeValue('first'));
      finish = () => response.end(encodeValue('last'));
    });
    there = { path: 'slow', mediaType: 'application/cbor-seq', fullHashes: [sha256(CONTENT)] };
    const values = ask(client(), { verify: 'after' })[Symbol.asyncIterator]();
    expect(await values.next()).toEqual({ done: false, value: 'first' });
    finish();
    expect(await values.next()).toEqual({ done: false, value: 'last' });
    await expect(values.next()).rejects.toMatchObject(failed(/sha256 is not the one/));
  });

  it('waits for who reads it slowly, in flat memory', async () => {
    const piece = Buffer.alloc(64 * 1024);
    const pieces = 1_000;
    let sent = 0;
    files.put('big', (_, response) => {
      const write = (): void => {
        while (sent < pieces && !response.destroyed) {
          sent += 1;
          if (!response.write(piece)) return;
        }
        response.end();
      };
      response.on('drain', write);
      write();
    });
    there = { path: 'big', mediaType: 'application/octet-stream', size: pieces * piece.length };
    const read = ask(client(), { verify: 'after', requireHash: false, maxBytes: 2 ** 30 }).bytes();
    let bytes = (await read.next()).value?.length ?? 0;
    // Round trips over another connection: time for what would come by itself.
    for (let trip = 0; trip < 50; trip += 1) await lastValueFrom(client().call('get'));
    expect(sent).toBeLessThan(pieces / 2);
    for await (const next of read) bytes += next.length;
    expect(bytes).toBe(pieces * piece.length);
  });
});

describe('SPEC 3.4.15 following ends', () => {
  /** A file that begins and does not end; resolves with what asked for it. */
  function hang() {
    files.put('hangs', (_, response) => void response.write(CONTENT.subarray(0, 5)));
    there = { path: 'hangs', ...BYTES };
    return files.request();
  }

  it.each([
    ['the caller aborts', 'aborted'],
    ['the deadline passes', 'timeout'],
    ['the client is closed', 'closed'],
    ['its reader leaves', undefined],
  ] as const)('when %s, and what it asked for is dropped', async (_, code) => {
    const asked = hang();
    const client = connectForTest<Commands>(mux);
    const abort = new AbortController();
    const request = client.request(
      'get',
      {},
      {
        redirect: { targets: ['files'], follow: true },
        signal: abort.signal,
        deadline: code === 'timeout' ? 300 : undefined,
      },
    );
    const ended = lastValueFrom(request.state$);
    let error: WiremuxError | undefined;
    const subscription = request.values$.subscribe({ error: (thrown: WiremuxError) => (error = thrown) });
    const heard = await asked;
    if (code === 'aborted') abort.abort();
    if (code === 'closed') client.close();
    if (code === undefined) subscription.unsubscribe();
    expect(await ended).toMatchObject(
      code === 'closed' ? { how: 'failed', error: { code } } : { how: 'cancelled', result: 'finished' },
    );
    expect(error?.code).toBe(code);
    await dropped(heard);
  });

  it('when a loop over it is left', async () => {
    const asked = hang();
    const reading = (async () => {
      for await (const _ of ask(connectForTest<Commands>(mux), { verify: 'after' }).bytes()) break;
    })();
    await reading;
    await dropped(await asked);
  });
});

describe('SPEC 3.4.16 capabilities', () => {
  it('list the targets, and not what is there', async () => {
    const capabilities = await lastValueFrom(connectForTest<Commands>(mux).call('capabilities'));
    expect(capabilities).toMatchObject({ redirects: [{ name: 'files', origin: files.url.replace(/\/$/, '') }] });
  });
});

describe('SPEC 3.4.16 a gateway before another', () => {
  async function before(redirects: Readonly<Record<string, string>>) {
    const front = createGateway({
      port: 0,
      grace: 0,
      logLevel: 'silent',
      redirects,
      upstreams: [{ commands: ['get'], url: mux }],
    });
    const { url } = await front.listen();
    return { front, client: connectForTest<Commands>(`${url}mux`) };
  }

  it('passes its redirects on to who lists them, and answers others', async () => {
    files.put('bytes', CONTENT);
    there = { path: 'bytes', ...BYTES };
    const { front, client } = await before({ files: files.url });
    expect(await all(ask(client))).toEqual([new Uint8Array(CONTENT)]);
    expect(await lastValueFrom(client.call('get'))).toBe('answered here');
    await front.close();
  });

  it('lets it redirect where it may itself, and nowhere else', async () => {
    there = { path: 'bytes', ...BYTES };
    const { front, client } = await before({ files: `${files.url}inner/` });
    await expect(all(ask(client))).rejects.toMatchObject({ code: 'unsupported' });
    await front.close();
    const none = await before({});
    expect(await all(ask(none.client))).toEqual(['answered here']);
    await none.front.close();
  });
});
