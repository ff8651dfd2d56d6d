import { firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { record } from '../support/record.js';
import { TestTabs } from '../support/tabs.js';

const SILENCE = 31_000;

describe('tabs that share a worker', () => {
  it('share one connection, and get each their own answers', async () => {
    const tabs = new TestTabs();
    const [first, second] = [tabs.tab(), tabs.tab()];
    const answers = [first, second].map(({ mux }, n) => record(mux.call('echo', { n })));
    await tabs.settle();
    const { peer } = tabs.gateway.end;
    const requests = tabs.gateway.end.all('request');
    expect(requests.map(({ args }) => args)).toEqual([{ n: 0 }, { n: 1 }]);
    for (const { id, args } of [...requests].reverse()) {
      peer.sendValue(id, { for: args['n'], text: 'ü', bytes: new Uint8Array(3) });
      peer.endAnswer(id);
    }
    await tabs.settle();
    for (const [n, answer] of answers.entries()) {
      expect(answer).toMatchObject({
        values: [{ for: n, text: 'ü', bytes: new Uint8Array(3) }],
        completed: true,
      });
    }
    expect(tabs.gateway.dials).toHaveLength(1);
  });

  it('keep what they ask until the connection is there, as long as that takes', async () => {
    const tabs = new TestTabs();
    tabs.gateway.down = new Error('down');
    const { mux } = tabs.tab();
    const answer = record(mux.call('echo'));
    await tabs.clock.advance(60_000);
    expect(answer.error).toBeUndefined();
    tabs.gateway.down = undefined;
    await tabs.clock.advance(30_000);
    expect(tabs.gateway.end.all('request')).toMatchObject([{ name: 'echo' }]);
  });

  it('are stopped one by one: what a tab has asked stops with it, and nothing else', async () => {
    const tabs = new TestTabs();
    const [leaving, staying] = [await tabs.open(), await tabs.open()];
    const gone = record(leaving.mux.call('watch'));
    const kept = record(staying.mux.call('watch'));
    await tabs.settle();
    leaving.mux.close();
    await tabs.settle();
    expect(gone.error).toMatchObject({ code: 'closed' });
    expect(tabs.gateway.end.all('cancelled')).toMatchObject([{ id: 1, error: { code: 'connection-lost' } }]);
    tabs.gateway.end.peer.sendValue(3, 'still here');
    await tabs.settle();
    expect(kept.values).toEqual(['still here']);
    expect(tabs.gateway.end.closed).toBeUndefined();
  });

  it('end the connection with the last of them, and make one anew', async () => {
    const tabs = new TestTabs();
    const tab = await tabs.open();
    tab.mux.close();
    await tabs.settle();
    expect(tabs.gateway.end.closed).toMatchObject({ code: 1000 });
    await tabs.open();
    expect(tabs.gateway.ends).toHaveLength(2);
    expect(tabs.gateway.end.closed).toBeUndefined();
  });

  it('fail with the error that the worker has of a lost connection, and go on with the next one', async () => {
    const tabs = new TestTabs();
    const { mux } = await tabs.open();
    const answer = record(mux.call('watch'));
    await tabs.settle();
    tabs.gateway.end.transport.terminate();
    await tabs.clock.advance(1_000);
    expect(answer.error).toMatchObject({ code: 'connection-lost' });
    record(mux.call('watch'));
    await tabs.settle();
    expect(tabs.gateway.ends).toHaveLength(2);
    expect(tabs.gateway.end.all('request')).toHaveLength(1);
  });

  it('run again over the next one where that is harmless', async () => {
    const tabs = new TestTabs();
    const { mux } = await tabs.open();
    const answer = record(mux.call('watch', {}, { restart: true }));
    await tabs.settle();
    tabs.gateway.end.transport.terminate();
    await tabs.clock.advance(1_000);
    const { peer } = tabs.gateway.end;
    peer.sendValue(1, 'again');
    await tabs.settle();
    expect(answer).toMatchObject({ values: ['again'], error: undefined });
  });

  it('do nothing when flushed', async () => {
    const tabs = new TestTabs();
    const { mux } = await tabs.open();
    expect(() => mux.flush()).not.toThrow();
  });
});

describe('a tab that is gone', () => {
  const watching = async (tabs: TestTabs) => {
    const tab = await tabs.open();
    await tabs.open();
    record(tab.mux.call('watch'));
    await tabs.settle();
    return tab;
  };
  const stopped = (tabs: TestTabs): string[] => tabs.gateway.end.all('cancelled').map(({ error }) => error.code);

  it('is noticed where ports tell of their ends', async () => {
    const tabs = new TestTabs({}, { withLocks: false });
    const tab = await watching(tabs);
    tab.port.onmessage = null;
    tab.port.close();
    await tabs.settle();
    expect(stopped(tabs)).toEqual(['connection-lost']);
  });

  it('is noticed by its lock where they do not', async () => {
    const tabs = new TestTabs();
    const tab = await watching(tabs);
    expect(tabs.locks?.waiting(tab.hello.lock!)).toBe(1);
    tab.crash();
    await tabs.settle();
    expect(stopped(tabs)).toEqual(['connection-lost']);
  });

  it('SPEC 8.9.1 is noticed by its silence where there is neither', async () => {
    const tabs = new TestTabs({}, { withLocks: false });
    const tab = await watching(tabs);
    tab.crash();
    await tabs.clock.advance(SILENCE);
    expect(stopped(tabs)).toEqual(['connection-lost']);
  });

  it('gives up its lock, and the worker its wait for that', async () => {
    const tabs = new TestTabs();
    const tab = await watching(tabs);
    const { lock } = tab.hello;
    tab.mux.close();
    await tabs.settle();
    expect(tabs.locks?.waiting(lock!)).toBeUndefined();
  });

  it('needs no lock where it is refused one', async () => {
    const tabs = new TestTabs();
    tabs.locks!.refusal = new Error('This document is not active.');
    const tab = await tabs.open();
    expect(tab.hello.lock).toBeUndefined();
    record(tab.mux.call('echo'));
    await tabs.settle();
    expect(tabs.gateway.end.all('request')).toHaveLength(1);
  });
});

describe('a worker that is gone', () => {
  it('is noticed by its lock, and replaced', async () => {
    const tabs = new TestTabs();
    const tab = await tabs.open();
    const answer = record(tab.mux.call('watch'));
    await tabs.settle();
    const [ofWorker] = tabs.locks!.asked;
    expect(tabs.locks!.waiting(ofWorker!)).toBe(1);
    tabs.startWorker();
    tabs.locks!.free(ofWorker!);
    await tabs.settle();
    expect(answer.error).toMatchObject({ code: 'connection-lost' });
    await tabs.clock.advance(1_000);
    expect(tab.ports).toHaveLength(2);
    expect(await firstValueFrom(tab.mux.status$)).toMatchObject({ state: 'open' });
  });
});

describe('a page that is put away', () => {
  it('gives up what it has at the worker, and comes back', async () => {
    const tabs = new TestTabs();
    const [tab] = [await tabs.open(), await tabs.open()];
    const answer = record(tab.mux.call('watch'));
    await tabs.settle();
    tab.page.tell('pagehide');
    await tabs.settle();
    expect(answer.error).toMatchObject({
      code: 'connection-lost',
      message: expect.stringContaining('put away') as string,
    });
    expect(tabs.gateway.end.all('cancelled')).toHaveLength(1);
    const asked = record(tab.mux.call('echo'));
    await tabs.clock.advance(1_000);
    expect(tab.ports).toHaveLength(2);
    expect(tabs.gateway.end.all('request').map(({ name }) => name)).toEqual(['watch', 'echo']);
    expect(asked.error).toBeUndefined();
  });

  it('that slept through its pings is told when it wakes, and connects again', async () => {
    const tabs = new TestTabs();
    const [tab] = [await tabs.open(), await tabs.open()];
    tab.port.frozen = true;
    await tabs.clock.advance(14_000);
    record(tab.mux.call('watch'));
    await tabs.clock.advance(SILENCE);
    tab.ports[0]!.thaw();
    await tabs.clock.advance(1_000);
    expect(tab.ports).toHaveLength(2);
    expect(await firstValueFrom(tab.mux.status$)).toMatchObject({ state: 'open' });
  });
});

describe('status$ of a tab', () => {
  it('is that of the connection it shares', async () => {
    const tabs = new TestTabs();
    tabs.gateway.hangs = true;
    const tab = tabs.tab();
    const statuses = record(tab.mux.status$);
    await tabs.settle();
    tabs.gateway.answerDials();
    await tabs.settle();
    const late = await tabs.open();
    expect(await firstValueFrom(late.mux.status$)).toEqual({
      state: 'open',
      transport: 'websocket',
      dialect: 'wiremux.1',
      agent: 'gateway/1',
      resumable: false,
    });
    tabs.gateway.end.transport.terminate();
    await tabs.clock.advance(1_000);
    expect(statuses.values.map(({ state }) => state)).toEqual([
      'connecting',
      'connecting',
      'open',
      'waiting',
      'connecting',
      'open',
    ]);
    expect(statuses.values[3]).toMatchObject({ retryIn: 125, reason: { code: 'connection-lost' } });
    expect((statuses.values[3] as { readonly reason: unknown }).reason).toBeInstanceOf(Error);
  });

  it('ends, with all that is asked, when the connection ends for good', async () => {
    const tabs = new TestTabs();
    const [first, second] = [await tabs.open(), await tabs.open()];
    const statuses = record(second.mux.status$);
    const answers = [first, second].map(({ mux }) => record(mux.call('watch')));
    await tabs.settle();
    tabs.gateway.end.link.close(4403, 'not you');
    await tabs.settle();
    expect(statuses.completed).toBe(true);
    expect(statuses.values.at(-1)).toMatchObject({ state: 'closed', reason: { code: 'not-allowed' } });
    for (const answer of answers) expect(answer.error).toBeDefined();
    const late = record(first.mux.call('echo'));
    await tabs.clock.advance(60_000);
    expect(late.error).toMatchObject({ code: 'not-allowed' });
    expect(tabs.gateway.dials).toHaveLength(1);
  });

  it('says so when there is no worker', async () => {
    const tabs = new TestTabs();
    tabs.server = undefined;
    const tab = tabs.tab();
    const statuses = record(tab.mux.status$);
    await tabs.clock.advance(10_000);
    expect(statuses.values.at(-1)).toMatchObject({ state: 'waiting', reason: { code: 'connection-lost' } });
    tab.mux.close();
    await tabs.settle();
    expect(statuses.values.at(-1)).toEqual({ state: 'closed' });
  });
});
