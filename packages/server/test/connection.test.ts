import { CloseCode, type PeerSettings, WiremuxError } from '@wiremux/framing';
import { memoryTransportPair, VirtualClock } from '@wiremux/framing/testing';
import { describe, expect, it } from 'vitest';
import { implement } from '../src/command-set.js';
import { serveConnection } from '../src/connection.js';
import { command, defineCommands } from '../src/contract.js';
import { ANONYMOUS, type Principal } from '../src/principal.js';
import { Deferred } from './support/one-command.js';
import { knownDialect, type RigOptions, serve } from './support/rig.js';
import { TestClient } from './support/test-client.js';

const commands = defineCommands({ whoami: command(), wait: command() });
const set = implement(commands, { whoami: (_, { principal }) => principal.name, wait: () => new Promise(() => {}) });

const serveWith = (options?: RigOptions) => serve(set, options);

describe('the principal of a connection', () => {
  it('is anonymous', async () => {
    const { client, clock, server } = await serveWith();
    const call = client.call('whoami');
    await clock.settle();
    expect(call.values).toEqual(['anonymous']);
    expect(server.principal).toBe(ANONYMOUS);
  });

  it.each(['wiremux.1', 'exp-framing-0006'] as const)('is whom the server names, in %s', async (dialect) => {
    const { client, clock, server } = await serveWith({ dialect, server: { principal: { name: 'ann' } } });
    const call = client.call('whoami');
    await clock.settle();
    expect(call.values).toEqual(['ann']);
    expect(server.snapshot().principal).toBe('ann');
  });

  it('SPEC 8.3.2 is whom the settings prove, and no request runs before', async () => {
    const admitted = new Deferred<Principal>();
    let settings: PeerSettings | undefined;
    const { client, clock, server } = await serveWith({
      client: { token: 'ann-token' },
      server: {
        authenticate: (given) => {
          settings = given;
          return admitted.promise;
        },
      },
    });
    const call = client.call('whoami');
    await clock.settle();
    expect(settings?.token).toBe('ann-token');
    expect(client.ready).toBe(false);
    expect(server.counters.requests.total).toBe(0);

    admitted.resolve({ name: 'ann', role: 'admin' });
    await clock.settle();
    expect(client.ready).toBe(true);
    expect(call.values).toEqual(['ann']);
    expect(server.principal).toEqual({ name: 'ann', role: 'admin' });
  });

  it.each<[string, Error, number, string]>([
    ['not-authenticated', new WiremuxError('not-authenticated', 'No token.'), 4401, 'No token.'],
    ['not-allowed', new WiremuxError('not-allowed', 'Banned.'), 4403, 'Banned.'],
    ['another error', new Error('key id 7 unknown'), 4401, 'The token was not accepted.'],
  ])('SPEC 8.3.2 is nobody after %s: the connection closes', async (_, error, code, reason) => {
    const { client, clock, server, log } = await serveWith({
      client: { token: 'secret-token' },
      server: { authenticate: () => Promise.reject(error) },
    });
    await clock.settle();
    expect(client.closedWith).toEqual({ code, reason });
    expect(client.ready).toBe(false);
    expect(server.counters.requests.total).toBe(0);
    await expect(server.closed).resolves.toEqual({ code, reason });
    expect(log.filter(({ level }) => level === 'warn')).toHaveLength(1);
    expect(JSON.stringify(log)).not.toContain('secret-token');
  });

  it('is not asked for after the transport is gone', async () => {
    const admitted = new Deferred<Principal>();
    const { client, clock, clientTransport } = await serveWith({ server: { authenticate: () => admitted.promise } });
    clientTransport.terminate();
    await clock.settle();
    admitted.resolve({ name: 'ann' });
    await clock.settle();
    expect(client.ready).toBe(false);
  });

  it('must be given where a dialect has no token', async () => {
    const authenticate = () => ANONYMOUS;
    await expect(serveWith({ dialect: 'exp-framing-0006', server: { authenticate } })).rejects.toThrow(
      'A client cannot authenticate in exp-framing-0006: give the connection its principal.',
    );
    const server = { authenticate, principal: { name: 'ann' } };
    expect((await serveWith({ dialect: 'exp-framing-0006', server })).server.principal.name).toBe('ann');
  });
});

describe('the end of a connection', () => {
  it('is normal unless told otherwise', async () => {
    const { clock, server, client } = await serveWith();
    server.close();
    await clock.settle();
    await expect(server.closed).resolves.toEqual({ code: 1000, reason: '' });
    expect(client.closedWith).toEqual({ code: 1000, reason: '' });
  });

  it('is told to its observer, and to who asks before and after', async () => {
    const ends: unknown[] = [];
    const { clock, server } = await serveWith({ server: { observer: { closed: (end) => void ends.push(end) } } });
    const before = server.closed;
    server.close(1012, 'Restarting.');
    await clock.settle();
    const end = { code: 1012, reason: 'Restarting.' };
    expect(ends).toEqual([end]);
    expect(await before).toEqual(end);
    expect(await server.closed).toEqual(end);
  });

  it('fails the open requests of its client', async () => {
    const { clock, server, client } = await serveWith();
    const call = client.call('wait');
    await clock.settle();
    server.close(CloseCode.Restart, 'Restarting.');
    await clock.settle();
    expect(call.end).toBe('connection-lost');
    await expect(server.closed).resolves.toEqual({ code: 1012, reason: 'Restarting.' });
  });

  it('comes once, however often it is asked for', async () => {
    const { clock, server } = await serveWith();
    server.close(CloseCode.Restart, 'first');
    server.close(CloseCode.Policy, 'second');
    await clock.settle();
    server.close(CloseCode.Policy, 'third');
    await expect(server.closed).resolves.toEqual({ code: 1012, reason: 'first' });
  });

  it('SPEC 5.11 comes of garbage, and stops the handlers at once', async () => {
    const reasons: unknown[] = [];
    const listening = implement(defineCommands({ wait: command() }), {
      wait: (_, { signal }) => {
        signal.addEventListener('abort', () => reasons.push((signal.reason as WiremuxError).code));
        return new Promise(() => {});
      },
    });
    const { client, clock, server, clientTransport, log } = await serve(listening);
    client.call('wait');
    await clock.settle();
    clientTransport.send([Uint8Array.of(0, 0, 0, 1, 0, 3, 0xff, 0xff)]);
    await clock.settle();
    expect(reasons).toEqual(['connection-lost']);
    expect(client.closedWith?.code).toBe(1002);
    await expect(server.closed).resolves.toMatchObject({ code: 1002 });
    expect(log.filter(({ fields }) => fields['rule'] !== undefined)).toHaveLength(1);
  });

  it('SPEC 5.11 stops the handlers before the transport has closed', async () => {
    const clock = new VirtualClock();
    const [clientTransport, transport] = memoryTransportPair(clock);
    transport.close = () => undefined;
    let reason: unknown;
    const listening = implement(defineCommands({ wait: command() }), {
      wait: (_, { signal }) => {
        signal.addEventListener('abort', () => {
          reason = signal.reason;
        });
        return new Promise(() => {});
      },
    });
    const dialect = knownDialect('wiremux.1');
    const server = serveConnection({ transport, clock, dialect, commands: listening });
    const client = new TestClient({ transport: clientTransport, clock, dialect });
    client.call('wait');
    await clock.settle();
    server.close(CloseCode.Restart, 'Restarting.');
    expect(reason).toMatchObject({ code: 'connection-lost', message: 'The connection ended: Restarting. (code 1012)' });
    expect(transport.closedWith).toBeUndefined();
  });

  it('SPEC 5.11 of one client is nothing to another', async () => {
    const broken = await serveWith();
    const sound = await serveWith();
    broken.clientTransport.send([new Uint8Array(64).fill(0xff)]);
    await broken.clock.settle();
    const call = sound.client.call('whoami');
    await sound.clock.settle();
    expect(call.end).toBe('ended');
  });
});

describe('what a connection says of itself', () => {
  it('is named at random unless told otherwise', () => {
    const clock = new VirtualClock();
    const make = () => {
      const [, transport] = memoryTransportPair(clock);
      return serveConnection({ transport, clock, dialect: knownDialect('wiremux.1'), commands: set });
    };
    expect(make().id).toMatch(/^[0-9a-f-]{36}$/);
    expect(make().id).not.toBe(make().id);
  });

  it('holds its channels and its requests', async () => {
    const { client, clock, server } = await serveWith();
    await clock.advance(100);
    client.call('wait');
    client.call('whoami');
    await clock.settle();
    const snapshot = server.snapshot();
    expect(snapshot).toMatchObject({ id: 'test', since: 0, dialect: 'wiremux.1', principal: 'anonymous' });
    expect(snapshot.requests).toEqual([
      { id: 1, command: 'wait', channel: 'default', since: 100, state: 'running', bytes: 0 },
    ]);
    expect(snapshot.channels.map(({ direction, name }) => `${direction} ${name}`)).toContain('out default');
    for (const { frames, bytes } of snapshot.channels) {
      expect(frames).toBeGreaterThan(0);
      expect(bytes).toBeGreaterThanOrEqual(frames * 8);
    }
  });

  it('counts requests, bytes and frames', async () => {
    const { client, clock, server } = await serveWith();
    const { bytes, frames } = server.counters;
    client.call('whoami');
    await clock.settle();
    const after = server.counters;
    expect(after.requests).toEqual({ open: 0, total: 1, failed: 0 });
    expect(after.frames.in).toBe(frames.in + 1);
    expect(after.frames.out).toBeGreaterThan(frames.out);
    expect(after.bytes.in).toBeGreaterThan(bytes.in);
    expect(after.bytes.out).toBeGreaterThan(bytes.out);
  });

  it('tells the log what was agreed', async () => {
    const { log } = await serveWith({ server: { agent: 'test/1' } });
    expect(log).toMatchObject([{ level: 'debug', fields: { connection: 'test', dialect: 'wiremux.1' } }]);
  });
});
