import { describe, expect, it } from 'vitest';
import { startGateway } from '../support/gateway.js';
import { rawRequest } from '../support/http.js';
import { connectMux } from '../support/mux-client.js';

describe('HTTP endpoints', () => {
  it.each([
    ['GET /livez', 200, 'live\n'],
    ['GET /readyz', 200, 'ready\n'],
    ['GET /livez?probe=1', 200, 'live\n'],
    ['HEAD /livez', 200, ''],
    ['GET /mux', 426, 'This is where WebSockets connect: ask for an upgrade.\n'],
  ])('%s answers %i', async (line, status, body) => {
    const { port } = await startGateway();
    expect(await rawRequest(port, line)).toMatchObject({ status, body });
  });

  it.each(['GET /nothing', 'GET /livez/', 'POST /nothing', 'GET //livez', 'GET /%6civez', 'GET *'])(
    '%s finds nothing',
    async (line) => {
      const { port } = await startGateway();
      const { status, headers } = await rawRequest(port, line);
      expect(status).toBe(404);
      expect(headers['content-type']).toBe('text/plain; charset=utf-8');
    },
  );

  it.each(['POST /livez', 'PUT /metrics', 'OPTIONS /readyz'])('%s is not allowed', async (line) => {
    const { port } = await startGateway();
    expect(await rawRequest(port, line)).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
  });

  it('DELETE /mux says what is', async () => {
    const { port } = await startGateway();
    const answer = await rawRequest(port, 'DELETE /mux');
    expect(answer).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD, POST, OPTIONS' } });
    expect(answer.body).toContain('POST them');
  });

  it.each([
    ['what is not HTTP', 'GET  / /', {}, 400, 'no HTTP request'],
    ['headers that are too large', 'GET /livez', { 'X-Large': 'x'.repeat(20_000) }, 431, 'too large'],
  ])('answer %s with a sentence', async (_, line, headers, status, told) => {
    const { port } = await startGateway();
    const answer = await rawRequest(port, line, headers);
    expect(answer.status).toBe(status);
    expect(answer.body).toContain(told);
    expect(await rawRequest(port, 'GET /livez')).toMatchObject({ status: 200 });
  });

  it('does not wait for the body of a request it refuses', async () => {
    const { port } = await startGateway();
    const answer = await rawRequest(port, 'POST /mux', { Connection: 'keep-alive', 'Content-Length': '1000000' });
    expect(answer).toMatchObject({ status: 415, headers: { connection: 'close' } });
  });

  it.each(['GET /livez', 'GET /mux', 'GET /metrics'])('does not wait for the body of %s', async (line) => {
    const { port } = await startGateway();
    const answer = await rawRequest(port, line, { Connection: 'keep-alive', 'Content-Length': '1000000' });
    expect(answer.headers['connection']).toContain('close');
  });

  it.each(['POST /mux', 'POST /livez', 'POST /nothing', 'PUT /'])('%s of a foreign page is refused', async (line) => {
    const { port } = await startGateway();
    const { status, body } = await rawRequest(port, line, { Origin: 'https://evil.example' });
    expect(status).toBe(403);
    expect(body).toContain('--allow-origin https://evil.example');
  });

  it('sends headers against sniffing and framing with everything', async () => {
    const { port } = await startGateway();
    for (const line of ['GET /livez', 'GET /nothing', 'GET /metrics', 'POST /mux']) {
      expect((await rawRequest(port, line)).headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
      });
    }
  });

  it('refuses headers over 16 KiB', async () => {
    const { port } = await startGateway();
    expect(await rawRequest(port, 'GET /livez', { 'X-Long': 'x'.repeat(16 * 1024) })).toMatchObject({ status: 431 });
  });

  it('says that the page is off when it is', async () => {
    const { port } = await startGateway({ page: false });
    const { status, body } = await rawRequest(port, 'GET /');
    expect(status).toBe(404);
    expect(body).toContain('--no-page');
  });

  it('/metrics has figures of the process, of connections and of commands', async () => {
    const { port } = await startGateway();
    const client = await connectMux(port);
    await client.call('echo', { n: 1 }).done;
    await client.call('rows', {}).done.catch(() => {});
    await client.call('made-up-name').done.catch(() => {});
    await rawRequest(port, 'GET /other', { Connection: 'Upgrade', Upgrade: 'websocket' });
    const { headers, body } = await rawRequest(port, 'GET /metrics');
    expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
    const lines = body.split('\n');
    expect(lines).toContain('wiremux_connections 1');
    expect(lines).toContain('wiremux_requests_open 0');
    expect(lines).toContain('wiremux_requests_total{command="echo",outcome="ended"} 1');
    expect(lines).toContain('wiremux_requests_total{command="rows",outcome="failed"} 1');
    expect(lines).toContain('wiremux_requests_total{command="",outcome="refused"} 1');
    expect(lines).toContain('wiremux_handshakes_refused_total{reason="path"} 1');
    expect(body).toMatch(/^wiremux_received_bytes_total [1-9]/m);
    expect(body).toMatch(/^wiremux_sent_frames_total [1-9]/m);
    expect(body).toMatch(/^process_resident_memory_bytes [1-9]/m);
    expect(body).not.toContain('made-up-name');
  });
});
