import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { implement } from '../src/command-set.js';
import { command, defineCommands } from '../src/contract.js';
import { Deferred, serveOne } from './support/one-command.js';
import { type Rig, serve } from './support/rig.js';
import type { TestCall } from './support/test-client.js';

const bytes = (content: string): Uint8Array => new TextEncoder().encode(content);

async function readAll(data: AsyncIterable<Uint8Array>): Promise<{ bytes: number; digest: string }> {
  const hash = createHash('sha256');
  let count = 0;
  for await (const piece of data) {
    hash.update(piece);
    count += piece.length;
  }
  return { bytes: count, digest: hash.digest('hex') };
}

/** Sends `size` bytes in pieces, as fast as the peer wants them; returns how many it wanted. */
async function sendAll({ client, clock }: Rig, call: TestCall, size: number, piece = 8_192): Promise<number> {
  let sent = 0;
  while (sent < size) {
    const before = call.uploadWritable;
    const length = Math.min(piece, size - sent);
    sent += length;
    if (client.peer.sendData(call.id, new Uint8Array(length).fill(sent & 0xff))) continue;
    await clock.settle();
    if (call.uploadWritable === before) return sent;
  }
  client.peer.endData(call.id);
  await clock.settle();
  return sent;
}

describe('SPEC 3.2.5 data of a request', () => {
  it.each(['wiremux.1', 'exp-framing-0006'] as const)('reaches its handler whole in %s', async (dialect) => {
    const rig = await serveOne((_, { data }) => readAll(data), { dialect });
    const call = rig.client.call('run', {}, { hasData: true });
    const size = 1_000_000;
    expect(await sendAll(rig, call, size)).toBe(size);
    expect(call.values).toMatchObject([{ bytes: size }]);
    expect(call.end).toBe('ended');
  });

  it('is read while it is sent, and while values are answered', async () => {
    const rig = await serveOne(async function* (_, { data }) {
      for await (const piece of data) yield piece.length;
    });
    const call = rig.client.call('run', {}, { hasData: true });
    rig.client.peer.sendData(call.id, bytes('abc'));
    await rig.clock.settle();
    expect(call.values).toEqual([3]);
    rig.client.peer.sendData(call.id, bytes('de'));
    rig.client.peer.endData(call.id);
    await rig.clock.settle();
    expect(call).toMatchObject({ values: [3, 2], end: 'ended' });
  });

  it('is empty where a request brings none', async () => {
    const { client, clock } = await serveOne((_, { data }) => readAll(data));
    const call = client.call('run');
    await clock.settle();
    expect(call.values).toMatchObject([{ bytes: 0 }]);
  });

  it('SPEC 8.5.3, 8.5.7 comes no further than its credit while nobody reads it', async () => {
    const gate = new Deferred();
    const rig = await serveOne(async (_, { data }) => {
      await gate.promise;
      return readAll(data);
    });
    const call = rig.client.call('run', {}, { hasData: true });
    const size = 400_000;
    const sent = await sendAll(rig, call, size);
    expect(sent).toBeLessThan(size);
    const received = rig.server.counters.bytes.in;
    expect(received).toBeGreaterThan(16_384);
    expect(received).toBeLessThan(17_500);
    gate.resolve();
    await sendAll(rig, call, size - sent);
    expect(call.values).toMatchObject([{ bytes: size }]);
  });

  it('SPEC 8.6.5 is refused when the handler leaves the loop over it', async () => {
    const gate = new Deferred();
    const rig = await serveOne(async (_, { data }) => {
      for await (const piece of data) {
        expect(piece.length).toBeGreaterThan(0);
        break;
      }
      await gate.promise;
      return 'enough';
    });
    const call = rig.client.call('run', {}, { hasData: true });
    await sendAll(rig, call, 1_000_000);
    expect(call.uploadRefused).toBe(true);
    expect(call.end).toBeUndefined();
    gate.resolve();
    await rig.clock.settle();
    expect(call).toMatchObject({ end: 'ended', values: ['enough'] });
  });

  it('SPEC 8.4.3 is dropped when the answer ends first', async () => {
    const rig = await serveOne(() => 'at once');
    const call = rig.client.call('run', {}, { hasData: true });
    await sendAll(rig, call, 1_000_000);
    expect(call).toMatchObject({ end: 'ended', values: ['at once'] });
    const next = rig.client.call('run');
    await rig.clock.settle();
    expect(next.end).toBe('ended');
  });

  it('SPEC 8.6.5 is refused when the handler has ended, though its answer still waits for credit', async () => {
    const rig = await serveOne(() => ['x'.repeat(600), 'y'.repeat(600)].values(), {
      client: { limits: { answerCredit: 1_024 } },
    });
    rig.client.taking = false;
    const call = rig.client.call('run', {}, { hasData: true });
    await rig.clock.settle();
    expect(call).toMatchObject({ uploadRefused: true, end: undefined });
  });

  it('does not pass for complete to a reader who outlives the answer', async () => {
    let reading: Promise<unknown> = Promise.resolve();
    const rig = await serveOne((_, { data }) => {
      reading = readAll(data).catch((thrown: unknown) => thrown);
      return 'at once';
    });
    rig.client.call('run', {}, { hasData: true });
    await rig.clock.settle();
    await expect(reading).resolves.toMatchObject({ code: 'aborted' });
  });

  it('SPEC 5.6 is dropped when the answer ends first in 0006, and the connection goes on', async () => {
    const rig = await serveOne(() => 'at once', { dialect: 'exp-framing-0006' });
    const call = rig.client.call('run', {}, { hasData: true });
    expect(await sendAll(rig, call, 3_000_000)).toBe(3_000_000);
    expect(call.end).toBe('ended');
    const next = rig.client.call('run');
    await rig.clock.settle();
    expect(next.end).toBe('ended');
  });

  it('throws the reason of a cancel at its reader', async () => {
    let thrown: unknown;
    const rig = await serveOne(async (_, { data }) => {
      try {
        await readAll(data);
      } catch (error) {
        thrown = error;
        throw error;
      }
    });
    const call = rig.client.call('run', {}, { hasData: true });
    rig.client.peer.sendData(call.id, bytes('abc'));
    await rig.clock.settle();
    rig.client.peer.cancel(call.id, { code: 'timeout' });
    await rig.clock.settle();
    expect(thrown).toMatchObject({ code: 'timeout' });
    expect(call.end).toBe('stopped');
    expect(rig.log.filter(({ level }) => level !== 'debug')).toEqual([]);
  });

  it('throws at a second reader', async () => {
    const { client, clock } = await serveOne(async (_, { data }) => {
      await readAll(data);
      return readAll(data);
    });
    const call = client.call('run', {}, { hasData: true });
    client.peer.endData(call.id);
    await clock.settle();
    expect(call.error?.message).toMatch(/can be read once only/);
  });

  it('is refused by a command that takes none', async () => {
    let ran = false;
    const commands = defineCommands({ plain: command() });
    const handler = (): void => {
      ran = true;
    };
    const rig = await serve(implement(commands, { plain: handler }));
    const call = rig.client.call('plain', {}, { hasData: true });
    await sendAll(rig, call, 100_000);
    expect(call.error).toMatchObject({ code: 'bad-arguments', message: 'The command `plain` takes no data.' });
    expect(ran).toBe(false);
  });

  it('SPEC 5.8 that holds the transport unread for 30 s fails its request only', async () => {
    const [gate, otherGate] = [new Deferred(), new Deferred()];
    let reason: unknown;
    const rig = await serveOne(
      async ({ stalls }, { signal }) => {
        await (stalls === true ? gate : otherGate).promise;
        reason ??= signal.reason;
      },
      { dialect: 'exp-framing-0006' },
    );
    const other = rig.client.call('run');
    const stalled = rig.client.call('run', { stalls: true }, { hasData: true });
    const size = 3_000_000;
    const sent = await sendAll(rig, stalled, size);
    expect(sent).toBeLessThan(size);
    await rig.clock.advance(29_999);
    expect(stalled.end).toBeUndefined();
    await rig.clock.advance(1);
    gate.resolve();
    await sendAll(rig, stalled, size - sent);
    otherGate.resolve();
    await rig.clock.settle();
    expect(stalled.error?.message).toMatch(/did not read its data/);
    expect(reason).toMatchObject({ code: 'slow-reader' });
    expect(other.end).toBe('ended');
  });
});
