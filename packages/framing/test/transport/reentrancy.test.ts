import { describe, expect, it } from 'vitest';
import {
  dialectByName,
  Link,
  Peer,
  type PeerEvent,
  Responder,
  type Transport,
  type TransportHandlers,
} from '../../src/index.js';
import { VirtualClock } from '../../src/testing/index.js';
import { pair } from '../reactor/harness.js';
import { frameBytes } from '../reactor/lone-peer.js';
import { CLIENT_SETTINGS, loneLink } from './lone-link.js';

function request(id: number, begin = ''): string {
  return `${id} 3 ${begin === '' ? '0' : begin} command-request new cbor:{b'name': b'wait'}`;
}

const THREE_REQUESTS = [CLIENT_SETTINGS, request(1, 'stream-begin'), request(3), request(5)];

describe('SPEC 7: handlers that call back', () => {
  it('may use the peer: everything goes out after them', async () => {
    const { clock, client } = pair({
      onServer: (event, peer) => {
        if (event.kind !== 'request') return;
        peer.sendValue(event.id, event.args['depth']);
        peer.endAnswer(event.id);
      },
      onClient: (event, peer) => {
        if (event.kind !== 'values' || event.values[0] === 0) return;
        peer.open({ name: 'deeper', args: { depth: (event.values[0] as number) - 1 } });
      },
    });
    client.peer.open({ name: 'deeper', args: { depth: 50 } });
    await clock.settle();
    expect(client.of('values').flatMap(({ values }) => values)).toEqual(Array.from({ length: 51 }, (_, at) => 50 - at));
  });

  it('may close the link: what had come before is told, the ends follow, nothing else', async () => {
    const { clock, end, far } = loneLink({
      onEvent: (event) => event.kind === 'request' && event.id === 1 && end.link.close(4403, 'no'),
    });
    far.send(...THREE_REQUESTS);
    await clock.settle();
    const kinds = end.events.map((event) => ('id' in event ? `${event.kind} ${event.id}` : event.kind));
    expect(kinds.slice(0, 5)).toEqual(['ready', 'request 1', 'request 3', 'request 5', 'closing']);
    expect(kinds.slice(5).sort()).toEqual(['cancelled 1', 'cancelled 3', 'cancelled 5']);
    expect(far.closed).toEqual({ code: 4403, reason: 'no' });
    expect(end.closed).toEqual({ code: 4403, reason: 'no' });
  });

  it('may close the link again as it closes, and once it has', async () => {
    let ends = 0;
    const { clock, end } = loneLink({ onEvent: (event) => event.kind === 'closing' && end.link.close(1011, 'again') });
    end.link.close(1000, 'once');
    await clock.settle();
    ends += end.of('closing').length;
    end.link.close(1011, 'late');
    await clock.settle();
    expect(ends).toBe(1);
    expect(end.closed).toEqual({ code: 1000, reason: 'once' });
  });
});

describe('SPEC 5.12: a handler that throws', () => {
  it('is reported, and the others are told all the same', async () => {
    const { clock, end, far } = loneLink({
      onEvent: (event, peer) => {
        if (event.kind !== 'request') return;
        if (event.id === 1) throw new Error('A bug in the handler.');
        peer.endAnswer(event.id);
      },
    });
    far.send(...THREE_REQUESTS);
    await expect(clock.settle()).rejects.toThrow('A bug in the handler.');
    await clock.settle();
    expect(end.of('request')).toHaveLength(3);
    expect(far.of('command-response').map((text) => text.split(' ')[0])).toEqual(['3', '5']);
  });

  it('does not stop the timers', async () => {
    const { clock, far } = loneLink({
      onEvent: (event) => {
        if (event.kind === 'request') throw new Error('A bug in the handler.');
      },
    });
    far.send(...THREE_REQUESTS.slice(0, 2));
    await expect(clock.settle()).rejects.toThrow('A bug in the handler.');
    await clock.advance(15_000);
    expect(far.of('ack')).toHaveLength(1);
    expect(far.of('ping')).toHaveLength(1);
  });

  it('does not keep a dead connection open', async () => {
    const { clock, end, far } = loneLink({
      onEvent: (event) => {
        if (event.kind === 'closing') throw new Error('A bug in the handler.');
      },
    });
    far.send(...THREE_REQUESTS.slice(0, 2), request(1));
    await expect(clock.settle()).rejects.toThrow('A bug in the handler.');
    await clock.settle();
    expect(far.of('error-response')).toHaveLength(1);
    expect(end.closed?.code).toBe(1002);
    expect(end.of('cancelled', 1)).toHaveLength(1);
  });
});

/** Says `closed` from inside `close` and `terminate`, as a careless adapter would. */
class HastyTransport implements Transport {
  readonly bufferedBytes = 0;
  handlers: TransportHandlers | undefined;

  start(handlers: TransportHandlers): void {
    this.handlers = handlers;
  }
  send(): void {}
  pause(): void {}
  resume(): void {}
  close(code: number, reason: string): void {
    this.handlers?.closed(code, reason);
  }
  terminate(): void {
    this.handlers?.closed(1006, '');
  }
}

describe('SPEC 7: a transport that closes at once', () => {
  it('is told of last, after the ends of all requests', async () => {
    const dialect = dialectByName('wiremux.1');
    if (dialect === undefined) throw new Error('There is no wiremux.1.');
    const clock = new VirtualClock();
    const told: string[] = [];
    const transport = new HastyTransport();
    const peer = new Peer({ role: 'server', responder: Responder, dialect, now: 0 });
    const link = new Link({
      peer,
      transport,
      clock,
      onEvent: (event: PeerEvent) => {
        told.push(event.kind);
        if (event.kind === 'request') link.close(1000, '');
      },
      onClosed: (code) => told.push(`closed ${code}`),
    });
    for (const text of THREE_REQUESTS.slice(0, 3)) transport.handlers?.bytes(frameBytes(text));
    await clock.settle();
    expect(told).toEqual(['ready', 'request', 'closing', 'cancelled', 'closed 1000']);
  });
});
