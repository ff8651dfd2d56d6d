import { WiremuxError } from '@wiremux/framing';
import { type Authenticate, command, defineCommands, implement } from '@wiremux/server';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../src/config/load.js';
import { createGateway } from '../src/gateway.js';
import { folderWith } from './support/folder.js';
import { startGateway } from './support/gateway.js';
import { rawRequest, upgradeHeaders } from './support/http.js';
import { connectMux } from './support/mux-client.js';
import { post } from './support/post.js';

const commands = implement(defineCommands({ whoami: command() }), {
  whoami: (_args, { principal }) => principal,
});

/** Tokens are `name`, or `name:ms` where they expire. */
const authenticate: Authenticate = ({ token = '' }) => {
  const [name = '', ms] = token.split(':');
  if (name === '') throw new WiremuxError('not-authenticated', 'Sign in first.');
  if (name === 'mallory') throw new WiremuxError('not-allowed', 'Not you.');
  const principal = { name, roles: ['user'] };
  return ms === undefined ? principal : { principal, expires: Number(ms) };
};

describe('createGateway({ authenticate })', () => {
  it('SPEC 8.3.2 has commands run for whom the token proves', async () => {
    const { port } = await startGateway({ commands, authenticate });
    const client = await connectMux(port, 'wiremux.1', 'ann');
    expect(await client.call('whoami').done).toEqual([{ name: 'ann', roles: ['user'] }]);
    expect(client.verdicts).toEqual([{ ok: true }]);
  });

  it.each([
    ['', 4401, 'Sign in first.'],
    ['mallory', 4403, 'Not you.'],
  ])('SPEC 8.3.2 turns the token "%s" away with %i', async (token, code, reason) => {
    const { port } = await startGateway({ commands, authenticate });
    const client = await connectMux(port, 'wiremux.1', token);
    expect(await client.closed).toEqual({ code, reason });
  });

  it('SPEC 8.3.14 closes with 4401 when the token has expired', async () => {
    const { port } = await startGateway({ commands, authenticate });
    const client = await connectMux(port, 'wiremux.1', 'ann:50');
    expect(await client.closed).toEqual({ code: 4401, reason: 'The token has expired.' });
  });

  it('SPEC 8.3.13 takes a newer token of the same principal, in place, and none of another', async () => {
    const { port } = await startGateway({ commands, authenticate });
    const client = await connectMux(port, 'wiremux.1', 'ann');
    await client.call('whoami').done;
    client.refreshToken('ann:3600000');
    await client.call('whoami').done;
    expect(client.verdicts[1]).toMatchObject({ ok: true, expires: expect.any(Number) });

    const other = await connectMux(port, 'wiremux.1', 'ann');
    await other.call('whoami').done;
    other.refreshToken('bob');
    expect(await other.closed).toMatchObject({ code: 4403 });
  });

  it('speaks only the dialect in which clients can say who they are', async () => {
    const { port } = await startGateway({ commands, authenticate });
    await expect(connectMux(port, 'exp-framing-0006')).rejects.toThrow('400');
    const client = await connectMux(port, 'wiremux.1', 'ann');
    const [{ dialects }] = (await client.call('capabilities').done) as [{ dialects: string[] }];
    expect(dialects).toEqual(['wiremux.1']);
    expect(() => createGateway({ authenticate, dialects: ['exp-framing-0006'] })).toThrow(
      'With `authenticate` the setting `dialects` must have wiremux.1: clients cannot prove who they are in exp-framing-0006.',
    );
  });

  it('wants a function', () => {
    expect(() => createGateway({ authenticate: 'ann' as unknown as Authenticate })).toThrow(
      '`authenticate` in createGateway() is a string, but must be a function that takes settings and returns a principal.',
    );
  });
});

describe('an address whose tokens are refused', () => {
  it('has so many attempts, and waits for the next with 429', async () => {
    const { port } = await startGateway({ commands, authenticate, failedConnects: 2, failedConnectsRefill: 1 });
    for (let attempt = 1; attempt <= 2; attempt++) {
      const client = await connectMux(port, 'wiremux.1', 'mallory');
      expect(await client.closed).toMatchObject({ code: 4403 });
    }
    const upgrade = await rawRequest(port, 'GET /mux', upgradeHeaders());
    expect(upgrade).toMatchObject({ status: 429, headers: { 'retry-after': '1' } });
    expect(upgrade.body).toContain('check the token');
    const posted = await post(port, [{ name: 'whoami' }]);
    expect(posted).toMatchObject({ status: 429, headers: { 'retry-after': '1' } });
  });
});

describe('authenticate in a config file', () => {
  it('is what the module says', async () => {
    const cwd = await folderWith({
      'wiremux.config.ts': `export default { port: 0, authenticate: ({ token }) => ({ name: String(token) }) };`,
    });
    const { options } = await loadConfig({ cwd, env: {}, flags: {} });
    const { port } = await startGateway({ ...options, commands });
    const client = await connectMux(port, 'wiremux.1', 'eve');
    expect(await client.call('whoami').done).toEqual([{ name: 'eve' }]);
  });

  it('is no text', async () => {
    const cwd = await folderWith({ 'wiremux.config.json': '{ "authenticate": "yes" }' });
    await expect(loadConfig({ cwd, env: {}, flags: {} })).rejects.toMatchObject({
      code: 'bad-option',
      message: expect.stringMatching(/^`authenticate` in .*wiremux\.config\.json is a string, but must be a function/),
    });
  });
});
