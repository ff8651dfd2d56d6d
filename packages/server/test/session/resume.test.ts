import { createHash } from 'node:crypto';
import { WiremuxError } from '@wiremux/framing';
import { memoryTransportPair, VirtualClock } from '@wiremux/framing/testing';
import { describe, expect, it } from 'vitest';
import { implement } from '../../src/command-set.js';
import { type ServerConnection, serveConnection } from '../../src/connection.js';
import type { ServerConnectionOptions } from '../../src/connection-options.js';
import { command, defineCommands } from '../../src/contract.js';
import { SessionStore } from '../../src/session/session-store.js';
import { knownDialect } from '../support/rig.js';
import { TestClient } from '../support/test-client.js';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

const contract = defineCommands({ count: command(), whoami: command() });

/** A server whose command counts when it is told to, and clients of it. */
class Site {
  readonly clock = new VirtualClock();
  readonly sessions: SessionStore<ServerConnection>;
  readonly connections: ServerConnection[] = [];
  /** Ids of connections whose clients went on in an older session, which one, and on whose transport. */
  readonly moved: [from: string, to: string][] = [];
  /** Clients that asked for what they cannot have. */
  failed = 0;
  next: () => void = () => undefined;
  stopped: unknown;
  readonly #options: Partial<ServerConnectionOptions>;

  constructor(options: Partial<ServerConnectionOptions> = {}, limits = {}) {
    this.#options = options;
    this.sessions = new SessionStore({ clock: this.clock, sha256, limits });
  }

  /** A transport to the server. */
  dial() {
    const [client, server] = memoryTransportPair(this.clock);
    const id = `c${this.connections.length + 1}`;
    const connection = serveConnection({
      id,
      transport: server,
      clock: this.clock,
      dialect: knownDialect('wiremux.1'),
      commands: implement(contract, {
        count: (_, { signal }) => this.#count(signal),
        whoami: (_, { principal }) => principal.name,
      }),
      sessions: this.sessions,
      address: '192.0.2.1',
      observer: { connectFailed: () => void this.failed++ },
      onResumed: (older) => this.moved.push([id, older.id]),
      ...this.#options,
    });
    this.connections.push(connection);
    return client;
  }

  async connect(options: { readonly session?: 'new'; readonly token?: string } = { session: 'new' }) {
    const transport = this.dial();
    const client = new TestClient({ transport, clock: this.clock, dialect: knownDialect('wiremux.1'), ...options });
    await this.clock.settle();
    return { client, transport };
  }

  async *#count(signal: AbortSignal): AsyncGenerator<number> {
    signal.addEventListener('abort', () => {
      this.stopped = signal.reason;
      this.next();
    });
    for (let n = 0; !signal.aborted; n++) {
      yield n;
      await new Promise<void>((resolve) => {
        this.next = resolve;
      });
    }
  }

  async step(): Promise<void> {
    this.next();
    await this.clock.settle();
  }
}

describe('SPEC 8.8 a session of the server', () => {
  it('is given to a client that asks for one, and to no other', async () => {
    const site = new Site();
    const { client } = await site.connect();
    expect(client.peer.session).toMatchObject({ ttl: 120 });
    expect(site.sessions.size).toBe(1);

    const { client: without } = await site.connect({});
    expect(without.peer.session).toBeUndefined();
    expect(site.sessions.size).toBe(1);
  });

  it('is given to nobody where the server keeps none', async () => {
    const site = new Site({ sessions: undefined as never });
    const { client } = await site.connect();
    expect(client.ready).toBe(true);
    expect(client.peer.session).toBeUndefined();
  });

  it('goes on over the next transport: the handler runs on, nothing is lost or told twice', async () => {
    const site = new Site();
    const { client, transport } = await site.connect();
    const call = client.call('count');
    await site.clock.settle();
    transport.terminate();
    await site.clock.settle();
    const [first] = site.connections;
    expect(first?.attached).toBe(false);
    expect(first?.snapshot()).toMatchObject({ attached: false, requests: [{ command: 'count', state: 'running' }] });
    expect(site.sessions.detached).toBe(1);
    await site.step();
    await site.step();
    expect(call.values).toEqual([0]);

    client.link.attach(site.dial());
    await site.clock.settle();
    expect(call.values).toEqual([0, 1, 2]);
    await site.step();
    expect(call.values).toEqual([0, 1, 2, 3]);
    expect(site.moved).toEqual([['c2', 'c1']]);
    expect(await site.connections[1]?.closed).toMatchObject({ code: 1000 });
    expect(first?.attached).toBe(true);
    expect([site.sessions.size, site.sessions.detached, site.failed]).toEqual([1, 0, 0]);
  });

  it('is told of in a snapshot with the requests that go on', async () => {
    const site = new Site();
    const { client } = await site.connect();
    client.call('count');
    await site.clock.settle();
    expect(site.connections[0]?.snapshot()).toMatchObject({ attached: true, requests: [{ command: 'count' }] });
  });

  it('goes over to a second transport, and the first is closed with 4409', async () => {
    const site = new Site();
    const { client, transport } = await site.connect();
    client.call('count');
    await site.clock.settle();
    // The client has given its transport up, of which the server knows nothing yet.
    transport.stalled = true;
    client.peer.detach(site.clock.now());
    const second = site.dial();
    client.peer.attach(site.clock.now());
    const message = client.peer.takeBytes(site.clock.now());
    const seen: Uint8Array[] = [];
    second.start({ bytes: (bytes) => seen.push(bytes), drain: () => {}, closed: () => {} });
    second.send(message ?? []);
    await site.clock.settle();
    expect(transport.closedWith).toMatchObject({ code: 4409 });
    expect(seen.length).toBeGreaterThan(0);
    expect(site.connections[0]?.attached).toBe(true);
    expect(site.stopped).toBeUndefined();
  });

  it('ends when its client does not come back: handlers are told why, and the client gets a new one', async () => {
    const site = new Site({}, { ttl: 5_000 });
    const { client, transport } = await site.connect();
    const call = client.call('count');
    await site.clock.settle();
    transport.terminate();
    await site.clock.advance(5_000);
    expect(site.stopped).toMatchObject({ code: 'session-lost' });
    expect(await site.connections[0]?.closed).toBeDefined();
    expect(site.sessions.size).toBe(0);

    client.link.attach(site.dial());
    await site.clock.settle();
    expect(call.end).toBe('session-lost');
    expect(site.failed).toBe(1);
    expect(site.connections).toHaveLength(2);
  });

  it('is found by its secret only', async () => {
    const site = new Site();
    const { client, transport } = await site.connect();
    const call = client.call('count');
    await site.clock.settle();
    transport.terminate();
    await site.clock.settle();
    const grant = client.peer.session;
    if (grant === undefined) throw new Error('There is no session.');
    grant.secret[31]! ^= 1;
    client.link.attach(site.dial());
    await site.clock.settle();
    expect(call.end).toBe('session-lost');
    expect(site.failed).toBe(1);
    expect(site.stopped).toBeUndefined();
    expect(site.connections[0]?.attached).toBe(false);
  });

  it('is not for another principal, and the newer token is in force', async () => {
    const expiries: Record<string, number> = { ann: 10_000 };
    const site = new Site({
      authenticate: ({ token = '' }) => {
        if (token === 'expired') throw new WiremuxError('not-authenticated', 'Too late.');
        return { principal: { name: token }, expires: expiries[token] ?? 60_000 };
      },
    });
    const { client, transport } = await site.connect({ session: 'new', token: 'ann' });
    transport.terminate();
    await site.clock.settle();

    client.link.attach(site.dial(), 'expired');
    await site.clock.settle();
    expect(site.connections[0]?.attached).toBe(false);
    expect(client.detachedWith).toMatchObject({ code: 4401 });

    expiries['ann'] = 60_000;
    client.link.attach(site.dial(), 'ann');
    await site.clock.settle();
    expect(site.connections[0]?.attached).toBe(true);
    await site.clock.advance(30_000);
    expect(site.connections[0]?.attached).toBe(true);

    site.connections[0]?.close(1012);
    await site.clock.settle();
    const { client: bob, transport: bobs } = await site.connect({ session: 'new', token: 'bob' });
    bobs.terminate();
    await site.clock.settle();
    bob.link.attach(site.dial(), 'ann');
    await site.clock.settle();
    expect(site.failed).toBe(2);
  });

  it('outlives a token that expires: the transport is closed with 4401, and waits for the next', async () => {
    const site = new Site({ authenticate: () => ({ principal: { name: 'ann' }, expires: 5_000 }) });
    const { client } = await site.connect({ session: 'new', token: 'ann' });
    const call = client.call('count');
    await site.clock.advance(5_000);
    expect(client.detachedWith).toMatchObject({ code: 4401 });
    expect(site.stopped).toBeUndefined();
    await site.clock.advance(20_000);

    client.link.attach(site.dial(), 'ann');
    await site.clock.settle();
    await site.step();
    expect(call.values).toEqual([0, 1]);
  });

  it('ends with a connection that is closed, whatever the code', async () => {
    const site = new Site();
    const { client } = await site.connect();
    client.call('count');
    await site.clock.settle();
    site.connections[0]?.close(1012, 'Over.');
    await site.clock.settle();
    expect(site.stopped).toMatchObject({ code: 'session-lost' });
    expect([site.sessions.size, site.sessions.detached]).toEqual([0, 0]);
    expect(await site.connections[0]?.closed).toBeDefined();
  });

  it('does not outlive a client that says it is done', async () => {
    const site = new Site();
    const { client } = await site.connect();
    client.call('count');
    await site.clock.settle();
    client.link.close(1000, '');
    await site.clock.settle();
    expect(site.stopped).toBeDefined();
    expect(site.sessions.size).toBe(0);
  });

  it('is taken from a store by a client that has gone before it was given', async () => {
    const site = new Site();
    const transport = site.dial();
    const client = new TestClient({
      transport,
      clock: site.clock,
      dialect: knownDialect('wiremux.1'),
      session: 'new',
    });
    for (let turn = 0; turn < 2; turn++) await Promise.resolve();
    client.link.close(1000, '');
    await site.clock.settle();
    expect(site.sessions.size).toBe(0);
  });
});
