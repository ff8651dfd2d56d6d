import { WiremuxError } from '@wiremux/framing';
import { TokenRefresh } from '@wiremux/framing/tokens';
import { describe, expect, it } from 'vitest';
import type { Admission } from '../src/admission.js';
import { implement } from '../src/command-set.js';
import { command, defineCommands } from '../src/contract.js';
import type { Principal } from '../src/principal.js';
import { Deferred } from './support/one-command.js';
import { type Rig, type RigOptions, serve } from './support/rig.js';

const commands = defineCommands({ role: command(), wait: command() });
const set = implement(commands, {
  role: (_, { principal }) => String(principal['role']),
  wait: () => new Promise(() => {}),
});

/** A rig whose tokens are `name:role:ms`, or a word that is refused with. */
const judge = ({ token = '' }: { readonly token?: string }): Principal | Admission => {
  const [name = '', role, ms] = token.split(':');
  if (role === undefined) throw new WiremuxError(name, 'No.');
  const principal = { name, role };
  return ms === undefined ? principal : { principal, expires: Number(ms) };
};

const admit = (token: string, server: RigOptions['server'] = {}): Promise<Rig> =>
  serve(set, { client: { token }, server: { authenticate: judge, ...server } });

async function refresh({ client, clock }: Rig, token: string): Promise<void> {
  client.peer.refreshToken(token, clock.now(), TokenRefresh);
  await clock.settle();
}

const verdicts = ({ client }: Rig): unknown[] => client.verdicts;

describe('SPEC 8.3.12 what the client is told of its token', () => {
  it.each([
    ['ann:user', { ok: true }],
    ['ann:user:60000', { ok: true, expires: 60_000 }],
  ])('is in the first settings: %s', async (token, verdict) => {
    expect((await admit(token)).client.peer.remoteSettings.auth).toEqual(verdict);
  });

  it('is what is left when a newer one has been judged', async () => {
    const rig = await admit('ann:user:60000');
    await rig.clock.advance(50_000);
    await refresh(rig, 'ann:admin:90000');
    expect(verdicts(rig)).toEqual([{ ok: true, expires: 90_000 }]);
    await rig.clock.advance(10_000);
    await refresh(rig, 'ann:admin');
    expect(verdicts(rig).at(-1)).toEqual({ ok: true });
  });
});

describe('SPEC 8.3.13 a newer token', () => {
  it('is whom later requests act for', async () => {
    const rig = await admit('ann:user');
    await refresh(rig, 'ann:admin');
    const call = rig.client.call('role');
    await rig.clock.settle();
    expect(call.values).toEqual(['admin']);
    expect(rig.server.principal).toEqual({ name: 'ann', role: 'admin' });
  });

  it('of another principal closes with 4403', async () => {
    const rig = await admit('ann:user');
    const call = rig.client.call('wait');
    await refresh(rig, 'bob:user');
    expect(rig.client.closedWith).toMatchObject({ code: 4403 });
    expect(call.end).toBe('connection-lost');
    expect(rig.server.principal.name).toBe('ann');
  });

  it.each(['not-authenticated', 'not-allowed'])(
    'that is refused with %s leaves the one before in force',
    async (code) => {
      const rig = await admit('ann:user:60000');
      await rig.clock.advance(20_000);
      await refresh(rig, code);
      expect(verdicts(rig)).toEqual([{ ok: false, code, expires: 40_000 }]);
      expect(rig.server.principal).toEqual({ name: 'ann', role: 'user' });
      expect(rig.log.filter(({ level }) => level === 'warn')).toHaveLength(1);
      await rig.clock.advance(39_999);
      expect(rig.client.closedWith).toBeUndefined();
      await rig.clock.advance(1);
      expect(rig.client.closedWith).toMatchObject({ code: 4401 });
    },
  );

  it('that fails otherwise is told without why', async () => {
    const rig = await admit('ann:user', {
      authenticate: ({ token }) => {
        if (token === 'boom') throw new Error('the key server is at 10.0.0.7');
        return { name: 'ann' };
      },
    });
    await refresh(rig, 'boom');
    expect(verdicts(rig)).toEqual([{ ok: false, code: 'not-authenticated' }]);
  });

  it('that has expired already is refused', async () => {
    const rig = await admit('ann:user:60000');
    await refresh(rig, 'ann:user:0');
    expect(verdicts(rig)).toEqual([{ ok: false, code: 'not-authenticated', expires: 60_000 }]);
  });

  it.each<[string, (judged: Deferred<Principal>) => void]>([
    ['accepted', (judged) => judged.resolve({ name: 'ann', role: 'admin' })],
    ['refused', (judged) => judged.reject(new Error('no'))],
  ])('that is %s after the connection has ended does nothing', async (_, settle) => {
    const judged = new Deferred<Principal>();
    const rig = await admit('ann:user', {
      authenticate: ({ token }) => (token === 'late' ? judged.promise : { name: 'ann', role: 'user' }),
    });
    await refresh(rig, 'late');
    rig.clientTransport.terminate();
    await rig.clock.settle();
    settle(judged);
    await rig.clock.settle();
    expect(rig.server.principal).toEqual({ name: 'ann', role: 'user' });
    expect(rig.log.filter(({ level }) => level === 'warn')).toEqual([]);
  });
});

describe('SPEC 8.3.14 a token that has expired', () => {
  it('closes the connection with 4401, and stops its requests', async () => {
    const rig = await admit('ann:user:60000');
    const call = rig.client.call('wait');
    await rig.clock.advance(59_999);
    expect(rig.client.closedWith).toBeUndefined();
    await rig.clock.advance(1);
    expect(rig.client.closedWith).toEqual({ code: 4401, reason: 'The token has expired.' });
    expect(call.end).toBe('connection-lost');
  });

  it('had its time from the moment that it was judged', async () => {
    const rig = await admit('ann:user:60000');
    await rig.clock.advance(30_000);
    await refresh(rig, 'ann:user:60000');
    await rig.clock.advance(59_999);
    expect(rig.client.closedWith).toBeUndefined();
    await rig.clock.advance(1);
    expect(rig.client.closedWith).toMatchObject({ code: 4401 });
  });

  it('does not end a connection that a newer one without an end has been given', async () => {
    const rig = await admit('ann:user:60000');
    await refresh(rig, 'ann:user');
    await rig.clock.advance(600_000);
    expect(rig.client.closedWith).toBeUndefined();
  });

  it.each(['0', '-1', 'NaN'])('does not let a client in: %s ms left', async (ms) => {
    const { client } = await admit(`ann:user:${ms}`);
    expect(client.closedWith).toEqual({ code: 4401, reason: 'The token has expired.' });
  });

  it('may have longer than any timer', async () => {
    const month = 31 * 24 * 3_600_000;
    const limits = { pingInterval: 2 * month };
    const server = { authenticate: judge, limits };
    const rig = await serve(set, { client: { token: `ann:user:${month}`, limits }, server });
    await rig.clock.advance(month - 1);
    expect(rig.client.closedWith).toBeUndefined();
    await rig.clock.advance(1);
    expect(rig.client.closedWith).toMatchObject({ code: 4401 });
  });
});
