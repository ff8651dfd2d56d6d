import { describe, expect, it } from 'vitest';
import { WiremuxError } from '../../src/index.js';
import { pair } from '../reactor/harness.js';

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
