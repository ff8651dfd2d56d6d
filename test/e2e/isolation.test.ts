import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect as connectTcp } from 'node:net';
import type { Commands } from '@wiremux/client';
import { lastValueFrom } from 'rxjs';
import { beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { connectForTest } from '../support/clients.js';
import { type GatewayProcess, startGateway } from '../support/wiremux.js';

let gateway: GatewayProcess;

beforeAll(async () => {
  gateway = await startGateway();
});

/** A WebSocket that speaks wiremux.1 as it likes; resolves once it is open. */
async function openRaw(): Promise<WebSocket> {
  const socket = new WebSocket(gateway.mux, ['wiremux.1'], { perMessageDeflate: false });
  await once(socket, 'open');
  return socket;
}

/** The code a WebSocket is closed with. */
async function closeCodeOf(socket: WebSocket): Promise<number> {
  const [code] = (await once(socket, 'close')) as [number];
  return code;
}

/** The status line's number in the answer to an upgrade with these headers. */
async function upgradeStatus(headers: Readonly<Record<string, string>>): Promise<{ status: number; body: string }> {
  const request = httpRequest(`${gateway.page}mux`, {
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': randomBytes(16).toString('base64'),
      ...headers,
    },
  });
  request.end();
  return new Promise((resolve, reject) => {
    request.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve({ status: response.statusCode ?? 0, body: '' });
    });
    request.on('response', (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        body += part;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    request.on('error', reject);
  });
}

/**
 * Runs `disturb` between two values of another client's stream, and waits for a third: the stream of somebody else does
 * not notice.
 */
async function whileStreaming(disturb: () => Promise<void>): Promise<void> {
  const values = connectForTest<Commands>(gateway.mux).iterate('host.metrics', { every: 50 })[Symbol.asyncIterator]();
  await values.next();
  await disturb();
  const seen = [await values.next(), await values.next()].map((next) => (next.value as { seq: number }).seq);
  expect(seen[1]).toBeGreaterThan(seen[0] ?? Number.NaN);
  await values.return?.();
}

describe('what one client does wrong', () => {
  it.each([
    ['another protocol', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['flags that exclude each other', Buffer.from('000000010001011f', 'hex')],
    ['a header that announces 16 MiB', Buffer.from('ffffff0100010111', 'hex')],
    ['a request before the settings', Buffer.from('0b00000100010111a1446e616d65446563686f', 'hex')],
    ['settings that are no CBOR', Buffer.from('0400000000010182ffffffff', 'hex')],
  ])('SPEC 5.11 %s closes its own connection only', async (_, bytes) => {
    await whileStreaming(async () => {
      const socket = await openRaw();
      const closed = closeCodeOf(socket);
      socket.send(bytes);
      expect(await closed).toBe(1002);
    });
  });

  it('SPEC 7.3 a text message closes with 1003', async () => {
    await whileStreaming(async () => {
      const socket = await openRaw();
      const closed = closeCodeOf(socket);
      socket.send('hello');
      expect(await closed).toBe(1003);
    });
  });

  it('SPEC 7.3 a message over 1 MiB + 64 KiB closes with 1009', async () => {
    await whileStreaming(async () => {
      const socket = await openRaw();
      const closed = closeCodeOf(socket);
      socket.send(Buffer.alloc(1024 * 1024 + 64 * 1024 + 1));
      expect(await closed).toBe(1009);
    });
  });

  it('bytes that are not even HTTP end their own connection only', async () => {
    await whileStreaming(async () => {
      const socket = connectTcp(gateway.port, '127.0.0.1');
      socket.on('error', () => undefined);
      const closed = once(socket, 'close');
      socket.resume().write(Buffer.alloc(4_096, 0x81));
      await closed;
    });
  });

  it('a client that vanishes leaves nothing behind', async () => {
    await whileStreaming(async () => {
      const socket = await openRaw();
      const closed = closeCodeOf(socket);
      socket.terminate();
      expect(await closed).toBe(1006);
    });
  });
});

describe('an upgrade that is refused', () => {
  it('SPEC 2.5 without a dialect, with 400 and the list of those spoken', async () => {
    const offers: readonly Readonly<Record<string, string>>[] = [
      {},
      { 'sec-websocket-protocol': 'graphql-transport-ws' },
    ];
    for (const headers of offers) {
      const { status, body } = await upgradeStatus(headers);
      expect(status).toBe(400);
      expect(body).toContain('wiremux.1');
      expect(body).toContain('exp-framing-0006');
    }
  });

  it('from a foreign origin, with 403', async () => {
    const protocol = { 'sec-websocket-protocol': 'wiremux.1' };
    expect(await upgradeStatus({ ...protocol, origin: 'https://evil.example' })).toMatchObject({ status: 403 });
    expect(await upgradeStatus({ ...protocol, origin: gateway.page.slice(0, -1) })).toMatchObject({ status: 101 });
    expect(await upgradeStatus(protocol)).toMatchObject({ status: 101 });
  });
});

describe('one connection', () => {
  it('runs 1,000 echo commands at once', async () => {
    const mux = connectForTest<Commands>(gateway.mux);
    const calls = Array.from({ length: 1_000 }, (_, at) =>
      lastValueFrom(mux.call('echo', { at, text: `number ${at}` })),
    );
    const answers = await Promise.all(calls);
    expect(answers).toEqual(Array.from({ length: 1_000 }, (_, at) => ({ at, text: `number ${at}` })));
  });
});
