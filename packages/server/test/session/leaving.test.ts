import { createHash } from 'node:crypto';
import { memoryTransportPair, VirtualClock } from '@wiremux/framing/testing';
import { describe, expect, it } from 'vitest';
import { implement } from '../../src/command-set.js';
import { type ServerConnection, serveConnection } from '../../src/connection.js';
import { command, defineCommands } from '../../src/contract.js';
import { SessionStore } from '../../src/session/session-store.js';
import { Deferred } from '../support/one-command.js';
import { knownDialect } from '../support/rig.js';
import { TestClient } from '../support/test-client.js';

const NOTICE = { after: 500, jitter: 2_000, reason: 'update' };
const WIREMUX_1 = knownDialect('wiremux.1');

const contract = defineCommands({ run: command() });

/** A server that may be leaving, its sessions, and one command, which ends when it is told to. */
class Site {
  readonly clock = new VirtualClock();
  readonly sessions: SessionStore<ServerConnection>;
  readonly finish = new Deferred<string>();
  readonly connections: ServerConnection[] = [];
  stopped: unknown;
  isLeaving = false;

  constructor() {
    const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
    this.sessions = new SessionStore({ clock: this.clock, sha256 });
  }

  dial() {
    const [client, server] = memoryTransportPair(this.clock);
    const run = (signal: AbortSignal): Promise<string> => {
      signal.addEventListener('abort', () => {
        this.stopped = signal.reason;
      });
      return this.finish.promise;
    };
    const connection = serveConnection({
      transport: server,
      clock: this.clock,
      dialect: WIREMUX_1,
      commands: implement(contract, { run: (_, { signal }) => run(signal) }),
      sessions: this.sessions,
      resumesOnly: this.isLeaving,
    });
    if (this.isLeaving) connection.drain(NOTICE);
    this.connections.push(connection);
    return client;
  }

  async connect(session?: 'new') {
    const transport = this.dial();
    const options = session === undefined ? {} : { session };
    const client = new TestClient({ transport, clock: this.clock, dialect: WIREMUX_1, ...options });
    await this.clock.settle();
    return { client, transport, connection: this.connections.at(-1) as ServerConnection };
  }

  leave(): void {
    this.isLeaving = true;
    for (const connection of this.connections) connection.drain(NOTICE);
  }
}

/** A session in which the command runs, and whose transport is lost. */
async function detached(calls: boolean) {
  const site = new Site();
  const { client, transport, connection } = await site.connect('new');
  const call = calls ? client.call('run') : undefined;
  await site.clock.settle();
  transport.terminate();
  await site.clock.settle();
  return { site, client, connection, call };
}

describe('SPEC 8.10.2 a server that is leaving', () => {
  it('lets in who resumes a session, and tells it again', async () => {
    const { site, client, call } = await detached(true);
    site.leave();
    client.link.attach(site.dial());
    site.finish.resolve('done');
    await site.clock.settle();
    expect(call).toMatchObject({ values: ['done'], end: 'ended' });
    expect(client.notices).toEqual([NOTICE]);
  });

  it.each([['new'], [undefined]] as const)('closes with 1012 who does not: session %s', async (session) => {
    const site = new Site();
    site.leave();
    const { client } = await site.connect(session);
    expect(client.ready).toBe(false);
    expect(client.closedWith).toMatchObject({ code: 1012 });
    expect(site.sessions.size).toBe(0);
  });

  it('closes with 1012 who asks for a session that it does not have, which lives on if it is elsewhere', async () => {
    const { site, client, connection, call } = await detached(true);
    connection.close();
    await site.clock.settle();
    site.leave();
    client.link.attach(site.dial());
    await site.clock.settle();
    expect(client.detachedWith).toMatchObject({ code: 1012 });
    expect(call?.end).toBeUndefined();
    expect(site.sessions.size).toBe(0);
  });
});

describe('SPEC 8.10.7 a session of a server that is leaving', () => {
  it('ends at once where it has neither a transport nor a request', async () => {
    const { site, connection } = await detached(false);
    site.leave();
    expect(await connection.closed).toMatchObject({ code: 1012, reason: 'update' });
    expect(site.sessions.size).toBe(0);
  });

  it('ends with its transport where it has no request', async () => {
    const site = new Site();
    const { transport, connection } = await site.connect('new');
    site.leave();
    await site.clock.settle();
    transport.terminate();
    await site.clock.settle();
    await connection.closed;
    expect(site.sessions.size).toBe(0);
  });

  it('goes on while its command runs, and until its client has the answer', async () => {
    const { site, client, connection, call } = await detached(true);
    site.leave();
    await site.clock.advance(60_000);
    site.finish.resolve('done');
    await site.clock.settle();
    expect([site.sessions.size, site.stopped]).toEqual([1, undefined]);
    client.link.attach(site.dial());
    await site.clock.settle();
    expect(call?.values).toEqual(['done']);
    client.link.close(1000, '');
    await site.clock.settle();
    await connection.closed;
  });

  it('ends with session-lost when its grace is over, with and without a transport', async () => {
    const without = await detached(true);
    without.site.leave();
    without.connection.close(1012, 'Over.');
    await without.site.clock.settle();
    await without.connection.closed;
    expect(without.site.stopped).toMatchObject({ code: 'session-lost' });

    const site = new Site();
    const { client, connection } = await site.connect('new');
    const call = client.call('run');
    await site.clock.settle();
    site.leave();
    await site.clock.settle();
    connection.close(1012, 'Over.');
    await site.clock.settle();
    expect(await connection.closed).toMatchObject({ code: 1012 });
    expect(client.closedWith).toMatchObject({ code: 1012 });
    expect([call.end, (site.stopped as { code: string }).code]).toEqual(['session-lost', 'session-lost']);
  });
});
