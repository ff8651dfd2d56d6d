import { describe, expect, it } from 'vitest';
import { Peer, type PeerEvent, Responder, type SessionGrant, WIREMUX_1 } from '../../src/index.js';
import { MemoryTransport, memoryTransportPair, VirtualClock } from '../../src/testing/index.js';
import { End } from '../reactor/harness.js';

const grant = (number: number): SessionGrant => ({
  id: new Uint8Array(16).fill(number),
  secret: new Uint8Array(32).fill(number),
  ttl: 120,
});

/** A server that keeps one session, in the order a server goes: known and resumed, or a new one. */
class Server {
  readonly ends: End[] = [];
  /** The end that has the session. */
  current: End | undefined;
  /** It does not know the session any more. */
  forgets = false;
  /** It answers what it is asked by itself. */
  answers = true;
  #grants = 0;
  readonly #clock: VirtualClock;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  serve(transport: MemoryTransport): void {
    const peer = new Peer({
      role: 'server',
      responder: Responder,
      dialect: WIREMUX_1,
      now: this.#clock.now(),
      authenticate: true,
    });
    const end: End = new End(this.#clock, peer, transport, (event) => this.#handle(end, event));
    this.ends.push(end);
  }

  #handle(end: End, event: PeerEvent): void {
    const { peer } = end;
    if (event.kind === 'authenticate') {
      const asked = event.settings.session;
      const known = this.current;
      if (asked?.kind === 'resume' && known?.peer.session !== undefined && !this.forgets) {
        if (known.link.takeOver(end.link)) return;
      }
      this.current = end;
      this.forgets = false;
      peer.accept(this.#clock.now(), { session: grant(++this.#grants) });
    }
    if (event.kind === 'request' && this.answers) {
      peer.sendValue(event.id, event.name);
      peer.endAnswer(event.id);
    }
  }
}

interface Scene {
  readonly clock: VirtualClock;
  readonly server: Server;
  readonly client: End;
  /** Gives the client another transport. */
  redial(token?: string): MemoryTransport;
}

/** A client with a session; `onClient` is told its events. */
async function scene(onClient: (event: PeerEvent, end: End) => void = () => undefined): Promise<Scene> {
  const clock = new VirtualClock();
  const server = new Server(clock);
  const [near, far] = memoryTransportPair(clock);
  const peer = new Peer({ role: 'client', dialect: WIREMUX_1, now: 0, session: 'new' });
  const client: End = new End(clock, peer, near, (event) => onClient(event, client));
  server.serve(far);
  await clock.settle();
  const redial = (token?: string): MemoryTransport => {
    const [nearer, farther] = memoryTransportPair(clock);
    client.link.attach(nearer, token);
    server.serve(farther);
    return nearer;
  };
  return { clock, server, client, redial };
}

describe('SPEC 8.8 links that go from one transport to the next', () => {
  it('SPEC 8.8.8 go on where they were', async () => {
    const { clock, client, server, redial } = await scene();
    server.answers = false;
    const id = client.peer.open({ name: 'first' });
    await clock.settle();
    const serving = server.current as End;
    serving.peer.sendValue(id, 1);
    serving.transport.stalled = true;
    await clock.settle();
    client.transport.terminate();
    await clock.settle();
    expect([client.detached, serving.detached, client.closed, serving.closed]).toEqual([
      [1006],
      [1006],
      undefined,
      undefined,
    ]);
    serving.peer.sendValue(id, 2);
    const other = client.peer.open({ name: 'second' });
    await clock.settle();
    redial();
    await clock.settle();
    serving.peer.endAnswer(id);
    await clock.settle();
    expect(client.values(id)).toEqual([1, 2]);
    expect(client.of('ended', id)).toHaveLength(1);
    expect([client.of('resumed').length, serving.of('resumed').length]).toEqual([1, 1]);
    expect(serving.of('request').map(({ id: asked }) => asked)).toEqual([id, other]);
    expect(server.ends[1]?.events.map(({ kind }) => kind)).toEqual(['authenticate']);
    expect(server.ends[1]?.closed).toBeUndefined();
  });

  it('SPEC 8.8.15 go on however often a quiet session loses its transport', async () => {
    const { clock, client, server, redial } = await scene();
    server.answers = false;
    const id = client.peer.open({ name: 'quiet' });
    await clock.settle();
    const serving = server.current as End;
    let { transport } = client;
    for (let cuts = 0; cuts < 20; cuts++) {
      transport.terminate();
      await clock.settle();
      transport = redial();
      await clock.advance(100);
    }
    serving.peer.sendValue(id, 1);
    serving.peer.endAnswer(id);
    await clock.settle();
    expect(client.values(id)).toEqual([1]);
    expect(client.of('ended', id)).toHaveLength(1);
    expect(client.of('resumed')).toHaveLength(20);
  });

  it('SPEC 8.8.6 take the transport over while the older is still there, and close that with 4409', async () => {
    const { clock, client, server, redial } = await scene();
    const serving = server.current as End;
    // The network is gone, and the server does not know.
    client.transport.join(new MemoryTransport(clock));
    client.peer.open({ name: 'crosses' });
    await clock.settle();
    client.peer.close(4410, 'given up');
    await clock.settle();
    redial();
    await clock.settle();
    expect(serving.transport.closedWith?.code).toBe(4409);
    expect(serving.of('request')).toHaveLength(1);
    expect(client.of('ended')).toHaveLength(1);
    expect([serving.detached, serving.closed]).toEqual([[], undefined]);
  });

  it('SPEC 8.8.6 end where another has taken their session', async () => {
    const { clock, client, server } = await scene();
    server.answers = false;
    client.peer.open({ name: 'x' });
    await clock.settle();
    server.current?.transport.close(4409, 'another');
    await clock.settle();
    expect(client.closed?.code).toBe(4409);
    expect(client.error(1)?.code).toBe('session-lost');
    expect(client.detached).toEqual([]);
  });

  it('SPEC 8.8.9 can be renewed when the session is lost, on the transport there is', async () => {
    let again = 0;
    const { clock, client, server, redial } = await scene((event, end) => {
      if (event.kind !== 'session-lost') return;
      const fresh = new Peer({ role: 'client', dialect: WIREMUX_1, now: 0, session: 'new', successorOf: end.peer });
      end.link.renew(fresh);
      again = fresh.open({ name: 'again' });
    });
    server.answers = false;
    client.peer.open({ name: 'x' });
    await clock.settle();
    client.transport.terminate();
    await clock.settle();
    server.forgets = true;
    server.answers = true;
    const transport = redial();
    await clock.settle();
    expect(client.error(1)?.code).toBe('session-lost');
    expect(client.events.at(-1)?.kind).toBe('ended');
    expect(again).toBe(1);
    expect(server.current).toBe(server.ends[1]);
    expect([transport.closedWith, client.closed]).toEqual([undefined, undefined]);
    client.link.close(1000, '');
    await clock.settle();
    expect(client.closed?.code).toBe(1000);
  });

  it('SPEC 8.8.9 close the transport where nobody renews them', async () => {
    const { clock, client, server, redial } = await scene();
    client.transport.terminate();
    await clock.settle();
    server.forgets = true;
    const transport = redial();
    await clock.settle();
    expect(transport.closedWith?.code).toBe(1000);
    expect(client.closed?.code).toBe(1000);
    client.link.attach(memoryTransportPair(clock)[0]);
    client.link.close(1000, '');
  });

  it('SPEC 8.8.13 end when they are closed without a transport', async () => {
    const { clock, client, server } = await scene();
    server.answers = false;
    client.peer.open({ name: 'x' });
    await clock.settle();
    client.transport.terminate();
    await clock.settle();
    const serving = server.current as End;
    serving.link.close(1012, 'its time is over');
    client.link.close(1000, '');
    expect(serving.of('cancelled')).toMatchObject([{ id: 1, error: { code: 'session-lost' } }]);
    expect(serving.closed).toEqual({ code: 1012, reason: 'its time is over' });
    expect(client.error(1)?.code).toBe('session-lost');
    expect(client.closed?.code).toBe(1000);
    const [near] = memoryTransportPair(clock);
    client.link.attach(near);
    expect(near.closedWith?.code).toBe(1006);
  });

  it('SPEC 8.8.13 end when their peer finds an error without a transport', async () => {
    const { clock, client } = await scene();
    client.transport.terminate();
    await clock.settle();
    client.peer.close(1002, 'It was malformed.');
    await clock.settle();
    expect(client.closed).toEqual({ code: 1002, reason: 'It was malformed.' });
  });

  it('SPEC 8.8.11 have time without a transport', async () => {
    const { clock, client, server, redial } = await scene();
    server.answers = false;
    client.peer.open({ name: 'x', deadlineAt: 20_000 });
    await clock.settle();
    client.transport.terminate();
    await clock.advance(60_000);
    expect(server.current?.of('cancelled')).toMatchObject([{ error: { code: 'deadline' } }]);
    redial();
    await clock.settle();
    expect(client.of('resumed')).toHaveLength(1);
    expect(client.error(1)?.code).toBe('deadline');
  });

  it('SPEC 8.8.11 lose one transport after another, before any handshake is done', async () => {
    const { clock, client, redial } = await scene();
    client.transport.terminate();
    await clock.settle();
    for (let time = 0; time < 5; time++) {
      redial().terminate();
      await clock.settle();
    }
    expect(client.detached).toHaveLength(6);
    const [extra] = memoryTransportPair(clock);
    redial();
    client.link.attach(extra);
    expect(extra.closedWith?.code).toBe(1006);
    await clock.settle();
    expect(client.of('resumed')).toHaveLength(1);
  });

  it('SPEC 8.8.14 close with a code that the session survives, and are detached', async () => {
    const { clock, client, server, redial } = await scene();
    const serving = server.current as End;
    serving.link.close(4401, 'Your token is over.');
    await clock.settle();
    expect([client.detached, serving.detached]).toEqual([[4401], [4401]]);
    expect(serving.of('leaving')).toHaveLength(1);
    redial('newer');
    await clock.settle();
    expect(server.ends[1]?.of('authenticate')[0]?.settings.token).toBe('newer');
    expect(client.of('resumed')).toHaveLength(1);
  });

  it('SPEC 8.8.14 end with the others', async () => {
    const { clock, client, server } = await scene();
    client.link.close(1000, 'Enough.');
    await clock.settle();
    expect([client.closed?.code, server.current?.closed?.code]).toEqual([1000, 1000]);
  });

  it('cannot take over what is closed, or a session that cannot be resumed', async () => {
    const { clock, client, server } = await scene();
    const serving = server.current as End;
    expect(serving.link.takeOver(serving.link)).toBe(false);
    client.link.close(1000, '');
    await clock.settle();
    const [, far] = memoryTransportPair(clock);
    server.serve(far);
    expect(serving.link.takeOver((server.ends[1] as End).link)).toBe(false);
  });
});
