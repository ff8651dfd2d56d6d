import { encodeFrame, encodeValue, type Frame, FrameReader, StreamFlag } from '@wiremux/framing';
import { memoryTransportPair, VirtualClock } from '@wiremux/framing/testing';
import { describe, expect, it } from 'vitest';
import { implement } from '../src/command-set.js';
import { type ServerConnection, serveConnection } from '../src/connection.js';
import { command, defineCommands } from '../src/contract.js';
import type { Handler } from '../src/handler.js';
import { Deferred } from './support/one-command.js';
import { knownDialect } from './support/rig.js';

const bytes = (content: string): Uint8Array => new TextEncoder().encode(content);
const [REQUEST, OUTPUT, SETTINGS, CANCEL] = [0x1, 0x6, 0x8, 0xb];
const NEW = 1;
const EOS = 2;

/** A client that chooses request ids itself: it uses id 1 over and over. */
class OneIdClient {
  readonly clock = new VirtualClock();
  readonly server: ServerConnection;
  readonly received: Frame[] = [];
  readonly #send: (frame: Frame) => void;
  #begun = false;

  constructor(handler: Handler) {
    const [mine, theirs] = memoryTransportPair(this.clock);
    const commands = implement(defineCommands({ run: command() }), { run: handler });
    const dialect = knownDialect('wiremux.1');
    this.server = serveConnection({ transport: theirs, clock: this.clock, dialect, commands });
    const reader = new FrameReader(65_535);
    mine.start({
      bytes: (chunk) => {
        reader.push(chunk, (header, payload) => {
          this.received.push({ ...header, payload });
          return true;
        });
      },
      drain: () => undefined,
      closed: () => undefined,
    });
    this.#send = (frame) => mine.send([encodeFrame(frame, frame.payload)]);
    const payload = encodeValue(new Map([[bytes('contentencodings'), [bytes('identity')]]]));
    this.#send({ requestId: 0, streamId: 1, streamFlags: StreamFlag.Begin, type: SETTINGS, flags: EOS, payload });
  }

  /** Opens request 1, with extras (SPEC 8.11). */
  async request(extras: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const fields = Object.entries({ name: bytes('run'), ...extras });
    await this.#onRequest(REQUEST, NEW, encodeValue(new Map(fields.map(([key, value]) => [bytes(key), value]))));
  }

  async cancel(): Promise<void> {
    await this.#onRequest(CANCEL, 0, new Uint8Array(0));
  }

  ofType(wanted: number): Frame[] {
    return this.received.filter(({ type }) => type === wanted);
  }

  async #onRequest(type: number, flags: number, payload: Uint8Array): Promise<void> {
    const streamFlags = this.#begun ? 0 : StreamFlag.Begin;
    this.#begun = true;
    this.#send({ requestId: 1, streamId: 3, streamFlags, type, flags, payload });
    await this.clock.settle();
  }
}

describe('SPEC 8.4.2 a request id that is used again', () => {
  it('is not spoken on by the handler that had it before', async () => {
    const prints: ((text: string) => void)[] = [];
    const client = new OneIdClient((_, { print }) => {
      prints.push(print);
      return prints.length === 1 ? 'done' : new Promise(() => {});
    });
    await client.request();
    await client.request();
    prints[0]?.('stale');
    await client.clock.settle();
    expect(client.ofType(OUTPUT)).toEqual([]);
    prints[1]?.('fresh');
    await client.clock.settle();
    expect(client.ofType(OUTPUT)).toHaveLength(1);
  });

  it('SPEC 8.11.7 is not proved to have stopped by a handler whose time was over', async () => {
    const late = new Deferred();
    let calls = 0;
    const client = new OneIdClient(() => (++calls === 1 ? late.promise : new Promise(() => {})));
    await client.request({ deadline: 10 });
    await client.clock.advance(10);
    await client.request();
    await client.cancel();
    late.resolve();
    await client.clock.settle();
    expect([calls, client.ofType(CANCEL)]).toEqual([2, []]);
    await client.clock.advance(5_000);
    expect(client.ofType(CANCEL)).toHaveLength(1);
  });

  it('SPEC 8.6.4 finds its new handler when one left behind returns', async () => {
    const left = new Deferred();
    const aborted: number[] = [];
    let calls = 0;
    const client = new OneIdClient((_, { signal }) => {
      const call = ++calls;
      signal.addEventListener('abort', () => aborted.push(call));
      return call === 1 ? left.promise : new Promise(() => {});
    });
    await client.request();
    await client.cancel();
    await client.clock.advance(5_000);
    expect(client.ofType(CANCEL)).toHaveLength(1);

    await client.request();
    expect(client.server.snapshot().requests.map(({ id, state }) => [id, state])).toEqual([
      [1, 'left'],
      [1, 'running'],
    ]);
    left.resolve();
    await client.clock.settle();
    expect(client.server.counters.requests.open).toBe(1);
    await client.cancel();
    expect(aborted).toEqual([1, 2]);
  });
});
