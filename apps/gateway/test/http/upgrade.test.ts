import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startGateway } from '../support/gateway.js';
import { rawRequest, upgradeHeaders } from '../support/http.js';
import { connectMux } from '../support/mux-client.js';

describe('SPEC 2.5 the WebSocket handshake', () => {
  it('chooses the newest dialect offered', async () => {
    const { port } = await startGateway();
    const socket = new WebSocket(`ws://127.0.0.1:${port}/mux?x=1`, ['exp-framing-0006', 'wiremux.1']);
    await once(socket, 'open');
    expect(socket.protocol).toBe('wiremux.1');
  });

  it('SPEC 7.3 does without compression, also for a client that offers it', async () => {
    const { port } = await startGateway();
    const socket = new WebSocket(`ws://127.0.0.1:${port}/mux`, ['wiremux.1'], { perMessageDeflate: true });
    await once(socket, 'open');
    expect(socket.extensions).toBe('');
  });

  it.each([undefined, 'unknown'])('answers 400 with the list of dialects when %s is offered', async (offer) => {
    const { port } = await startGateway();
    const { 'Sec-WebSocket-Protocol': _, ...headers } = upgradeHeaders();
    const answer = await rawRequest(port, 'GET /mux', {
      ...headers,
      ...(offer === undefined ? {} : { 'Sec-WebSocket-Protocol': offer }),
    });
    expect(answer).toMatchObject({ status: 400, headers: { connection: 'close' } });
    expect(answer.body).toContain('  wiremux.1\n  exp-framing-0006\n');
  });

  it('does not list or speak a dialect that is turned off', async () => {
    const { port } = await startGateway({ dialects: ['exp-framing-0006'] });
    const { status, body } = await rawRequest(port, 'GET /mux', upgradeHeaders());
    expect(status).toBe(400);
    expect(body).not.toContain('wiremux.1');
  });

  it.each(['/', '/mux/', '/other', '/MUX'])('answers 404 on %s', async (path) => {
    const { port } = await startGateway();
    expect(await rawRequest(port, `GET ${path}`, upgradeHeaders())).toMatchObject({ status: 404 });
  });

  it('answers 403 to a foreign page and says how to let it in', async () => {
    const { port } = await startGateway();
    const answer = await rawRequest(port, 'GET /mux', upgradeHeaders({ Origin: 'https://evil.example' }));
    expect(answer.status).toBe(403);
    expect(answer.body).toContain('--allow-origin https://evil.example');
  });

  it('answers 403 to a rebound name', async () => {
    const { port } = await startGateway();
    const headers = upgradeHeaders({ Origin: 'http://evil.example', Host: 'evil.example' });
    expect(await rawRequest(port, 'GET /mux', headers)).toMatchObject({ status: 403 });
  });

  it('lets in the pages it was told to', async () => {
    const { port } = await startGateway({ allowOrigin: ['https://app.example'] });
    const socket = new WebSocket(`ws://127.0.0.1:${port}/mux`, ['wiremux.1'], { origin: 'https://app.example' });
    await once(socket, 'open');
    expect(socket.protocol).toBe('wiremux.1');
  });

  it('answers 503 past maxConnections, and takes another once one has gone', async () => {
    const { port } = await startGateway({ maxConnections: 2 });
    const first = await connectMux(port);
    await connectMux(port);
    const refused = await rawRequest(port, 'GET /mux', upgradeHeaders());
    expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
    expect(refused.body).toContain('--max-connections');
    first.close();
    await first.closed;
    const third = await connectMux(port);
    expect(await third.call('echo', { n: 1 }).done).toEqual([{ n: 1 }]);
  });

  it.each([
    ['another version', { 'Sec-WebSocket-Version': '7' }],
    ['a broken key', { 'Sec-WebSocket-Key': 'short' }],
    ['another protocol', { Upgrade: 'h2c' }],
  ])('answers 400 to %s', async (_, headers) => {
    const { port } = await startGateway();
    expect(await rawRequest(port, 'GET /mux', upgradeHeaders(headers))).toMatchObject({ status: 400 });
  });

  it('outlives a client that resets while it is being refused', async () => {
    const { port } = await startGateway();
    const lines = Object.entries(upgradeHeaders()).map(([name, value]) => `${name}: ${value}\r\n`);
    for (let at = 0; at < 20; at += 1) {
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      socket.write(`GET /other HTTP/1.1\r\nHost: x\r\n${lines.join('')}\r\n`);
      socket.resetAndDestroy();
    }
    expect(await rawRequest(port, 'GET /livez')).toMatchObject({ status: 200 });
  });
});

describe('SPEC 7.1 what a connection may send', () => {
  it('closes with 1003 on a text message', async () => {
    const { port } = await startGateway();
    const { socket, closed } = await connectMux(port);
    socket.send('hello');
    expect(await closed).toMatchObject({ code: 1003 });
  });

  it('closes with 1009 past 1 MiB + 64 KiB in one message', async () => {
    const { port } = await startGateway();
    const { socket, closed } = await connectMux(port);
    socket.send(new Uint8Array(1024 * 1024 + 64 * 1024 + 1));
    expect(await closed).toMatchObject({ code: 1009 });
  });

  it('closes with 1002 on garbage, and other connections go on', async () => {
    const { port } = await startGateway();
    const [bad, good] = await Promise.all([connectMux(port), connectMux(port)]);
    const rows = good.call('rows', { count: 20_000 });
    bad.socket.send(new Uint8Array(100).fill(0xee));
    expect(await bad.closed).toMatchObject({ code: 1002 });
    expect(await rows.done).toHaveLength(20_000);
  });

  it('closes with 4408 a client of wiremux.1 that never says its settings', async () => {
    const { port } = await startGateway({ settingsTimeout: 100 });
    const socket = new WebSocket(`ws://127.0.0.1:${port}/mux`, ['wiremux.1']);
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(4408);
  });
});
