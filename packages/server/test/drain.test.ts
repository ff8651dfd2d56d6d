import { describe, expect, it } from 'vitest';
import { implement } from '../src/command-set.js';
import { command, defineCommands } from '../src/contract.js';
import { Deferred } from './support/one-command.js';
import { type RigOptions, serve } from './support/rig.js';

const NOTICE = { after: 500, jitter: 2_000, reason: 'update' };

async function rig(options?: RigOptions) {
  const finish = new Deferred<string>();
  let begun = 0;
  const commands = defineCommands({ run: command() });
  const run = (): Promise<string> => {
    begun += 1;
    return finish.promise;
  };
  return { ...(await serve(implement(commands, { run }), options)), finish, begun: () => begun };
}

describe('SPEC 8.10 a connection whose server is about to leave', () => {
  it('SPEC 8.10.2 tells its client', async () => {
    const { server, client, clock } = await rig();
    server.drain(NOTICE);
    await clock.settle();
    expect(client.notices).toEqual([NOTICE]);
  });

  it('SPEC 8.10.4 lets requests run to their ends', async () => {
    const { server, client, clock, finish } = await rig();
    const call = client.call('run');
    server.drain(NOTICE);
    await clock.advance(60_000);
    finish.resolve('done');
    await clock.settle();
    expect(call).toMatchObject({ values: ['done'], end: 'ended' });
    expect(client.closedWith).toBeUndefined();
  });

  it('SPEC 8.10.5 runs what comes before the client has to have moved, and then begins nothing', async () => {
    const { server, client, clock, finish, begun } = await rig();
    server.drain(NOTICE);
    await clock.advance(2_499);
    const early = client.call('run');
    await clock.settle();
    await clock.advance(1);
    const late = client.call('run');
    const unknown = client.call('nothing');
    finish.resolve('done');
    await clock.settle();
    expect(early.values).toEqual(['done']);
    expect(late).toMatchObject({ end: 'draining', values: [] });
    expect(unknown.end).toBe('draining');
    expect(begun()).toBe(1);
  });

  it('SPEC 8.10.5 gives no more time where it is told again', async () => {
    const { server, client, clock } = await rig();
    server.drain(NOTICE);
    await clock.advance(1_000);
    server.drain(NOTICE);
    await clock.advance(1_500);
    const late = client.call('run');
    await clock.settle();
    expect(late.end).toBe('draining');
  });

  it('is closed with 1012 in an older dialect, when it has no request', async () => {
    const { server, client, clock, finish } = await rig({ dialect: 'exp-framing-0006' });
    const call = client.call('run');
    await clock.settle();
    server.drain(NOTICE);
    await clock.settle();
    expect(client.closedWith).toBeUndefined();
    finish.resolve('done');
    await clock.settle();
    expect(call.values).toEqual(['done']);
    expect(client.closedWith).toEqual({ code: 1012, reason: 'update' });
  });

  it('ends by itself over HTTP', async () => {
    const { server, clock } = await rig({ server: { halfDuplex: true } });
    server.drain(NOTICE);
    await clock.settle();
    let closed = false;
    void server.closed.then(() => {
      closed = true;
    });
    await clock.settle();
    expect(closed).toBe(false);
  });
});
