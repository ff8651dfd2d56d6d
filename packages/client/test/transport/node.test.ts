import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import type { DialedTransport } from '../../src/transport/dial.js';
import { nodeDial } from '../../src/transport/node.js';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

async function listen(server: Server | TcpServer): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => server.close());
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/mux`;
}

const dialing = (url: string, signal = new AbortController().signal): Promise<DialedTransport> =>
  nodeDial(url, ['wiremux.1'], signal);

/** What a transport has told, with a way to wait for the next thing. */
class Heard {
  readonly chunks: Uint8Array[] = [];
  readonly closed: Promise<[code: number, reason: string]>;
  readonly drained: Promise<void>;
  #onClosed!: (how: [code: number, reason: string]) => void;
  #onDrain!: () => void;
  #wanted = 0;
  #onBytes: (() => void) | undefined;

  constructor(transport: DialedTransport) {
    this.closed = new Promise((resolve) => {
      this.#onClosed = resolve;
    });
    this.drained = new Promise((resolve) => {
      this.#onDrain = resolve;
    });
    transport.start({
      bytes: (chunk) => {
        this.chunks.push(chunk);
        this.#check();
      },
      drain: () => this.#onDrain(),
      closed: (...how) => this.#onClosed(how),
    });
  }

  /** All bytes so far, once there are `count`. */
  async bytes(count: number): Promise<Uint8Array> {
    this.#wanted = count;
    await new Promise<void>((resolve) => {
      this.#onBytes = resolve;
      this.#check();
    });
    return new Uint8Array(Buffer.concat(this.chunks));
  }

  #check(): void {
    if (this.chunks.reduce((sum, { length }) => sum + length, 0) >= this.#wanted) this.#onBytes?.();
  }
}

/** A server that greets, and the two ends of one connection to it. */
async function open(greeting?: Uint8Array): Promise<{ transport: DialedTransport; heard: Heard; server: WebSocket }> {
  const http = createServer();
  const sockets = new WebSocketServer({ server: http, handleProtocols: () => 'wiremux.1', perMessageDeflate: true });
  const accepted = new Promise<WebSocket>((resolve) => {
    sockets.on('connection', (socket) => {
      if (greeting !== undefined) socket.send(greeting);
      resolve(socket);
    });
  });
  const transport = await dialing(await listen(http));
  const server = await accepted;
  cleanups.push(() => server.terminate());
  return { transport, heard: new Heard(transport), server };
}

describe('dialing from Node', () => {
  it('tells which dialect was chosen', async () => {
    expect((await open()).transport.protocol).toBe('wiremux.1');
  });

  it('keeps what arrives with the handshake until it is started', async () => {
    const { heard } = await open(new Uint8Array([1, 2, 3]));
    expect(await heard.bytes(3)).toEqual(new Uint8Array([1, 2, 3]));
  });

  it('says that nobody listens', async () => {
    const server = createServer();
    const url = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    await expect(dialing(url)).rejects.toThrow(/^connect ECONNREFUSED 127\.0\.0\.1:\d+$/);
  });

  it('says what a server answers that is no WebSocket', async () => {
    const server = createServer((_, response) => response.end());
    server.on('upgrade', (_, socket) =>
      socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 23\r\n\r\nknown:\nwiremux.1\u001b[31m!'),
    );
    await expect(dialing(await listen(server))).rejects.toThrow(
      'it answered HTTP 400 Bad Request: known: wiremux.1 [31m!',
    );
  });

  it('shows no more than the start of a long answer', async () => {
    const server = createServer();
    server.on('upgrade', (_, socket) => {
      socket.on('error', () => undefined);
      socket.write(`HTTP/1.1 403 Forbidden\r\n\r\n${'x'.repeat(100_000)}`);
    });
    const error = await dialing(await listen(server)).catch((cause: Error) => cause);
    expect((error as Error).message).toMatch(/^it answered HTTP 403 Forbidden: x{512}$/);
  });

  it('gives up when told to', async () => {
    const silent = createTcpServer((socket) => {
      cleanups.push(() => socket.destroy());
      socket.on('error', () => undefined);
    });
    const abort = new AbortController();
    const attempt = dialing(await listen(silent), abort.signal);
    abort.abort();
    await expect(attempt).rejects.toThrow();
  });
});

describe("SPEC 7.2 Node's socket", () => {
  it('carries small messages joined and large ones in fragments, all the same to the other side', async () => {
    const { transport, server } = await open();
    const received: Buffer[] = [];
    const all = new Promise<void>((resolve) => {
      server.on('message', (data: Buffer) => {
        received.push(data);
        if (received.length === 3) resolve();
      });
    });
    const large = [new Uint8Array(30_000).fill(1), new Uint8Array(30_000).fill(2)];
    transport.send([new Uint8Array([1, 2]), new Uint8Array([3])]);
    transport.send(large);
    transport.send([new Uint8Array([4])]);
    await all;
    expect(received.map((data) => data.length)).toEqual([3, 60_000, 1]);
    expect(Buffer.compare(received[1]!, Buffer.concat(large))).toBe(0);
    expect(large).toEqual([new Uint8Array(30_000).fill(1), new Uint8Array(30_000).fill(2)]);
  });

  it('delivers plain bytes, not Buffers', async () => {
    const { heard, server } = await open();
    server.send(Buffer.from([1, 2, 3]));
    await heard.bytes(3);
    expect(Buffer.isBuffer(heard.chunks[0])).toBe(false);
  });

  it('takes messages in fragments, and answers a ping between them', async () => {
    const { heard, server } = await open();
    const pong = new Promise((resolve) => server.once('pong', resolve));
    server.send(new Uint8Array([1, 2]), { fin: false });
    server.ping();
    server.send(new Uint8Array(100_000).fill(3), { fin: true });
    expect((await heard.bytes(100_002)).subarray(0, 4)).toEqual(new Uint8Array([1, 2, 3, 3]));
    await pong;
  });

  it('delivers much at once in order, also where it stops reading in between', async () => {
    const { transport, heard, server } = await open(new Uint8Array(50_000).fill(1));
    const sent = Array.from({ length: 200 }, (_, at) => new Uint8Array(32_768).fill(at));
    for (const message of sent) server.send(message);
    await heard.bytes(1_000_000);
    transport.pause();
    transport.resume();
    const all = Buffer.concat([new Uint8Array(50_000).fill(1), ...sent]);
    expect(Buffer.compare(await heard.bytes(all.length), all)).toBe(0);
  });

  it('delivers what had come when the other side is gone, though it was paused', async () => {
    const { transport, heard, server } = await open();
    transport.pause();
    server.send(new Uint8Array([1, 2]));
    server.terminate();
    await new Promise((resolve) => server.once('close', resolve));
    transport.resume();
    expect((await heard.closed)[0]).toBe(1006);
    expect(heard.chunks).toEqual([new Uint8Array([1, 2])]);
  });

  it('can stop reading, and go on', async () => {
    const { transport, heard, server } = await open();
    transport.pause();
    server.send(new Uint8Array([1]));
    await new Promise((resolve) => {
      server.once('pong', resolve);
      transport.resume();
      server.ping();
    });
    expect(heard.chunks).toEqual([new Uint8Array([1])]);
  });

  it('SPEC 7.3 does without compression, also where the server could', async () => {
    const { server } = await open();
    expect(server.extensions).toBe('');
  });

  it('SPEC 7.3 closes with 1003 on a text message', async () => {
    const { heard, server } = await open();
    const code = new Promise((resolve) => server.on('close', resolve));
    server.send('text');
    expect(await code).toBe(1003);
    expect((await heard.closed)[0]).toBe(1003);
    expect(heard.chunks).toEqual([]);
  });

  it('SPEC 7.3 closes with 1009 on a message over 1 MiB + 64 KiB', async () => {
    const { heard, server } = await open();
    const code = new Promise((resolve) => server.on('close', resolve));
    server.send(new Uint8Array(1_114_112));
    expect((await heard.bytes(1_114_112)).length).toBe(1_114_112);
    server.send(new Uint8Array(1_114_113));
    expect(await code).toBe(1009);
    await heard.closed;
  });

  it('closes with the code and reason it is given, and tells how it was closed', async () => {
    const { transport, heard, server } = await open();
    const closed = new Promise((resolve) => {
      server.on('close', (code: number, reason: Buffer) => resolve([code, reason.toString()]));
    });
    transport.close(1000, 'é'.repeat(100));
    expect(await closed).toEqual([1000, 'é'.repeat(61)]);
    expect((await heard.closed)[0]).toBe(1000);
  });

  it('tells the code and reason of the other side', async () => {
    const { heard, server } = await open();
    server.close(1012, 'restart');
    expect(await heard.closed).toEqual([1012, 'restart']);
  });

  it('is gone without a close when terminated', async () => {
    const { transport, heard, server } = await open();
    const code = new Promise((resolve) => server.on('close', resolve));
    transport.terminate();
    expect((await heard.closed)[0]).toBe(1006);
    expect(await code).toBe(1006);
  });

  it('tells when it has drained after it was full', async () => {
    const { transport, heard, server } = await open();
    server.pause();
    const message = new Uint8Array(1_000_000);
    while (transport.bufferedBytes < 4_000_000) transport.send([message]);
    server.resume();
    await heard.drained;
    expect(transport.bufferedBytes).toBeLessThanOrEqual(65_536);
  });
});
