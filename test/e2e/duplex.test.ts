import { type ConnectOptions, connect } from '@wiremux/client';
import { EXP_FRAMING_0006 } from '@wiremux/client/dialects';
import { createGateway, type Gateway } from '@wiremux/gateway';
import { command, defineCommands, implement } from '@wiremux/server';
import { filter, firstValueFrom, lastValueFrom, ReplaySubject, tap } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { HttpProxy } from '../support/http-proxy.js';

/** What the page of these tests serves. */
const page = defineCommands({
  show: command({ args: z.object({ text: z.string() }), yields: z.string() }),
  hang: command({ yields: z.string() }),
});

const gatewayCommands = defineCommands({ whoami: command({ yields: z.string() }) });

describe('SPEC 8.4.1 a gateway calls its clients', () => {
  let gateway: Gateway;
  let url: string;
  const open: { close(): void }[] = [];

  beforeEach(async () => {
    gateway = createGateway({
      port: 0,
      grace: 0,
      logLevel: 'silent',
      commands: implement(gatewayCommands, { whoami: (_, { connection }) => connection }),
    });
    url = `${(await gateway.listen()).url}mux`;
  });
  afterEach(async () => {
    for (const mux of open.splice(0)) mux.close();
    await gateway.close();
  });

  /** A page called `name`, and the reasons its `hang` was stopped for. */
  function openPage(name: string, options: ConnectOptions = {}, address = url) {
    const mux = connect<typeof gatewayCommands>(address, options);
    open.push(mux);
    const aborts = new ReplaySubject<string>();
    mux.handle(
      implement(page, {
        show: ({ text }) => `${name}: ${text}`,
        async *hang(_, { signal }) {
          const aborted = new Promise<void>((resolve) => {
            signal.addEventListener('abort', () => {
              aborts.next((signal.reason as { readonly code: string }).code);
              resolve();
            });
          });
          yield name;
          await aborted;
        },
      }),
    );
    return { mux, aborts, id: () => firstValueFrom(mux.call('whoami')) };
  }

  it('by the ids of their connections, or all of them', async () => {
    const pages = ['one', 'two', 'three'].map((name) => openPage(name));
    const [first] = await Promise.all(pages.map(({ id }) => id()));
    const client = gateway.client(first!)?.as<typeof page>();
    expect(await firstValueFrom(client!.call('show', { text: 'only you' }))).toBe('one: only you');
    const said = [...gateway.clients().values()].map((each) =>
      firstValueFrom(each.as<typeof page>().call('show', { text: 'all' })),
    );
    expect((await Promise.all(said)).sort()).toEqual(['one: all', 'three: all', 'two: all']);
    expect(gateway.client('nobody')).toBeUndefined();
  });

  it('but not those over HTTP or in an older dialect, which it does not list', async () => {
    const old = openPage('old', { dialects: [EXP_FRAMING_0006] });
    const client = gateway.client(await old.id());
    expect(client?.supported).toBe(false);
    expect(gateway.clients().size).toBe(0);
    await expect(firstValueFrom(client!.call('show', { text: '' }))).rejects.toMatchObject({ code: 'unsupported' });
  });

  it('and counts what it asked of them', async () => {
    const { id } = openPage('one');
    const client = gateway.client(await id())!.as<typeof page>();
    await firstValueFrom(client.call('show', { text: '' }));
    const hanging = client.iterate('hang')[Symbol.asyncIterator]();
    await hanging.next();
    const watcher = connect(url);
    open.push(watcher);
    const rows = (await firstValueFrom(watcher.call('gateway.connections', { every: 50 }))) as {
      readonly calls: unknown[];
    }[];
    expect(rows[0]?.calls).toMatchObject([{ command: 'hang', state: 'open', since: expect.any(Number) as number }]);
    expect(await firstValueFrom(watcher.call('gateway.stats', { every: 50 }))).toMatchObject({
      calls: { open: 1, total: 2, failed: 0 },
    });
    await hanging.return?.();
  });

  it('without a session on the connection that follows one that was cut, whose calls have failed', async () => {
    const proxy = await HttpProxy.listen(url, 'allow');
    onTestFinished(() => proxy.close());
    const { mux, aborts, id } = openPage('one', { session: false, reconnect: { initial: 1, max: 1 } }, proxy.mux);
    const before = await id();
    const states = firstValueFrom(mux.status$.pipe(filter(({ state }) => state !== 'open')));
    let isHanging: () => void;
    const hanging = new Promise<void>((resolve) => {
      isHanging = resolve;
    });
    const call = gateway
      .client(before)!
      .call('hang')
      .pipe(tap(() => isHanging()));
    const lost = lastValueFrom(call).catch(({ code }: { readonly code: string }) => code);
    await hanging;
    proxy.cut();
    expect(await lost).toBe('connection-lost');
    expect(await firstValueFrom(aborts)).toBe('connection-lost');
    await states;
    const after = await id();
    expect(after).not.toBe(before);
    const client = gateway.client(after)!.as<typeof page>();
    expect(await firstValueFrom(client.call('show', { text: 'back' }))).toBe('one: back');
  });
});
