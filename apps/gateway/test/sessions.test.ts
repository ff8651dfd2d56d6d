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
