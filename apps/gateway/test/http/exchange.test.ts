import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { DIALECTS } from '@wiremux/framing';
import { command, defineCommands, implement } from '@wiremux/server';
import { describe, expect, it } from 'vitest';
import { codecsOf } from '../../src/encodings.js';
import { startGateway } from '../support/gateway.js';
import { rawRequest } from '../support/http.js';
import { connectMux } from '../support/mux-client.js';
import { exchangePeer, framesOf, post } from '../support/post.js';

const TYPE = 'application/vnd.wiremux.frames';
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Commands that tell when they begin and stop, and wait until they are let go on. */
function slowCommands() {
  const contract = defineCommands({ slow: command(), reads: command({ takesData: true }), never: command() });
  let goOn: () => void = () => {};
  const gate = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  let begun: () => void = () => {};
  const started = new Promise<void>((resolve) => {
    begun = resolve;
  });
  let stop: (reason: unknown) => void = () => {};
  const stopped = new Promise<unknown>((resolve) => {
    stop = resolve;
  });
  const commands = implement(contract, {
    slow: async function* () {
      begun();
      yield bytesOf('first');
      await gate;
      yield bytesOf('last');
    },
    reads: async (_, { data, signal }) => {
      begun();
      signal.addEventListener('abort', () => stop(signal.reason));
      let bytes = 0;
      for await (const piece of data) bytes += piece.length;
      return bytes;
    },
    never: async (_, { signal }) => {
      begun();
      await once(signal, 'abort');
      stop(signal.reason);
    },
  });
  return { commands, goOn, started, stopped };
}

describe.each(DIALECTS.map(({ name, mediaType }) => [name, mediaType] as const))('POST /mux in %s', (dialect, type) => {
  const contract = defineCommands({ name: command(), large: command(), size: command({ takesData: true }) });
  const commands = implement(contract, {
    name: (_, { command: name }) => bytesOf(name),
    large: async function* () {
      for (let left = 20; left > 0; left--) yield new Uint8Array(50_000);
    },
    size: async (_, { data, progress, print }) => {
      let size = 0;
      for await (const piece of data) size += piece.length;
      if (dialect !== 'exp-framing-0002') progress({ topic: 'bytes', pos: size, total: size });
      print('%s bytes', size);
      return bytesOf(String(size));
    },
  });

  it('SPEC 7.5 answers frames with frames', async () => {
    const { port } = await startGateway({ commands });
    const calls = [{ name: 'large' }, { name: 'name' }, { name: 'nothing-of-the-kind' }];
    const answer = await post(port, calls, { dialect });
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'content-type': type, 'cache-control': 'no-store', 'transfer-encoding': 'chunked' },
    });
    expect(answer.got.map(({ ended }) => ended)).toEqual([true, true, false]);
    expect(Buffer.concat(answer.got[0]?.values as Uint8Array[])).toHaveLength(1_000_000);
    expect(Buffer.concat(answer.got[1]?.values as Uint8Array[]).toString()).toBe('name');
    expect(answer.got[2]?.error?.message).toContain('no command');
  });

  it('takes data, in a body with a length or in chunks', async () => {
    const { port } = await startGateway({ commands });
    const calls = [{ name: 'size', data: [new Uint8Array(300_000)] }];
    for (const chunked of [true, false]) {
      const { got } = await post(port, calls, { dialect, chunked });
      expect(got).toMatchObject([{ error: undefined, output: ['300000 bytes'] }]);
      expect(Buffer.concat(got[0]?.values as Uint8Array[]).toString()).toBe('300000');
      expect(got[0]?.progress).toHaveLength(dialect === 'exp-framing-0002' ? 0 : 1);
    }
  });

  it('SPEC 7.5 is refused where the dialect is turned off', async () => {
    const others = DIALECTS.filter(({ name }) => name !== dialect);
    const { port } = await startGateway({ dialects: others.map(({ name }) => name) });
    const { status, headers, text } = await post(port, [{ name: 'echo' }], { dialect });
    expect(status).toBe(415);
    expect(text).not.toContain(type);
    for (const other of others) {
      expect(text).toContain(other.mediaType);
      expect(headers['accept-post']).toContain(other.mediaType);
    }
  });
});

describe('POST /mux', () => {
  it.each([`${TYPE.toUpperCase()}`, `${TYPE}; charset=binary`, ` ${TYPE} ;x=y`])('SPEC 7.5 takes %s', async (type) => {
    const { port } = await startGateway();
    const { got } = await post(port, [{ name: 'echo', args: { n: 1 } }], { type });
    expect(got).toMatchObject([{ values: [{ n: 1 }], ended: true }]);
  });

  it.each([undefined, 'application/json', 'application/mercurial-exp-framing-0009', `x${TYPE}`])(
    'SPEC 7.5 answers %s with 415 and what it knows',
    async (type) => {
      const { port } = await startGateway();
      const given = type === undefined ? {} : { 'Content-Type': type };
      const answer = await rawRequest(port, 'POST /mux', { 'Content-Length': '5', ...given });
      expect(answer).toMatchObject({ status: 415, headers: { connection: 'close' } });
      for (const { mediaType } of DIALECTS) expect(answer.body).toContain(mediaType);
    },
  );

  it('refuses bodies that are encoded, and none at all', async () => {
    const { port } = await startGateway();
    const gzip = await rawRequest(port, 'POST /mux', {
      'Content-Type': TYPE,
      'Content-Encoding': 'gzip',
      'Content-Length': '5',
    });
    expect(gzip).toMatchObject({ status: 415, headers: { 'accept-encoding': 'identity' } });
    for (const length of [{}, { 'Content-Length': '0' }]) {
      const answer = await rawRequest(port, 'POST /mux', { 'Content-Type': TYPE, ...length });
      expect(answer).toMatchObject({ status: 400, body: expect.stringContaining('There is no body') });
    }
  });

  it('SPEC 7.7 answers what is no frames with an error frame', async () => {
    const { port } = await startGateway();
    const answer = await fetch(`http://127.0.0.1:${port}/mux`, {
      method: 'POST',
      headers: { 'Content-Type': TYPE },
      body: 'no frames but text, which has a length of its own',
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe(TYPE);
    expect(await answer.text()).toContain('protocol');
  });

  it('answers many exchanges on one connection', async () => {
    const { port } = await startGateway();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        post(port, [
          { name: 'echo', args: { n } },
          { name: 'echo', args: { n: -n } },
        ]),
      ),
    );
    expect(answers.map(({ got }) => got.map(({ values }) => values[0]))).toEqual(
      answers.map((_, n) => [{ n }, { n: -n }]),
    );
  });

  it.each(['wiremux.1', 'exp-framing-0006'] as const)(
    'encodes answers for who can decode them, in %s',
    async (dialect) => {
      const { port } = await startGateway();
      const calls = [
        { name: 'blob', args: { bytes: 2_000_000 } },
        { name: 'echo', args: { n: 1 } },
      ];
      const { got, encodings } = await post(port, calls, { dialect, codecs: codecsOf(['zlib']) });
      expect(got.map(({ ended }) => ended)).toEqual([true, true]);
      expect(Buffer.concat(got[0]?.values as Uint8Array[])).toHaveLength(2_000_000);
      expect(encodings).toContain('zlib');
    },
  );

  it('streams an answer while its command runs', async () => {
    const { commands, goOn } = slowCommands();
    const { port } = await startGateway({ commands });
    const peer = exchangePeer();
    const { body } = framesOf(peer, [{ name: 'slow' }]);
    const headers = { 'Content-Type': TYPE };
    const request = httpRequest({ port, host: '127.0.0.1', path: '/mux', method: 'POST', headers });
    request.end(body);
    const [response] = (await once(request, 'response')) as [NodeJS.ReadableStream];
    const seen: unknown[] = [];
    for await (const chunk of response) {
      peer.receiveBytes(new Uint8Array(chunk as unknown as Buffer), 0);
      for (const event of peer.takeEvents()) if (event.kind === 'values') seen.push(...event.values);
      if (seen.length === 1) goOn();
    }
    expect(seen.map((value) => Buffer.from(value as Uint8Array).toString())).toEqual(['first', 'last']);
  });

  it('reads no faster than the command does', async () => {
    const { commands, started } = slowCommands();
    const stuck = implement(defineCommands({ stuck: command({ takesData: true }) }), {
      stuck: async (_, { signal }) => {
        await once(signal, 'abort');
      },
    });
    const { port } = await startGateway({ commands: [commands, stuck] });
    void started;
    const { body } = framesOf(exchangePeer(), [{ name: 'stuck', data: [new Uint8Array(64 * 1024 * 1024)] }]);
    const request = httpRequest({
      port,
      host: '127.0.0.1',
      path: '/mux',
      method: 'POST',
      headers: { 'Content-Type': TYPE },
    });
    request.on('error', () => {});
    request.write(body);
    const client = await connectMux(port);
    const watch = client.call('gateway.connections', { every: 100 });
    const received = () =>
      (watch.values.at(-1) as { transport: string; channels: { direction: string; bytes: number }[] }[] | undefined)
        ?.filter(({ transport }) => transport === 'http')
        .flatMap(({ channels }) => channels)
        .filter(({ direction }) => direction === 'in')
        .reduce((sum, { bytes }) => sum + bytes, 0) ?? 0;
    let before = -1;
    for (let seen = 3; received() === 0 || received() !== before; seen++) {
      before = received();
      await watch.count(seen);
    }
    expect(received()).toBeLessThan(4 * 1024 * 1024);
    request.destroy();
    client.close();
  });

  it('SPEC 7.9 stops the command whose client goes away', async () => {
    const { commands, started, stopped } = slowCommands();
    const { port } = await startGateway({ commands });
    const { body } = framesOf(exchangePeer(), [{ name: 'never' }]);
    const headers = { 'Content-Type': TYPE };
    const request = httpRequest({ port, host: '127.0.0.1', path: '/mux', method: 'POST', headers });
    request.on('error', () => {});
    request.end(body);
    await started;
    request.destroy();
    expect(await stopped).toMatchObject({ code: 'connection-lost' });
  });

  it('SPEC 7.10 says with 408 that a body stopped coming, and stops its command', async () => {
    const { commands, stopped } = slowCommands();
    const { port } = await startGateway({ commands, uploadIdle: 200 });
    const peer = exchangePeer();
    const { body } = framesOf(peer, [{ name: 'reads', data: [new Uint8Array(1_000)] }]);
    const socket = connect(port, '127.0.0.1').setEncoding('latin1');
    socket.write(`POST /mux HTTP/1.1\r\nHost: x\r\nContent-Type: ${TYPE}\r\nContent-Length: ${body.length}\r\n\r\n`);
    socket.write(body.subarray(0, body.length - 1));
    let text = '';
    socket.on('data', (chunk: string) => {
      text += chunk;
    });
    await once(socket, 'close');
    expect(text).toMatch(/^HTTP\/1\.1 408 .*Connection: close.*stopped coming/s);
    expect(await stopped).toMatchObject({ code: 'connection-lost' });
  });

  it('drops an exchange whose answer nobody reads', async () => {
    const { port } = await startGateway({ answerIdle: 300 });
    const { body } = framesOf(exchangePeer(), [{ name: 'blob', args: { bytes: 200_000_000 } }]);
    const request = httpRequest({
      port,
      host: '127.0.0.1',
      path: '/mux',
      method: 'POST',
      headers: { 'Content-Type': TYPE },
    });
    request.end(body);
    const [response] = (await once(request, 'response')) as [NodeJS.ReadableStream & NodeJS.EventEmitter];
    const client = await connectMux(port);
    const watch = client.call('gateway.connections', { every: 100 });
    const exchanges = () =>
      (watch.values.at(-1) as { transport: string }[]).filter(({ transport }) => transport === 'http').length;
    for (let seen = 1; ; seen++) {
      await watch.count(seen);
      if (exchanges() === 0) break;
    }
    response.on('error', () => {});
    client.close();
  });

  it('shows in `gateway.connections` and in the metrics', async () => {
    const { commands, started } = slowCommands();
    const { port } = await startGateway({ commands });
    const { body } = framesOf(exchangePeer({ dialect: 'exp-framing-0006' }), [{ name: 'never' }]);
    const headers = { 'Content-Type': 'application/mercurial-exp-framing-0006' };
    const request = httpRequest({ port, host: '127.0.0.1', path: '/mux', method: 'POST', headers });
    request.on('error', () => {});
    request.end(body);
    await started;
    const client = await connectMux(port);
    const [rows] = await client.call('gateway.connections', { every: 1_000 }).count(1);
    expect(rows).toMatchObject([
      { transport: 'http', dialect: 'exp-framing-0006', requests: [{ command: 'never' }] },
      { transport: 'websocket', dialect: 'wiremux.1' },
    ]);
    const { body: metrics } = await rawRequest(port, 'GET /metrics');
    expect(metrics).toMatch(/^wiremux_connections 2$/m);
    expect(metrics).toMatch(/^wiremux_http_exchanges 1$/m);
    request.destroy();
    client.close();
  });

  it('counts as a connection', async () => {
    const { commands, started } = slowCommands();
    const { port } = await startGateway({ commands, maxConnections: 1 });
    const { body } = framesOf(exchangePeer(), [{ name: 'never' }]);
    const headers = { 'Content-Type': TYPE };
    const request = httpRequest({ port, host: '127.0.0.1', path: '/mux', method: 'POST', headers });
    request.on('error', () => {});
    request.end(body);
    await started;
    expect(await post(port, [{ name: 'echo' }])).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
    request.destroy();
  });

  it('has its time to end when the gateway closes', async () => {
    const { commands, goOn, started } = slowCommands();
    const gateway = await startGateway({ commands, grace: 10_000 });
    const answer = post(gateway.port, [{ name: 'slow' }]);
    await started;
    const closed = gateway.close();
    expect(await post(gateway.port, [{ name: 'echo' }])).toMatchObject({ status: 503 });
    goOn();
    expect((await answer).got).toMatchObject([{ ended: true }]);
    await closed;
  });

  it('is cut off when that time is over, with 503 where nothing was sent', async () => {
    const { commands, started, stopped } = slowCommands();
    const gateway = await startGateway({ commands, grace: 50, dialects: ['exp-framing-0006'] });
    const answer = post(gateway.port, [{ name: 'never' }], { dialect: 'exp-framing-0006' });
    await started;
    await gateway.close();
    expect(await answer).toMatchObject({ status: 503, text: 'The gateway is closing.\n' });
    expect(await stopped).toMatchObject({ code: 'connection-lost' });
  });

  it('sends 100 Continue to whoever waits for it, or a refusal in its place', async () => {
    const { port } = await startGateway();
    const expects = (type: string) =>
      httpRequest({
        port,
        host: '127.0.0.1',
        path: '/mux',
        method: 'POST',
        headers: { 'Content-Type': type, Expect: '100-continue' },
      });
    const peer = exchangePeer();
    const { body } = framesOf(peer, [{ name: 'echo', args: {} }]);
    const request = expects(TYPE);
    request.flushHeaders();
    await once(request, 'continue');
    request.end(body);
    const [response] = (await once(request, 'response')) as [{ statusCode: number; resume(): void }];
    expect(response.statusCode).toBe(200);
    response.resume();
    const refused = expects('text/plain');
    refused.on('continue', () => expect.unreachable());
    refused.flushHeaders();
    const [refusal] = (await once(refused, 'response')) as [{ statusCode: number; resume(): void }];
    expect(refusal.statusCode).toBe(415);
    refusal.resume();
    refused.destroy();
  });
});

describe('pages of other origins', () => {
  const origin = 'https://app.example';

  it('may post where they are allowed to', async () => {
    const { port } = await startGateway({ allowOrigin: [origin] });
    const preflight = await rawRequest(port, 'OPTIONS /mux', {
      Origin: origin,
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'content-type',
    });
    expect(preflight).toMatchObject({
      status: 204,
      headers: {
        'access-control-allow-origin': origin,
        'access-control-allow-methods': expect.stringContaining('POST'),
        'access-control-allow-headers': 'Content-Type',
        vary: 'Origin',
      },
    });
    const { headers, got } = await post(port, [{ name: 'echo', args: { n: 1 } }], { headers: { Origin: origin } });
    expect(headers).toMatchObject({ 'access-control-allow-origin': origin, vary: 'Origin' });
    expect(got).toMatchObject([{ values: [{ n: 1 }] }]);
    const refused = await post(port, [{ name: 'echo' }], { headers: { Origin: origin }, type: 'text/plain' });
    expect(refused).toMatchObject({ status: 415, headers: { 'access-control-allow-origin': origin } });
  });

  it('may not where they are not', async () => {
    const { port } = await startGateway();
    for (const line of ['OPTIONS /mux', 'POST /mux']) {
      const { status, headers } = await rawRequest(port, line, { Origin: origin, 'Content-Type': TYPE });
      expect(status).toBe(403);
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  it('SPEC 7.11 OPTIONS tells programs what may be posted', async () => {
    const { port } = await startGateway();
    const { status, headers } = await rawRequest(port, 'OPTIONS /mux');
    expect(status).toBe(204);
    expect(headers).toMatchObject({ allow: 'GET, HEAD, POST, OPTIONS', 'accept-post': expect.stringContaining(TYPE) });
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });
});
