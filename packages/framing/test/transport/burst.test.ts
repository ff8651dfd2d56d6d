import { describe, expect, it } from 'vitest';
import {
  dialectByName,
  Link,
  Peer,
  Responder,
  type Transport,
  type TransportHandlers,
  WiremuxError,
} from '../../src/index.js';
import { VirtualClock } from '../../src/testing/index.js';
import { pair } from '../reactor/harness.js';
import { frameBytes } from '../reactor/lone-peer.js';
import { CLIENT_SETTINGS } from './lone-link.js';

/** Requests that make a burst. */
const BURST = 16;

describe('a burst in one turn', () => {
  it('of requests is sent before the turn is over, and nothing of fewer', async () => {
    const { clock, client } = pair();
    await clock.settle();
    for (let count = 1; count < BURST; count++) client.peer.open({ name: 'one of many' });
    expect(client.transport.bufferedBytes).toBe(0);
    client.peer.open({ name: 'the last' });
    expect(client.transport.bufferedBytes).toBeGreaterThan(0);
    const { bufferedBytes } = client.transport;
    for (let count = 1; count < BURST; count++) client.peer.open({ name: 'one of the next' });
    expect(client.transport.bufferedBytes).toBe(bufferedBytes);
  });

  it('of answers is sent while the handlers are told of more requests', async () => {
    const buffered: number[] = [];
    const { clock, client, server } = pair({
      onServer: (event, peer) => {
        if (event.kind !== 'request') return;
        if (event.id % 4 === 1) peer.endAnswer(event.id);
        else peer.failAnswer(event.id, new WiremuxError('command-failed', 'no'));
        buffered.push(server.transport.bufferedBytes);
      },
    });
    await clock.settle();
    for (let count = 0; count < BURST + 1; count++) client.peer.open({ name: 'many at once' });
    await clock.settle();
    expect(buffered.slice(0, BURST - 1)).toEqual(Array(BURST - 1).fill(0));
    expect(buffered[BURST]).toBeGreaterThan(0);
    expect(client.of('ended').length + client.of('failed').length).toBe(BURST + 1);
  });

  it('waits where the transport is full', async () => {
    const { clock, client } = pair();
    await clock.settle();
    client.transport.bufferedBytes = 2 ** 20;
    for (let count = 0; count < BURST; count++) client.peer.open({ name: 'one of many' });
    expect(client.transport.bufferedBytes).toBe(2 ** 20);
  });
});

describe('a value that comes alone', () => {
  /** A request that was answered a ms ago; its server says how much it has sent since. */
  async function quiet() {
    const ends = pair();
    await ends.clock.settle();
    const id = ends.client.peer.open({ name: 'updates' });
    await ends.clock.advance(1);
    return { ...ends, id, sent: () => ends.server.transport.bufferedBytes };
  }

  it('goes at once after a pause of a ms, and those that follow it together at the end of the turn', async () => {
    const { clock, client, server, id, sent } = await quiet();
    server.peer.sendValue(id, 'first', true);
    const first = sent();
    expect(first).toBeGreaterThan(0);
    server.peer.sendValue(id, 'second', true);
    server.peer.sendValue(id, 'third', true);
    expect(sent()).toBe(first);
    await clock.settle();
    expect(client.of('values').map(({ values }) => values)).toEqual([['first'], ['second', 'third']]);
    await clock.advance(1);
    server.peer.sendValue(id, 'fourth', true);
    expect(sent()).toBeGreaterThan(0);
  });

  it('may have others behind it if nothing is said: it waits for them', async () => {
    const { server, id, sent } = await quiet();
    server.peer.sendValue(id, 'first');
    expect(sent()).toBe(0);
  });

  it('tells that there is room again when the turn is over, and not from within', async () => {
    const { clock, server, id } = await quiet();
    expect(server.peer.sendValue(id, 'x'.repeat(300_000), true)).toBe(false);
    expect(server.of('answer-writable')).toEqual([]);
    await clock.settle();
    expect(server.of('answer-writable').length).toBe(1);
  });

  it('waits for the end of the turn where the other side is being read', async () => {
    const sent: number[] = [];
    const { clock, client, server } = pair({
      onServer: (event, peer) => {
        if (event.kind !== 'request') return;
        peer.sendValue(event.id, 'at once', true);
        sent.push(server.transport.bufferedBytes);
      },
    });
    await clock.advance(1);
    client.peer.open({ name: 'quick' });
    await clock.settle();
    expect(sent).toEqual([0]);
    expect(client.of('values').length).toBe(1);
  });
});

/** Counts the messages given to it; hands on what it is told came. */
class CountingTransport implements Transport {
  readonly bufferedBytes = 0;
  sent = 0;
  handlers: TransportHandlers | undefined;

  start(handlers: TransportHandlers): void {
    this.handlers = handlers;
  }
  send(): void {
    this.sent++;
  }
  pause(): void {}
  resume(): void {}
  close(): void {}
  terminate(): void {}
}

/** A server's link that answers what it is asked at once, or never. */
async function served(answers: boolean): Promise<CountingTransport> {
  const clock = new VirtualClock();
  const transport = new CountingTransport();
  const dialect = dialectByName('wiremux.1');
  if (dialect === undefined) throw new Error('no dialect wiremux.1');
  const peer = new Peer({ role: 'server', responder: Responder, dialect, now: 0 });
  new Link({
    peer,
    transport,
    clock,
    onEvent: (event) => event.kind === 'request' && answers && peer.endAnswer(event.id),
    onClosed: () => undefined,
  });
  transport.handlers?.bytes(frameBytes(CLIENT_SETTINGS));
  await clock.settle();
  transport.sent = 0;
  transport.handlers?.bytes(frameBytes("1 3 stream-begin command-request new cbor:{b'name': b'quick'}"));
  return transport;
}

describe('an answer that is given at once', () => {
  it('is sent as soon as what came is read', async () => {
    expect((await served(true)).sent).toBe(1);
  });

  it('is all that is: the rest waits for the end of the turn', async () => {
    expect((await served(false)).sent).toBe(0);
  });
});
