import { describe, expect, it } from 'vitest';
import type { OutgoingRequest, ResponderEvent } from '../../src/index.js';
import { pair } from './harness.js';
import { LonePeer } from './lone-peer.js';

const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What the server is told of a request, in a dialect. */
async function told(
  request: Partial<OutgoingRequest>,
  dialect?: string,
): Promise<Partial<Extract<ResponderEvent, { kind: 'request' }>> | undefined> {
  const { clock, client, server } = pair(dialect === undefined ? {} : { dialect });
  await clock.settle();
  client.peer.open({ name: 'run', ...request });
  await clock.settle();
  return server.of('request')[0];
}

describe('SPEC 8.11.5, 8.11.7 a deadline', () => {
  it('SPEC 8.11.5 says what is left when the first frame is scheduled, not when it was queued', () => {
    const client = new LonePeer({ role: 'client' });
    client.peer.open({ name: 'run', args: { a: 1 }, deadlineAt: 70_000, trace: TRACE, idem: bytes('k') });
    client.now = 69_990;
    expect(client.sentSession()[0]).toMatch(
      /cbor:\{b'args': \{b'a': 1\}, b'deadline': 10, b'idem': b'k', b'name': b'run'/,
    );
  });

  it.each([
    ['a part of a millisecond as a whole one', 0.25, 1],
    ['1 where there is nothing left', -5, 1],
    ['2,147,483,647 at most', 2 ** 33, 2_147_483_647],
  ])('SPEC 8.11.5 sends %s', (_, deadlineAt, deadline) => {
    const client = new LonePeer({ role: 'client' });
    client.peer.open({ name: 'run', deadlineAt });
    expect(client.sentSession()[0]).toMatch(new RegExp(`b'deadline': ${deadline},`));
  });

  it('SPEC 8.11.5 runs from the arrival of the first frame', () => {
    const server = new LonePeer();
    const [first, second] = [
      `3 ${server.stream} 0 command-request new|more `,
      `3 ${server.stream} 0 command-request continuation `,
    ];
    server.now = 1_000;
    // {b'deadline': 100, b'name': b'x'}, cut.
    server.feed(`${first}\\xa2Hdeadline\\x18`);
    server.now = 1_099;
    server.feed(`${second}\\x64Dname\\x41x`);
    expect(server.of('request')).toMatchObject([{ deadlineAt: 1_100 }]);
    server.wait(1);
    expect(server.of('cancelled')).toMatchObject([{ id: 3, error: { code: 'deadline' }, answered: true }]);
  });

  it('SPEC 8.11.7 that is over when the map is complete lets nothing run', () => {
    const server = new LonePeer();
    server.feed(`3 ${server.stream} 0 command-request new|more \\xa2Hdeadline\\x18`);
    server.now = 100;
    server.feed(`3 ${server.stream} 0 command-request continuation \\x64Dname\\x41x`);
    expect(server.of('request')).toEqual([]);
    expect(server.sentSession().join()).toContain("b'code': b'deadline'");
  });

  it('SPEC 8.11.7 ends with `deadline` behind what was scheduled, and drops what was not', async () => {
    const { clock, client, server } = pair();
    client.taking = false;
    const id = client.peer.open({ name: 'run', deadlineAt: 50, credit: 1_024 });
    await clock.settle();
    server.peer.sendValue(id, 'first');
    await clock.settle();
    for (let count = 0; count < 10; count++) server.peer.sendValue(id, new Uint8Array(1_000));
    await clock.advance(49);
    expect(server.of('cancelled')).toEqual([]);
    await clock.advance(1);
    expect(server.of('cancelled', id)).toMatchObject([{ error: { code: 'deadline' }, answered: true }]);
    expect(client.error(id)).toMatchObject({ code: 'deadline' });
    expect(client.values(id)).toEqual(['first', new Uint8Array(1_000)]);
  });

  it('SPEC 8.11.7 ends an answer that is complete but not taken', async () => {
    const { clock, client, server } = pair();
    client.taking = false;
    const id = client.peer.open({ name: 'run', deadlineAt: 50, credit: 1_024 });
    await clock.settle();
    for (let count = 0; count < 10; count++) server.peer.sendValue(id, new Uint8Array(1_000));
    server.peer.endAnswer(id);
    await clock.advance(50);
    expect(server.of('cancelled')).toEqual([]);
    expect(client.error(id)).toMatchObject({ code: 'deadline' });
  });

  it('SPEC 8.11.7 does nothing to an answer that has ended, or that its opener cancelled', async () => {
    const { clock, client, server } = pair();
    const [ended, cancelled] = [1, 2].map(() => client.peer.open({ name: 'run', deadlineAt: 50 })) as [number, number];
    await clock.settle();
    server.peer.endAnswer(ended);
    client.peer.cancel(cancelled, { code: 'deadline', message: 'late' });
    await clock.advance(50);
    expect(server.of('cancelled')).toMatchObject([{ id: cancelled, error: { code: 'deadline', message: 'late' } }]);
    expect(server.of('cancelled')[0]).not.toHaveProperty('answered');
    server.peer.stopped(cancelled);
    await clock.settle();
    expect(client.of('ended')).toMatchObject([{ id: ended }]);
    expect(client.of('stopped')).toMatchObject([{ id: cancelled, result: 'stopped' }]);
  });

  it('SPEC 8.11.7 leaves other requests their time', async () => {
    const { clock, client, server } = pair();
    const ids = [30, 10, 20].map((deadlineAt) => client.peer.open({ name: 'run', deadlineAt }));
    await clock.advance(10);
    expect(server.of('cancelled').map(({ id }) => id)).toEqual([ids[1]]);
    await clock.advance(20);
    expect(server.of('cancelled').map(({ id }) => id)).toEqual([ids[1], ids[2], ids[0]]);
    expect(client.of('failed').map(({ error }) => error.code)).toEqual(['deadline', 'deadline', 'deadline']);
  });

  it('SPEC 8.11.7 holds in a half-duplex exchange, before the answer may be sent', async () => {
    const { clock, client, server } = pair({ halfDuplex: true });
    const id = client.peer.open({ name: 'run', deadlineAt: 50 });
    client.peer.flush(clock.now());
    await clock.settle();
    await clock.advance(50);
    expect(server.of('cancelled')).toMatchObject([{ id, error: { code: 'deadline' } }]);
  });
});

describe('SPEC 8.11 extras, from one peer to the other', () => {
  it('SPEC 8.11.9, 8.11.10 carry trace and key', async () => {
    expect(await told({ trace: TRACE, idem: bytes('k'.repeat(64)) })).toMatchObject({
      trace: TRACE,
      idem: bytes('k'.repeat(64)),
    });
  });

  it('SPEC 8.11.9 leave out what is no traceparent', async () => {
    expect((await told({ trace: 'none' }))?.trace).toBeUndefined();
  });

  it.each(['exp-framing-0002', 'exp-framing-0003', 'exp-framing-0005', 'exp-framing-0006'])(
    'SPEC 8.11.15 do not exist in %s',
    async (dialect) => {
      const request = await told({ trace: TRACE, deadlineAt: 5 }, dialect);
      expect([request?.trace, request?.deadlineAt]).toEqual([undefined, undefined]);
      await expect(told({ idem: bytes('k') }, dialect)).rejects.toMatchObject({ code: 'unsupported' });
    },
  );

  it.each([0, 65])('SPEC 8.11.10 refuse a key of %s bytes', async (length) => {
    await expect(told({ idem: new Uint8Array(length) })).rejects.toMatchObject({ code: 'bad-arguments' });
  });
});
