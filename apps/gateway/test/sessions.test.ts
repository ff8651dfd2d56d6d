import { once } from 'node:events';
import { command, defineCommands, implement } from '@wiremux/server';
import { describe, expect, it } from 'vitest';
import { startGateway } from './support/gateway.js';
import { connectMux } from './support/mux-client.js';

/** A command that is under way until its signal aborts, which `stopped` tells. */
function waiting() {
  let stop: (reason: unknown) => void = () => {};
  const stopped = new Promise<unknown>((resolve) => {
    stop = resolve;
  });
  const commands = implement(defineCommands({ wait: command() }), {
    wait: async (_, { signal }) => {
      await once(signal, 'abort');
      stop(signal.reason);
    },
  });
  return { commands, stopped };
}

const rows = async (port: number): Promise<{ id: string; attached: boolean; remote: string }[]> => {
  const client = await connectMux(port);
  const answer = client.call('gateway.connections', { every: 100 });
  const values = await answer.count(1);
  client.close();
  return values[0] as never;
};

describe('SPEC 8.8 sessions of a gateway', () => {
  it('outlive their sockets, are listed meanwhile, and end when their time is over', async () => {
    const { commands, stopped } = waiting();
    const { port } = await startGateway({ commands, sessionTtl: 300 });
    const client = await connectMux(port, 'wiremux.1', undefined, 'new');
    client.call('wait').done.catch(() => {});
    await client.call('echo').done;
    client.socket.terminate();
    await client.detached;
    expect(await rows(port)).toMatchObject([{ id: 'c1', attached: false }, { attached: true }]);
    expect(await stopped).toMatchObject({ code: 'session-lost' });
  });

  it('do not count as connections, and leave room for their clients', async () => {
    const { port } = await startGateway({ maxConnections: 1 });
    const client = await connectMux(port, 'wiremux.1', undefined, 'new');
    await client.call('echo').done;
    client.socket.terminate();
    await client.detached;
    const other = await connectMux(port);
    expect(await other.call('echo').done).toEqual([{}]);
  });

  it('are given to nobody where they are turned off', async () => {
    const { port } = await startGateway({ sessionTtl: 0 });
    const client = await connectMux(port, 'wiremux.1', undefined, 'new');
    await client.call('echo').done;
    client.socket.terminate();
    expect(await client.closed).toMatchObject({ code: 1006 });
  });

  it('end with the gateway', async () => {
    const { commands, stopped } = waiting();
    const gateway = await startGateway({ commands, grace: 500 });
    const client = await connectMux(gateway.port, 'wiremux.1', undefined, 'new');
    client.call('wait').done.catch(() => {});
    await client.call('echo').done;
    client.socket.terminate();
    await client.detached;
    await gateway.close();
    expect(await stopped).toMatchObject({ code: 'session-lost' });
  });

  it('SPEC 8.10.7 do not hold a gateway that leaves, where nothing of them runs', async () => {
    const gateway = await startGateway({ grace: 600_000 });
    const [gone, there] = await Promise.all([1, 2].map(() => connectMux(gateway.port, 'wiremux.1', undefined, 'new')));
    await gone?.call('echo').done;
    gone?.socket.terminate();
    await gone?.detached;
    const closed = gateway.close();
    await there?.drained;
    there?.socket.terminate();
    await closed;
  });

  it('SPEC 8.10.2 let their clients in while the gateway leaves, and nobody else', async () => {
    const { commands, stopped } = waiting();
    const gateway = await startGateway({ commands, grace: 600_000 });
    const client = await connectMux(gateway.port, 'wiremux.1', undefined, 'new');
    const waits = client.call('wait');
    await client.call('echo').done;
    const closed = gateway.close();
    expect(await (await connectMux(gateway.port)).closed).toMatchObject({ code: 1012 });
    await expect(connectMux(gateway.port, 'exp-framing-0006')).rejects.toThrow(/503/);
    client.socket.terminate();
    await client.detached;
    await client.resume();
    waits.cancel();
    await waits.done;
    expect(await stopped).toMatchObject({ code: 'aborted' });
    client.close();
    await closed;
  });

  it.each([
    ['sessionTtl', -1],
    ['maxSessions', 0],
    ['maxSessionsPerPrincipal', 0],
    ['maxKeptBytes', -1],
    ['node', 'a b'],
    ['node', ''],
  ])('refuse %s: %s', async (name, value) => {
    await expect(startGateway({ [name]: value })).rejects.toThrow(name);
  });
});
