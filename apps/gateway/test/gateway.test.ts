import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { command, defineCommands, implement } from '@wiremux/server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createGateway } from '../src/gateway.js';
import { recordingLog, startGateway } from './support/gateway.js';
import { connectMux } from './support/mux-client.js';

describe('createGateway', () => {
  it('serves commands beside the built-in ones', async () => {
    const commands = implement(defineCommands({ hello: command() }), { hello: () => 'world' });
    const gateway = await startGateway({ commands });
    expect([...gateway.commands.keys()]).toContain('hello');
    const client = await connectMux(gateway.port);
    expect(await client.call('hello').done).toEqual(['world']);
  });

  it('serves a command in the place of the built-in one of its name', async () => {
    const commands = implement(defineCommands({ echo: command() }), { echo: () => 'louder' });
    const { port } = await startGateway({ commands });
    const client = await connectMux(port);
    expect(await client.call('echo', { said: 1 }).done).toEqual(['louder']);
    const [told] = (await client.call('capabilities').done) as { commands: { name: string }[] }[];
    expect(told?.commands.filter(({ name }) => name === 'echo')).toHaveLength(1);
  });

  it('refuses two sets with a command of the same name', () => {
    const hello = () => implement(defineCommands({ hello: command() }), { hello: () => 1 });
    expect(() => createGateway({ commands: [hello(), hello()], logger: recordingLog() })).toThrow(
      expect.objectContaining({ code: 'bad-commands', message: expect.stringContaining('`hello`') as string }) as Error,
    );
  });

  it('refuses settings that cannot be', () => {
    expect(() => createGateway({ port: -1 })).toThrow('`port` in createGateway() is -1, but must be');
  });

  it('says in one sentence that its port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void taken.close());
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const gateway = createGateway({ port, logger: recordingLog() });
    await expect(gateway.listen()).rejects.toMatchObject({
      code: 'port-taken',
      message: `Port ${port} on 127.0.0.1 is taken: stop what listens there, or choose another with --port (0 picks a free one).`,
    });
    await gateway.close();
  });

  it('says in one sentence that its address cannot be listened on', async () => {
    const gateway = createGateway({ host: '192.0.2.1', port: 0, logger: recordingLog() });
    await expect(gateway.listen()).rejects.toMatchObject({
      code: 'listen-failed',
      message: 'Cannot listen on 192.0.2.1, port 0 (EADDRNOTAVAIL): check --host and --port.',
    });
  });

  it('tells the address to open, brackets around IPv6', async () => {
    const { url, port } = await startGateway({ host: '127.0.0.1' });
    expect(url).toBe(`http://127.0.0.1:${port}/`);
    const six = createGateway({ host: '::1', port: 0, logger: recordingLog() });
    onTestFinished(() => six.close());
    const address = await six.listen();
    expect(address.url).toBe(`http://[::1]:${address.port}/`);
  });

  it('holds a connection to the limits it was given', async () => {
    const { port } = await startGateway({ requestMap: 1_024 });
    const client = await connectMux(port);
    await expect(client.call('echo', { text: 'x'.repeat(2_000) }).done).rejects.toMatchObject({ code: 'too-big' });
    expect(await client.call('echo', { text: 'short' }).done).toEqual([{ text: 'short' }]);
  });
});
