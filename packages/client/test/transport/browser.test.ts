import type { TransportHandlers } from '@wiremux/framing';
import { VirtualClock } from '@wiremux/framing/testing';
import { describe, expect, it } from 'vitest';
import { browserDial } from '../../src/transport/browser.js';
import type { DialedTransport } from '../../src/transport/dial.js';

/** The part of a browser's WebSocket that the transport uses, driven by the test. */
class FakeSocket {
  binaryType = 'blob';
  bufferedAmount = 0;
  readonly protocol = 'wiremux.1';
  readonly sent: Uint8Array[] = [];
  readonly closes: [code?: number, reason?: string][] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string | ArrayBuffer }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;

  send(bytes: Uint8Array): void {
    this.sent.push(bytes);
  }

  close(...parameters: [code?: number, reason?: string]): void {
    this.closes.push(parameters);
  }
}

interface Heard {
  readonly chunks: Uint8Array[];
  drains: number;
  readonly closed: [code: number, reason: string][];
}

function listener(heard: Heard): TransportHandlers {
  return {
    bytes: (chunk) => void heard.chunks.push(chunk),
    drain: () => void heard.drains++,
    closed: (...how) => void heard.closed.push(how),
  };
}

async function dial(): Promise<{ clock: VirtualClock; socket: FakeSocket; transport: DialedTransport; heard: Heard }> {
  const clock = new VirtualClock();
  const socket = new FakeSocket();
  const dialing = browserDial(clock, () => socket as unknown as WebSocket)(
    'ws://gateway.test/mux',
    ['wiremux.1'],
    new AbortController().signal,
  );
  socket.onopen?.();
  const transport = await dialing;
  const heard: Heard = { chunks: [], drains: 0, closed: [] };
  transport.start(listener(heard));
  return { clock, socket, transport, heard };
}

describe('dialing from a browser', () => {
  it('passes on the address and the dialects, and tells which was chosen', async () => {
    const asked: [string, string[]][] = [];
    const socket = new FakeSocket();
    const open = (...parameters: [string, string[]]): WebSocket => {
      asked.push(parameters);
      return socket as unknown as WebSocket;
    };
    const dialing = browserDial(new VirtualClock(), open)('ws://a/mux', ['x', 'y'], new AbortController().signal);
    socket.onopen?.();
    expect((await dialing).protocol).toBe('wiremux.1');
    expect(asked).toEqual([['ws://a/mux', ['x', 'y']]]);
    expect(socket.binaryType).toBe('arraybuffer');
  });

  it('rejects when the socket closes before it opens', async () => {
    const socket = new FakeSocket();
    const dial = browserDial(new VirtualClock(), () => socket as unknown as WebSocket);
    const dialing = dial('ws://a/mux', [], new AbortController().signal);
    socket.onclose?.({ code: 1006, reason: '' });
    await expect(dialing).rejects.toThrow('the browser does not say why');
  });

  it('rejects when the browser refuses the address', async () => {
    const dial = browserDial(new VirtualClock(), () => {
      throw new DOMException('An insecure WebSocket may not be opened from a page served over HTTPS.');
    });
    await expect(dial('ws://a/mux', [], new AbortController().signal)).rejects.toThrow('insecure');
  });

  it('closes the socket when it is given up', () => {
    const socket = new FakeSocket();
    const abort = new AbortController();
    void browserDial(new VirtualClock(), () => socket as unknown as WebSocket)('ws://a/mux', [], abort.signal);
    abort.abort();
    expect(socket.closes).toHaveLength(1);
  });
});

describe("SPEC 7.2 a browser's socket", () => {
  it('sends the chunks of a message as one', async () => {
    const { socket, transport } = await dial();
    transport.send([new Uint8Array([1, 2]), new Uint8Array([3])]);
    transport.send([new Uint8Array([4])]);
    expect(socket.sent).toEqual([new Uint8Array([1, 2, 3]), new Uint8Array([4])]);
  });

  it('delivers binary messages', async () => {
    const { socket, heard } = await dial();
    socket.onmessage?.({ data: new Uint8Array([1, 2, 3]).buffer });
    expect(heard.chunks).toEqual([new Uint8Array([1, 2, 3])]);
  });

  it.each([
    ['a text message', 'text'],
    ['a message over 1 MiB + 64 KiB', new ArrayBuffer(1_114_113)],
  ])('SPEC 7.3, 9.2.2 closes with 4402 on %s', async (_, data) => {
    const { socket, heard } = await dial();
    socket.onmessage?.({ data: new ArrayBuffer(1_114_112) });
    expect(socket.closes).toEqual([]);
    socket.onmessage?.({ data });
    expect(socket.closes.map(([code]) => code)).toEqual([4402]);
    expect(heard.chunks).toHaveLength(1);
  });

  it.each([
    [1000, 1000],
    [1002, 4402],
    [1003, 4402],
    [1009, 4402],
    [4408, 4408],
    [4429, 4429],
  ])('SPEC 9.2.2 closes for %d with %d', async (code, sent) => {
    const { socket, transport } = await dial();
    transport.close(code, 'why');
    expect(socket.closes).toEqual([[sent, 'why']]);
  });

  it('cuts a reason that a close frame cannot carry', async () => {
    const { socket, transport } = await dial();
    transport.close(1000, 'é'.repeat(100));
    expect(socket.closes).toEqual([[1000, 'é'.repeat(61)]]);
  });

  it('tells how it was closed, once', async () => {
    const { socket, heard } = await dial();
    const { onclose } = socket;
    onclose?.({ code: 1012, reason: 'restart' });
    onclose?.({ code: 1006, reason: '' });
    expect(heard.closed).toEqual([[1012, 'restart']]);
  });

  it('SPEC 8.9.1 is gone at once when terminated, whatever the network does', async () => {
    const { clock, socket, transport, heard } = await dial();
    transport.terminate();
    expect(heard.closed).toEqual([]);
    await clock.settle();
    expect(socket.closes).toEqual([[4410, '']]);
    expect(heard.closed).toEqual([[1006, '']]);
    expect(socket.onmessage).toBeNull();
  });
});

describe('a full socket', () => {
  it('is asked again and again, and drains when it is nearly empty', async () => {
    const { clock, socket, transport, heard } = await dial();
    socket.bufferedAmount = 300_000;
    transport.send([new Uint8Array(1)]);
    transport.send([new Uint8Array(1)]);
    expect(transport.bufferedBytes).toBe(300_000);
    await clock.advance(100);
    expect(heard.drains).toBe(0);
    socket.bufferedAmount = 65_536;
    await clock.advance(4);
    expect(heard.drains).toBe(1);
    await clock.advance(1_000);
    expect(heard.drains).toBe(1);
  });

  it('is not asked while it holds little', async () => {
    const { clock, socket, transport, heard } = await dial();
    socket.bufferedAmount = 65_536;
    transport.send([new Uint8Array(1)]);
    await clock.advance(1_000);
    expect(heard.drains).toBe(0);
  });

  it('is not asked any more once it is closed', async () => {
    const { clock, socket, transport, heard } = await dial();
    socket.bufferedAmount = 300_000;
    transport.send([new Uint8Array(1)]);
    socket.onclose?.({ code: 1006, reason: '' });
    socket.bufferedAmount = 0;
    await clock.advance(1_000);
    expect(heard.drains).toBe(0);
  });
});
