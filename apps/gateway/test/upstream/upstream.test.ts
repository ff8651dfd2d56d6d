import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DIALECTS, type DialectName, WiremuxError } from '@wiremux/framing';
import { byteStream, command, defineCommands, implement } from '@wiremux/server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { nodeClock } from '../../src/clock.js';
import { resolveSettings } from '../../src/config/resolve.js';
import type { GatewayOptions } from '../../src/config/settings.js';
import { startGateway } from '../support/gateway.js';
import { rawRequest } from '../support/http.js';
import { connectMux } from '../support/mux-client.js';
import { openSilent } from '../support/silent.js';

const text = (bytes: unknown): string => Buffer.from(bytes as Uint8Array).toString();
const bytesOf = (said: string): Uint8Array => new TextEncoder().encode(said);

/** What runs behind the gateway, and a promise of how its endless command was stopped. */
function backCommands() {
  let stop: (reason: unknown) => void = () => {};
  const stopped = new Promise<unknown>((resolve) => {
    stop = resolve;
  });
  let sent = 0;
  const contract = defineCommands({
    'back.hello': command({ about: 'Says hello.' }),
    'back.extras': command(),
    'back.sum': command({ takesData: true }),
    'back.echo': command({ args: z.object({ n: z.number() }) }),
    'back.fails': command(),
    'back.refuses': command(),
    'back.endless': command(),
    'back.flood': command(),
    'back.bytes': command(),
    'back.cut': command(),
    'back.many': command(),
    'other.one': command(),
  });
  const commands = implement(contract, {
    'back.hello': async function* (_, { print, command: name }) {
      print('from %s', name);
      yield bytesOf('hello');
      yield bytesOf('again');
    },
    'back.extras': (_, { timeLeft, trace }) => ({ timeLeft: timeLeft(), trace }),
    'back.sum': async (_, { data, progress }) => {
      let bytes = 0;
      for await (const piece of data) bytes += piece.length;
      progress({ topic: 'bytes', pos: bytes, total: bytes });
      return bytesOf(String(bytes));
    },
    'back.echo': ({ n }) => n,
    'back.fails': async function* () {
      yield bytesOf('one');
      throw new WiremuxError('own-code', 'It broke.', { data: { why: 'because' }, retry: 5 });
    },
    'back.refuses': () => {
      throw new WiremuxError('not-allowed', 'Not for you.');
    },
    'back.endless': async function* (_, { signal }) {
      signal.addEventListener('abort', () => stop(signal.reason));
      yield bytesOf('begun');
      await once(signal, 'abort');
    },
    'back.flood': async function* () {
      for (; sent < 10_000; sent++) yield new Uint8Array(32_768);
    },
    'back.bytes': async function* () {
      yield new Uint8Array(40_000).fill(1);
      yield byteStream(Array.from({ length: 100 }, () => new Uint8Array(30_000).fill(2)));
    },
    'back.many': async function* () {
      for (let left = 100; left > 0; left--) yield new Uint8Array(40_000);
    },
    'back.cut': () =>
      byteStream(
        (async function* () {
          yield new Uint8Array(200_000);
          throw new WiremuxError('own-code', 'It broke inside.');
        })(),
      ),
    'other.one': () => bytesOf('other'),
  });
  return { commands, stopped, sent: () => sent };
}

async function twoGateways(dialect: DialectName = 'wiremux.1', options: GatewayOptions = {}) {
  const made = backCommands();
  const back = await startGateway({ commands: made.commands });
  const front = await startGateway({
    upstreams: [{ prefix: 'back.', commands: ['other.one'], url: `http://127.0.0.1:${back.port}/mux`, dialect }],
    ...options,
  });
  const client = await connectMux(front.port);
  onTestFinished(() => client.close());
  return { ...made, back, front, client };
}

/** A server of another make. */
async function listen(
  handler: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Server & { url: string }> {
  const server = createServer(handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return Object.assign(server, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mux` });
}

describe.each(DIALECTS.map(({ name }) => name))('an upstream that speaks %s', (dialect) => {
  it('runs the commands with its prefix, and those named', async () => {
    const { client } = await twoGateways(dialect);
    const hello = client.call('back.hello');
    expect((await hello.done).map(text)).toEqual(['hello', 'again']);
    expect(hello.output).toEqual(['from back.hello']);
    expect((await client.call('other.one').done).map(text)).toEqual(['other']);
  });

  it('gets the data of a request, however much', async () => {
    const { client } = await twoGateways(dialect);
    const pieces = Array.from({ length: 40 }, () => new Uint8Array(100_000));
    const sum = client.call('back.sum', {}, pieces);
    expect((await sum.done).map(text)).toEqual(['4000000']);
    const told = dialect === 'exp-framing-0002' ? [] : [{ topic: 'bytes', pos: 4_000_000, total: 4_000_000 }];
    expect(sum.progress).toMatchObject(told);
    expect((await client.call('back.sum', {}, []).done).map(text)).toEqual(['0']);
  });

  it('has its errors passed on', async () => {
    const { client } = await twoGateways(dialect);
    const fails = client.call('back.fails');
    const hasCodes = dialect === 'wiremux.1';
    await expect(fails.done).rejects.toMatchObject(
      hasCodes
        ? { code: 'own-code', message: 'It broke.', data: { why: 'because' }, retry: 5 }
        : { code: 'remote-error', message: 'It broke.' },
    );
    expect(fails.values.map(text)).toEqual(['one']);
    await expect(client.call('back.refuses').done).rejects.toMatchObject({
      code: hasCodes ? 'not-allowed' : 'remote-error',
    });
    await expect(client.call('back.none').done).rejects.toMatchObject({
      message: expect.stringContaining('no command'),
    });
  });

  it('is told when the caller cancels', async () => {
    const { client, stopped } = await twoGateways(dialect);
    const endless = client.call('back.endless');
    await endless.count(1);
    endless.cancel();
    expect(await stopped).toMatchObject({ code: 'connection-lost' });
    await endless.done;
  });
});

describe('an upstream', () => {
  it('gets arguments as they came', async () => {
    const { client } = await twoGateways();
    expect(await client.call('back.echo', { n: 7 }).done).toEqual([7]);
    await expect(client.call('back.echo', { n: 'x' }).done).rejects.toMatchObject({ code: 'bad-arguments' });
  });

  it('SPEC 8.11.8, 8.11.9 is told what time is left, and the trace', async () => {
    const { client } = await twoGateways();
    const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const deadlineAt = nodeClock.now() + 60_000;
    const answer = await client.call('back.extras', {}, undefined, { deadlineAt, trace }).done;
    expect(answer).toEqual([{ timeLeft: expect.any(Number), trace }]);
    const [{ timeLeft }] = answer as [{ timeLeft: number }];
    expect(timeLeft).toBeGreaterThan(0);
    expect(timeLeft).toBeLessThanOrEqual(60_001);
    expect(await client.call('back.extras').done).toEqual([{}]);
  });

  it('SPEC 8.11.7 is left when the time is over', async () => {
    const { client, stopped } = await twoGateways();
    const endless = client.call('back.endless', {}, undefined, { deadlineAt: nodeClock.now() + 50 });
    await expect(endless.done).rejects.toMatchObject({ code: 'deadline' });
    expect(['deadline', 'connection-lost']).toContain(((await stopped) as WiremuxError).code);
  });

  it('has long byte strings passed on as they come', async () => {
    const { client } = await twoGateways();
    const [whole, large] = (await client.call('back.bytes').done) as [Uint8Array, Uint8Array];
    expect(Buffer.from(whole).equals(Buffer.alloc(40_000, 1))).toBe(true);
    expect(Buffer.from(large).equals(Buffer.alloc(3_000_000, 2))).toBe(true);
    const cut = client.call('back.cut');
    await expect(cut.done).rejects.toMatchObject({ code: 'own-code' });
    expect(cut.values.length).toBe(0);
  });

  it('goes on as its values are taken', async () => {
    const { client } = await twoGateways();
    expect(await client.call('back.many').done).toHaveLength(100);
  });

  it('is slowed down by a caller that does not read', async () => {
    const { back, front, sent } = await twoGateways();
    const silent = await openSilent(front.port, 'back.flood');
    const watcher = await connectMux(back.port);
    const rows = watcher.call('gateway.connections', { every: 100 });
    let before = -1;
    for (let seen = 2; sent() === 0 || sent() !== before; seen += 3) {
      before = sent();
      await rows.count(seen);
    }
    expect(sent() * 32_768).toBeLessThan(32 * 1024 * 1024);
    silent.terminate();
    watcher.close();
  });

  it('that is not there fails its requests with `upstream-lost`', async () => {
    const front = await startGateway({ upstreams: ['gone.=http://127.0.0.1:1/mux'] });
    const client = await connectMux(front.port);
    await expect(client.call('gone.x').done).rejects.toMatchObject({ code: 'upstream-lost' });
    expect(await client.call('echo', { n: 1 }).done).toEqual([{ n: 1 }]);
    client.close();
  });

  it('that breaks off fails the request with `upstream-lost`, behind its values', async () => {
    const { client, back } = await twoGateways();
    const endless = client.call('back.endless');
    await endless.count(1);
    const closing = back.close();
    await expect(endless.done).rejects.toMatchObject({ code: 'upstream-lost' });
    expect(endless.values.map(text)).toEqual(['begun']);
    await closing;
  });

  it.each([
    ['refuses', (_: IncomingMessage, response: ServerResponse) => response.writeHead(503).end('busy')],
    ['is no framed server', (_: IncomingMessage, response: ServerResponse) => response.end('<html>')],
    [
      'answers nonsense',
      (request: IncomingMessage, response: ServerResponse) => {
        response
          .setHeader('Content-Type', request.headers['content-type'] ?? '')
          .end('this is no frame at all, but text');
      },
    ],
    [
      'answers nothing',
      (request: IncomingMessage, response: ServerResponse) => {
        response.setHeader('Content-Type', request.headers['content-type'] ?? '').end();
      },
    ],
  ])('that %s fails its requests with `upstream-lost`', async (_, handler) => {
    const { url } = await listen(handler);
    const front = await startGateway({ upstreams: [{ prefix: '', url }] });
    const client = await connectMux(front.port);
    await expect(client.call('x').done).rejects.toMatchObject({ code: 'upstream-lost' });
    await expect(client.call('x', {}, [new Uint8Array(3_000_000)]).done).rejects.toMatchObject({
      code: 'upstream-lost',
    });
    client.close();
  });

  it('gets its own token, and none of the caller’s', async () => {
    const bodies: string[] = [];
    const { url } = await listen((request, response) => {
      let body = '';
      request.setEncoding('latin1').on('data', (chunk: string) => {
        body += chunk;
      });
      request.on('end', () => {
        bodies.push(body + JSON.stringify(request.headers));
        response.writeHead(503).end();
      });
    });
    const front = await startGateway({
      upstreams: [
        { prefix: 'a.', url, token: 'for-the-upstream' },
        { prefix: 'b.', url },
      ],
    });
    const client = await connectMux(front.port, 'wiremux.1', 'of-the-caller');
    await client.call('a.x').done.catch(() => {});
    await client.call('b.x').done.catch(() => {});
    expect(bodies.map((body) => body.includes('for-the-upstream'))).toEqual([true, false]);
    expect(bodies.join('')).not.toContain('of-the-caller');
    client.close();
  });

  it('is in `capabilities` with what it lists, else with its prefix', async () => {
    const { back, client } = await twoGateways();
    const [listed] = (await client.call('capabilities').done) as [{ commands: { name: string; about: string }[] }];
    const named = new Map(listed.commands.map(({ name, about }) => [name, about]));
    expect(named.get('back.hello')).toBe('Says hello.');
    expect([...named.keys()].filter((name) => name.startsWith('back.') || name.startsWith('other.'))).toHaveLength(12);
    expect([...named.keys()].filter((name) => name === 'echo')).toHaveLength(1);
    await back.close();
    const front = await startGateway({ upstreams: [`gone.=http://127.0.0.1:${back.port}/mux`] });
    const lonely = await connectMux(front.port);
    const [unlisted] = (await lonely.call('capabilities').done) as [{ commands: { name: string }[] }];
    expect(unlisted.commands.map(({ name }) => name)).toContain('gone.*');
    lonely.close();
  });

  it('goes behind the commands of the gateway, and before a shorter prefix', async () => {
    const made = backCommands();
    const back = await startGateway({ commands: made.commands });
    const url = `http://127.0.0.1:${back.port}/mux`;
    const own = implement(defineCommands({ 'back.hello': command() }), { 'back.hello': () => 'mine' });
    const front = await startGateway({
      commands: own,
      upstreams: ['b=http://127.0.0.1:1/mux', { prefix: 'back.', url }],
    });
    const client = await connectMux(front.port);
    expect(await client.call('back.hello').done).toEqual(['mine']);
    expect(await client.call('back.echo', { n: 1 }).done).toEqual([1]);
    client.close();
  });

  it('is one label in the metrics, whatever its commands are called', async () => {
    const { client, front } = await twoGateways();
    await client.call('back.hello').done;
    await client.call('back.made-up').done.catch(() => {});
    await client.call('other.one').done;
    const { body } = await rawRequest(front.port, 'GET /metrics');
    expect(body).toContain('wiremux_requests_total{command="back.*",outcome="ended"} 1');
    expect(body).toContain('wiremux_requests_total{command="other.one",outcome="ended"} 1');
    expect(body).not.toContain('made-up');
  });
});

describe('the option `upstreams`', () => {
  it.each([
    ['no address', ['back.']],
    ['another scheme', ['back.=ftp://127.0.0.1/mux']],
    ['a password in the address', ['back.=http://me:secret@127.0.0.1/mux']],
    ['neither a prefix nor commands', [{ url: 'http://127.0.0.1/mux' }]],
    ['a key it does not know', [{ prefix: 'a', url: 'http://127.0.0.1/mux', strip: true } as never]],
    [
      'a token that its dialect cannot carry',
      [{ prefix: 'a', url: 'http://x/mux', dialect: 'exp-framing-0006' as const, token: 'secret' }],
    ],
  ])('is refused with %s, and its secrets stay untold', (_, upstreams) => {
    const start = () => startGateway({ upstreams });
    return expect(start()).rejects.toThrow(
      expect.objectContaining({ code: 'bad-option', message: expect.not.stringContaining('secret') }),
    );
  });

  it('is short in flags and in the environment', () => {
    const upstream = { prefix: 'a.', url: 'http://127.0.0.1:9000/mux?x=1', dialect: 'wiremux.1' };
    const flags = { upstreams: ['a.=http://127.0.0.1:9000/mux?x=1', '=https://b.example/mux'] };
    const sources = { flags, env: {}, object: {}, objectName: 'the config file' };
    expect(resolveSettings(sources).upstreams).toEqual([
      upstream,
      { ...upstream, prefix: '', url: 'https://b.example/mux' },
    ]);
    const env = { WIREMUX_UPSTREAMS: 'a.=http://127.0.0.1:9000/mux?x=1' };
    expect(resolveSettings({ ...sources, flags: {}, env }).upstreams).toEqual([upstream]);
  });

  it('may not name a command twice', async () => {
    const url = 'http://127.0.0.1:1/mux';
    const upstreams = [
      { commands: ['a'], url },
      { commands: ['a'], url },
    ];
    await expect(startGateway({ upstreams })).rejects.toMatchObject({ code: 'bad-commands' });
  });
});
