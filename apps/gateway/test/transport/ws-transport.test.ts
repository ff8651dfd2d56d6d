import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { MuxSocket, WsTransport } from '../../src/transport/ws-transport.js';

/** What a transport told its handlers. */
interface Told {
  readonly bytes: Uint8Array[];
  readonly drains: number[];
  readonly closed: Promise<{ code: number; reason: string }>;
}

interface Ends {
  readonly transport: WsTransport;
  readonly told: Told;
  /** The socket below the transport. */
  readonly socket: WebSocket;
  /** The other end, without an adapter. */
  readonly raw: WebSocket;
}

async function connect(): Promise<Ends> {
  const sockets = new WebSocketServer({ noServer: true, WebSocket: MuxSocket });
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const accepted = new Promise<{ socket: MuxSocket; stream: Duplex }>((resolve) => {
    server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
      sockets.handleUpgrade(request, stream, head, (socket) => resolve({ socket, stream }));
    });
  });
  await once(server, 'listening');
  const raw = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  onTestFinished(() => raw.terminate());
  await once(raw, 'open');
  const { socket, stream } = await accepted;
  const transport = new WsTransport(socket, stream);
  return { transport, told: listen(transport), socket, raw };
}

function listen(transport: WsTransport): Told {
  const bytes: Uint8Array[] = [];
  const drains: number[] = [];
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    transport.start({
      bytes: (chunk) => bytes.push(chunk),
      drain: () => drains.push(transport.bufferedBytes),
      closed: (code, reason) => resolve({ code, reason }),
    });
  });
  return { bytes, drains, closed };
}

describe('SPEC 7.1 the transport over a ws socket', () => {
  it('sends the chunks of one call as one binary message, small ones and large ones', async () => {
    const { transport, raw } = await connect();
    const chunks = [
      Uint8Array.of(1, 2),
      new Uint8Array(40_000).fill(3),
      new Uint8Array(20_000).fill(4),
      Uint8Array.of(5),
    ];
    const messages: { data: Buffer; isBinary: boolean }[] = [];
    raw.on('message', (data: Buffer, isBinary) => messages.push({ data, isBinary }));
    transport.send(chunks);
    transport.send([Uint8Array.of(9)]);
    transport.close(1000, '');
    await once(raw, 'close');
    expect(messages).toEqual([
      { data: Buffer.concat(chunks), isBinary: true },
      { data: Buffer.of(9), isBinary: true },
    ]);
  });

  it('delivers binary messages as plain Uint8Arrays', async () => {
    const { told, raw } = await connect();
    raw.send(Uint8Array.of(1, 2, 3));
    raw.close();
    await told.closed;
    expect(told.bytes).toEqual([Uint8Array.of(1, 2, 3)]);
    expect(Buffer.isBuffer(told.bytes[0])).toBe(false);
  });

  it('closes with 1003 on a text message and delivers nothing after it', async () => {
    const { told, raw } = await connect();
    raw.send('text');
    raw.send(Uint8Array.of(1));
    expect(await told.closed).toMatchObject({ code: 1003 });
    expect(told.bytes).toEqual([]);
  });

  it('closes in order: what was sent arrives before the close', async () => {
    const { transport, raw } = await connect();
    const messages: Buffer[] = [];
    raw.on('message', (data: Buffer) => messages.push(data));
    transport.send([new Uint8Array(100_000)]);
    transport.close(1012, 'x'.repeat(200));
    const [code, reason] = (await once(raw, 'close')) as [number, Buffer];
    expect({ code, reason: reason.toString() }).toEqual({ code: 1012, reason: 'x'.repeat(123) });
    expect(messages.map(({ length }) => length)).toEqual([100_000]);
  });

  it('completes the closing handshake although it was paused', async () => {
    const { transport, told, raw } = await connect();
    transport.pause();
    transport.close(1000, 'done');
    expect(await told.closed).toEqual({ code: 1000, reason: 'done' });
    raw.terminate();
  });

  it('stops reading while paused, and reads on afterwards', async () => {
    const { transport, told, socket, raw } = await connect();
    transport.pause();
    expect(socket.isPaused).toBe(true);
    raw.send(Uint8Array.of(7));
    transport.resume();
    expect(socket.isPaused).toBe(false);
    raw.close();
    await told.closed;
    expect(told.bytes).toEqual([Uint8Array.of(7)]);
  });

  it('tells when what it buffered has gone to the network', async () => {
    const { transport, told, raw } = await connect();
    raw.pause();
    for (let sent = 0; sent < 200; sent += 1) transport.send([new Uint8Array(65_536)]);
    expect(transport.bufferedBytes).toBeGreaterThan(1_000_000);
    expect(told.drains).toEqual([]);
    raw.resume();
    await expect.poll(() => told.drains.length).toBeGreaterThan(0);
    expect(told.drains[0]).toBeLessThanOrEqual(65_536);
  });

  it('sends nothing after it was closed or dropped', async () => {
    const { transport, told } = await connect();
    transport.terminate();
    transport.send([Uint8Array.of(1)]);
    expect(await told.closed).toEqual({ code: 1006, reason: '' });
    expect(transport.bufferedBytes).toBe(0);
  });
});
