import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { implement } from '../src/command-set.js';
import { command, defineCommands } from '../src/contract.js';
import type { CommandContext } from '../src/handler.js';
import type { ConnectionObserver } from '../src/observer.js';
import { Deferred } from './support/one-command.js';
import { serve } from './support/rig.js';

const bytes = (content: string): Uint8Array => new TextEncoder().encode(content);

const commands = defineCommands({
  count: command({ args: z.object({ to: z.number(), name: z.string().default('n') }), yields: z.unknown() }),
  bulky: command({ channel: 'bulk' }),
  odd: command({ channel: 'nowhere' }),
  plain: command(),
});

/** Serves commands that answer with their context's channel, or with their arguments. */
function serveAll(observer: ConnectionObserver = {}, dialect: 'wiremux.1' | 'exp-framing-0006' = 'wiremux.1') {
  const channelOf = (_: unknown, { channel }: CommandContext): string => channel;
  const set = implement(commands, { count: (args) => args, bulky: channelOf, odd: channelOf, plain: channelOf });
  return serve(set, { dialect, server: { observer, principal: { name: 'ann' } } });
}

describe('SPEC 3.2.6 a command there is not', () => {
  it('is answered with unknown-command, and the name nearest to it', async () => {
    const { client, clock, server } = await serveAll();
    const call = client.call('cuont');
    await clock.settle();
    expect(call.error).toMatchObject({
      code: 'unknown-command',
      message: 'There is no command `cuont`. Did you mean `count`?',
    });
    expect(server.counters.requests).toEqual({ open: 0, total: 1, failed: 1 });
  });

  it('is answered with where to find the list, if there is one', async () => {
    const { client, clock } = await serve(
      implement(defineCommands({ capabilities: command() }), { capabilities: () => undefined }),
    );
    const call = client.call('x');
    await clock.settle();
    expect(call.error?.message).toBe('There is no command `x`. Call `capabilities` for the list of commands.');
  });

  it('has its name cut in the message', async () => {
    const { client, clock } = await serveAll();
    const [whole, cut] = [client.call('n'.repeat(64)), client.call('n'.repeat(65))];
    await clock.settle();
    expect(whole?.error?.message).toBe(`There is no command \`${'n'.repeat(64)}\`.`);
    expect(cut?.error?.message).toBe(`There is no command \`${'n'.repeat(64)}…\`.`);
  });

  it.each(['constructor', '__proto__', 'toString'])('may be called %s', async (name) => {
    const { client, clock } = await serveAll();
    const call = client.call(name);
    await clock.settle();
    expect(call.end).toBe('unknown-command');
  });

  it('leaves other requests alone', async () => {
    const { client, clock } = await serveAll();
    const calls = ['plain', 'nothing', 'plain'].map((name) => client.call(name));
    await clock.settle();
    expect(calls.map(({ end }) => end)).toEqual(['ended', 'unknown-command', 'ended']);
  });
});

describe('arguments of a request', () => {
  it('reach the handler as the schema gives them', async () => {
    const { client, clock } = await serveAll();
    const call = client.call('count', { to: 3 });
    await clock.settle();
    expect(call.values).toEqual([{ to: 3, name: 'n' }]);
  });

  it('are answered with bad-arguments where they do not fit, and the handler is not called', async () => {
    const { client, clock, log } = await serveAll();
    const call = client.call('count', { to: 'secret' });
    await clock.settle();
    expect(call.error).toMatchObject({
      code: 'bad-arguments',
      message: expect.stringContaining('`to`: Invalid input: expected number') as string,
      data: [{ path: ['to'] }],
    });
    expect(call.values).toEqual([]);
    expect(JSON.stringify(log)).not.toContain('secret');
  });

  it('SPEC 3.1.3 may be text sent as bytes in 0006', async () => {
    const { client, clock } = await serveAll({}, 'exp-framing-0006');
    const calls = [client.call('count', { to: 1, name: 'zwölf' }), client.call('count', { to: 1, name: bytes('x') })];
    await clock.settle();
    expect(calls.map(({ values }) => values)).toEqual([[{ to: 1, name: 'zwölf' }], [{ to: 1, name: 'x' }]]);
  });

  it('SPEC 3.1.3 are not mistaken for text in wiremux.1', async () => {
    const { client, clock } = await serveAll();
    const call = client.call('count', { to: 1, name: bytes('x') });
    await clock.settle();
    expect(call.end).toBe('bad-arguments');
  });

  it('are not given to a handler when the request is cancelled before they are validated', async () => {
    const gate = new Deferred<boolean>();
    const slow = defineCommands({ slow: command({ args: z.object({}).refine(() => gate.promise) }) });
    let called = false;
    const handler = (): void => {
      called = true;
    };
    const { client, clock } = await serve(implement(slow, { slow: handler }));
    const call = client.call('slow');
    await clock.settle();
    client.peer.cancel(call.id);
    await clock.settle();
    expect(call.end).toBeUndefined();
    gate.resolve(true);
    await clock.settle();
    expect(call.end).toBe('stopped');
    expect(called).toBe(false);
  });

  it('answer command-failed where the schema itself fails', async () => {
    const broken = defineCommands({
      broken: command({
        args: z.object({}).refine(() => {
          throw new Error('broken schema');
        }),
      }),
    });
    const { client, clock, log } = await serve(implement(broken, { broken: () => 1 }));
    const call = client.call('broken');
    await clock.settle();
    expect(call.error).toMatchObject({ code: 'command-failed', message: 'broken schema' });
    expect(log.filter(({ level }) => level === 'error')).toHaveLength(1);
  });
});

describe('SPEC 8.11.1 the channel of an answer', () => {
  it.each([
    ['plain', undefined, 'default'],
    ['plain', 'bulk', 'bulk'],
    ['plain', 'nowhere', 'default'],
    ['plain', 'control', 'default'],
    ['bulky', undefined, 'bulk'],
    ['bulky', 'default', 'default'],
    ['bulky', 'nowhere', 'bulk'],
    ['bulky', 'control', 'bulk'],
    ['odd', undefined, 'default'],
  ])('of %s, asked for on %s, is %s', async (name, asked, channel) => {
    const { client, clock, server } = await serveAll();
    const call = client.call(name, {}, asked === undefined ? {} : { channel: asked });
    await clock.settle();
    expect(call.values).toEqual([channel]);
    const carried = server
      .snapshot()
      .channels.filter(({ direction, name: of }) => direction === 'out' && of === channel);
    expect(carried).toHaveLength(1);
  });
});

describe('an observer', () => {
  it('is told of every request, and how it ended', async () => {
    const told: unknown[] = [];
    const observer: ConnectionObserver = {
      requestStarted: ({ id, command: name, channel, principal }) =>
        told.push(['started', id, name, channel, principal]),
      requestEnded: ({ id }, outcome, ms) => told.push(['ended', id, outcome, ms]),
      requestRefused: (code) => told.push(['refused', code]),
    };
    const { client, clock } = await serveAll(observer);
    client.call('plain');
    client.call('count', {});
    client.call('nothing');
    await clock.settle();
    expect(told).toEqual([
      ['started', 1, 'plain', 'default', { name: 'ann' }],
      ['ended', 1, { result: 'ended', code: undefined }, 0],
      ['started', 3, 'count', 'default', { name: 'ann' }],
      ['ended', 3, { result: 'failed', code: 'bad-arguments' }, 0],
      ['refused', 'unknown-command'],
    ]);
  });

  it('is told of a cancelled request once its handler has stopped, and how long that took', async () => {
    const gate = new Deferred();
    const told: unknown[] = [];
    const waiting = implement(defineCommands({ wait: command() }), { wait: () => gate.promise });
    const observer: ConnectionObserver = { requestEnded: (_, outcome, ms) => told.push([outcome, ms]) };
    const { client, clock } = await serve(waiting, { server: { observer } });
    const call = client.call('wait');
    await clock.advance(1_000);
    client.peer.cancel(call.id, { code: 'timeout' });
    await clock.advance(500);
    expect(told).toEqual([]);
    gate.resolve();
    await clock.settle();
    expect(told).toEqual([[{ result: 'cancelled', code: 'timeout' }, 1_500]]);
  });
});
