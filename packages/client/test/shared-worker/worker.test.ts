import { type RequestAnswerer, Responder, type ServableCommands, type ServingHost } from '@wiremux/framing';
import { describe, expect, it } from 'vitest';
import { type ConnectScope, serveTabs } from '../../src/shared-worker/serve.js';
import { MemoryPort } from '../support/ports.js';
import { record } from '../support/record.js';
import { type TestTab, TestTabs } from '../support/tabs.js';

/** Commands of a page that answer with its name, but for `hang`. */
class PageCommands extends Map<string, object> implements ServableCommands {
  readonly #page: string;

  constructor(page: string, ...names: readonly string[]) {
    super(names.map((name) => [name, {}]));
    this.#page = page;
  }

  serve(_: ReadonlyMap<string, object>, { peer }: ServingHost): RequestAnswerer {
    peer.serve(Responder);
    return {
      handle: (event) => {
        if (event.kind === 'cancelled') peer.stopped(event.id);
        if (event.kind !== 'request' || event.name === 'hang') return;
        peer.sendValue(event.id, [this.#page, event.args]);
        peer.endAnswer(event.id);
      },
      cancelAll: () => undefined,
    };
  }
}

/** Has the gateway ask, and returns the values, or the code of the error. */
async function ask(tabs: TestTabs, name: string): Promise<unknown> {
  const { end } = tabs.gateway;
  const id = end.peer.open({ name, args: { n: 1 } });
  await tabs.settle();
  const failed = end.all('failed').findLast((event) => event.id === id);
  return failed?.error.code ?? end.all('values').findLast((event) => event.id === id)?.values;
}

describe('SPEC 8.4.1 what the gateway asks', () => {
  const two = async (tabs: TestTabs): Promise<[TestTab, TestTab]> => {
    const [first, second] = [await tabs.open(), await tabs.open()];
    first.mux.handle(new PageCommands('first', 'confirm', 'only'));
    second.mux.handle(new PageCommands('second', 'confirm'));
    await tabs.settle();
    return [first, second];
  };

  it('is answered by the tab that was in front last, of those that serve it', async () => {
    const tabs = new TestTabs();
    const [first] = await two(tabs);
    expect(await ask(tabs, 'confirm')).toEqual([['second', { n: 1 }]]);
    expect(await ask(tabs, 'only')).toEqual([['first', { n: 1 }]]);
    first.page.tell('focus');
    await tabs.settle();
    expect(await ask(tabs, 'confirm')).toEqual([['first', { n: 1 }]]);
  });

  it('is answered by a tab that was in front when it connected', async () => {
    const tabs = new TestTabs();
    const first = tabs.tab();
    first.page.hasFocus = true;
    await tabs.settle();
    await tabs.open();
    expect(first.told('front')).toHaveLength(1);
  });

  it('is refused where no tab serves it, or none does any more', async () => {
    const tabs = new TestTabs();
    const tab = await tabs.open();
    expect(await ask(tabs, 'confirm')).toBe('unknown-command');
    const stop = tab.mux.handle(new PageCommands('it', 'confirm'));
    await tabs.settle();
    expect(await ask(tabs, 'confirm')).toEqual([['it', { n: 1 }]]);
    stop();
    await tabs.settle();
    expect(await ask(tabs, 'confirm')).toBe('unknown-command');
  });

  it('goes to the others when a tab has gone, and what it was asked fails', async () => {
    const tabs = new TestTabs();
    const [first, second] = await two(tabs);
    second.mux.handle(new PageCommands('second', 'hang'));
    await tabs.settle();
    const { end } = tabs.gateway;
    const id = end.peer.open({ name: 'hang' });
    await tabs.settle();
    second.crash();
    await tabs.settle();
    expect(end.all('failed')).toMatchObject([{ id, error: { code: 'connection-lost' } }]);
    expect(await ask(tabs, 'confirm')).toEqual([['first', { n: 1 }]]);
    expect(first.told('serves').at(-1)?.names).toEqual(['confirm', 'only']);
  });

  it('is stopped in the tab when the gateway stops it', async () => {
    const tabs = new TestTabs();
    const tab = await tabs.open();
    tab.mux.handle(new PageCommands('it', 'hang'));
    await tabs.settle();
    const { end } = tabs.gateway;
    const id = end.peer.open({ name: 'hang' });
    await tabs.settle();
    end.peer.cancel(id);
    await tabs.settle();
    expect(end.all('stopped')).toMatchObject([{ id, result: 'stopped' }]);
  });
});

describe('the token', () => {
  const tokens = (tabs: TestTabs): (string | undefined)[] =>
    tabs.gateway.ends.map(({ peer }) => peer.remoteSettings.token);

  it('of a tab is the connection’s; a tab with another has a connection of its own', async () => {
    const tabs = new TestTabs();
    await tabs.open({ token: 'alice' });
    await tabs.open({ token: 'alice' });
    await tabs.open({ token: 'bob' });
    await tabs.open();
    expect(tokens(tabs)).toEqual(['alice', 'bob', undefined]);
  });

  it('of the worker goes before those of its tabs', async () => {
    const tabs = new TestTabs({ token: 'worker' });
    await tabs.open({ token: 'alice' });
    await tabs.open();
    expect(tokens(tabs)).toEqual(['worker']);
  });

  it('is asked of the tab in front when another is needed', async () => {
    const tabs = new TestTabs();
    const ask = (name: string) => {
      let asked = 0;
      return () => (asked++ === 0 ? 'first' : `${name} ${asked}`);
    };
    const first = await tabs.open({ token: ask('a') });
    await tabs.open({ token: ask('b') });
    expect(tokens(tabs)).toEqual(['first']);
    first.page.tell('focus');
    await tabs.settle();
    tabs.gateway.end.link.close(4401, 'expired');
    await tabs.clock.advance(1_000);
    expect(tokens(tabs)).toEqual(['first', 'a 2']);
  });

  it('is asked of the next tab when the first goes, and asked again when there is none', async () => {
    const tabs = new TestTabs();
    const renewed = ['one', 'one'];
    const hanging = { token: () => renewed.shift() ?? new Promise<string>(() => undefined) };
    const failing = { token: () => renewed.shift() ?? Promise.reject(new Error('signed out')) };
    await tabs.open(failing);
    const front = await tabs.open(hanging);
    tabs.gateway.end.link.close(4401, 'expired');
    await tabs.clock.advance(500);
    expect(front.port.sent.length).toBeGreaterThan(0);
    const statuses = record(tabs.tab({ token: 'one' }).mux.status$);
    front.crash();
    await tabs.clock.advance(200);
    expect(tabs.gateway.ends.filter(({ peer }) => peer.remoteSettings.token === 'one')).toHaveLength(2);
    expect(statuses.values.at(-1)).toMatchObject({ state: 'open' });
  });

  it('that none can be had for is a reason to try again', async () => {
    const tabs = new TestTabs();
    let asked = 0;
    const { mux } = await tabs.open({ token: () => (asked++ === 0 ? 'old' : Promise.reject(new Error('signed out'))) });
    const statuses = record(mux.status$);
    tabs.gateway.end.link.close(4401, 'expired');
    await tabs.clock.advance(400);
    expect(statuses.values.at(-1)).toMatchObject({
      state: 'waiting',
      reason: { code: 'connect-failed', message: expect.stringContaining('signed out') as string },
    });
  });

  it('that is refused and cannot be renewed ends the tabs', async () => {
    const tabs = new TestTabs();
    const { mux } = await tabs.open({ token: 'old' });
    const statuses = record(mux.status$);
    tabs.gateway.end.link.close(4401, 'expired');
    await tabs.clock.advance(1_000);
    expect(statuses.values.at(-1)).toMatchObject({ state: 'closed', reason: { code: 'not-authenticated' } });
  });
});

describe('a worker', () => {
  it('lets a tab have so many requests at once; more wait in the tab', async () => {
    const tabs = new TestTabs({ requestsPerTab: 2 });
    const [greedy, other] = [await tabs.open(), await tabs.open()];
    for (let n = 0; n < 5; n++) record(greedy.mux.call('watch', { n }));
    record(other.mux.call('echo'));
    await tabs.settle();
    expect(tabs.gateway.end.all('request').map(({ name }) => name)).toEqual(['watch', 'watch', 'echo']);
  });

  it.each([
    [2, undefined],
    [1, 'connection-lost'],
  ])('of %s tabs has the second tab wait for %s', async (maxTabs, code) => {
    const tabs = new TestTabs({ maxTabs });
    const first = await tabs.open();
    const second = await tabs.open();
    const statuses = record(second.mux.status$);
    if (code === undefined) {
      expect(statuses.values).toMatchObject([{ state: 'open' }]);
      return;
    }
    expect(statuses.values).toMatchObject([{ state: 'waiting', reason: { code } }]);
    first.mux.close();
    await tabs.clock.advance(1_000);
    expect(statuses.values.at(-1)).toMatchObject({ state: 'open' });
  });

  it.each([
    [2, 'open'],
    [1, 'closed'],
  ])('that lets a tab serve %s commands has one with two of them %s', async (servedPerTab, state) => {
    const tabs = new TestTabs({ servedPerTab, reconnect: false });
    const { mux } = await tabs.open({ reconnect: false });
    const statuses = record(mux.status$);
    mux.handle(new PageCommands('it', 'a', 'b'));
    await tabs.settle();
    expect(statuses.values.at(-1)).toMatchObject({ state });
  });

  it('closes a port that says nothing, or something else first', async () => {
    const tabs = new TestTabs();
    const open = (): [MemoryPort, unknown[]] => {
      const [page, worker] = MemoryPort.pair(tabs.clock);
      const heard: unknown[] = [];
      page.onmessage = ({ data }) => heard.push(data);
      tabs.server?.accept(worker.port);
      return [page, heard];
    };
    const [, silent] = open();
    const [rude, heard] = open();
    const [framer, kept] = open();
    rude.postMessage({ kind: 'front' });
    framer.postMessage(new ArrayBuffer(8));
    await tabs.clock.advance(9_999);
    expect(heard).toEqual([{ kind: 'close', code: 1008, reason: expect.any(String) as string }]);
    expect([silent, kept]).toEqual([[], []]);
    await tabs.clock.advance(1);
    for (const each of [silent, kept]) expect(each).toMatchObject([{ kind: 'close', code: 4408 }]);
    expect(tabs.gateway.dials).toEqual([]);
  });

  it.each([
    ['of another version', { version: 2 }, 4402],
    ['with no address', { url: 7 }, 1008],
    ['with a wrong address', { url: 'file:///etc' }, 1008],
  ])('closes a port whose hello is %s', async (_, part, code) => {
    const tabs = new TestTabs();
    const [page, worker] = MemoryPort.pair(tabs.clock);
    const heard: unknown[] = [];
    page.onmessage = ({ data }) => heard.push(data);
    tabs.server?.accept(worker.port);
    page.postMessage({ kind: 'hello', version: 1, url: 'ws://gateway.test/mux', renewsToken: false, ...part });
    await tabs.settle();
    expect(heard).toMatchObject([{ kind: 'close', code }]);
  });

  it('takes a second hello, and what a later version says, for nothing', async () => {
    const tabs = new TestTabs();
    const tab = await tabs.open();
    tab.port.postMessage({ ...tab.hello, url: 'ws://other.test/mux' });
    tab.port.postMessage({ kind: 'novelty' });
    await tabs.settle();
    expect(tabs.gateway.dials).toHaveLength(1);
    record(tab.mux.call('echo'));
    await tabs.settle();
    expect(tabs.gateway.end.all('request')).toHaveLength(1);
  });

  it('survives what its tabs send: a broken frame ends that tab, and no other', async () => {
    const tabs = new TestTabs();
    const [bad, good] = [await tabs.open(), await tabs.open()];
    const statuses = record(bad.mux.status$);
    const watched = record(good.mux.call('watch'));
    record(bad.mux.call('watch'));
    await tabs.settle();
    bad.port.postMessage(new Uint8Array(8).fill(255).buffer);
    await tabs.settle();
    expect(statuses.values.at(-1)).toMatchObject({ state: 'closed', reason: { code: 'protocol' } });
    expect(tabs.gateway.end.all('cancelled')).toMatchObject([{ error: { code: 'protocol' } }]);
    tabs.gateway.end.peer.sendValue(1, 1);
    await tabs.settle();
    expect(watched.values).toEqual([1]);
  });

  it('serves the ports that its scope is given', async () => {
    const { gateway, clock } = new TestTabs();
    let connect: ((event: MessageEvent) => void) | undefined;
    const scope: ConnectScope = {
      addEventListener: (_, listener) => {
        connect = listener;
      },
    };
    serveTabs({ transport: gateway.dial, clock }, scope);
    const [page, worker] = MemoryPort.pair(clock);
    connect?.({ ports: [worker.port] } as unknown as MessageEvent);
    connect?.({ ports: [] } as unknown as MessageEvent);
    page.postMessage({ kind: 'hello', version: 1, url: 'ws://gateway.test/mux', renewsToken: false });
    await clock.settle();
    expect(gateway.dials).toHaveLength(1);
  });

  it('that cannot be loaded is a reason to try again', async () => {
    const tabs = new TestTabs();
    tabs.server = undefined;
    const tab = tabs.tab();
    const statuses = record(tab.mux.status$);
    await tabs.settle();
    tab.failWorker();
    await tabs.settle();
    expect(statuses.values.at(-1)).toMatchObject({
      state: 'waiting',
      reason: { message: expect.stringContaining('The shared worker could not be loaded.') as string },
    });
  });
});
