import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dialectByName, type PeerSettings, WiremuxError } from '@wiremux/framing';
import { type Authenticate, command, defineCommands, implement, serveConnection } from '@wiremux/server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { nodeClock } from '../../src/clock.js';
import { HttpExchangeTransport } from '../../src/transport/http-exchange-transport.js';
import { post } from '../support/post.js';

const commands = implement(defineCommands({ who: command(), breaks: command() }), {
  who: (_, { principal }) => principal.name,
  breaks: async function* () {
    yield 'one';
    await new Promise(() => {});
  },
});

interface Rig {
  readonly port: number;
  /** The connection of the latest exchange. */
  connection(): ReturnType<typeof serveConnection>;
}

/** A server of exchanges in `wiremux.1`. */
async function serve(authenticate?: Authenticate, limits = {}): Promise<Rig> {
  const dialect = dialectByName('wiremux.1');
  if (dialect === undefined) throw new Error('no dialect');
  let latest: ReturnType<typeof serveConnection> | undefined;
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const transport = new HttpExchangeTransport(request, response, {
      mediaType: dialect.mediaType,
      headers: { 'X-Own': 'yes' },
      uploadIdle: 30_000,
      answerIdle: 30_000,
    });
    latest = serveConnection({
      transport,
      clock: nodeClock,
      dialect,
      halfDuplex: true,
      commands,
      limits,
      ...(authenticate === undefined ? {} : { authenticate }),
    });
  }).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    connection: () => latest as ReturnType<typeof serveConnection>,
  };
}

const byToken = async ({ token }: PeerSettings): Promise<{ name: string }> => {
  if (token === undefined) throw new WiremuxError('not-authenticated', 'Who are you?');
  if (token === 'banned') throw new WiremuxError('not-allowed', 'Not you.');
  return { name: token };
};

describe('HttpExchangeTransport', () => {
  it('SPEC 8.3.2 lets in whom the settings prove', async () => {
    const { port } = await serve(byToken);
    const { status, headers, got } = await post(port, [{ name: 'who' }], { token: 'ada' });
    expect({ status, got }).toMatchObject({ status: 200, got: [{ values: ['ada'], ended: true }] });
    expect(headers).toMatchObject({ 'x-own': 'yes', 'cache-control': 'no-store' });
  });

  it.each([
    [undefined, 401, 'Who are you?\n'],
    ['banned', 403, 'Not you.\n'],
  ])('SPEC 7.10 refuses the token %s with %i', async (token, status, text) => {
    const { port } = await serve(byToken);
    const answer = await post(port, [{ name: 'who' }], token === undefined ? {} : { token });
    expect(answer).toMatchObject({
      status,
      text,
      headers: { 'x-own': 'yes', 'content-type': 'text/plain; charset=utf-8' },
    });
  });

  it('SPEC 7.10 refuses settings that are too large with 413', async () => {
    const { port } = await serve(undefined, { settingsBytes: 100 });
    const answer = await post(port, [{ name: 'who' }], { token: 'x'.repeat(200) });
    expect(answer).toMatchObject({ status: 413, headers: { connection: 'close' } });
  });

  it('SPEC 7.10 cuts the body off where it fails behind a frame', async () => {
    const { port, connection } = await serve();
    const answer = post(port, [{ name: 'breaks' }]);
    await expect.poll(() => connection()?.counters.bytes.out).toBeGreaterThan(0);
    connection().close(1011, 'broken');
    await expect(answer).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await connection().closed).toEqual({ code: 1011, reason: 'broken' });
  });

  it('ends with 1000 when all is answered', async () => {
    const { port, connection } = await serve();
    await post(port, [{ name: 'who' }]);
    expect(await connection().closed).toEqual({ code: 1000, reason: '' });
  });
});
