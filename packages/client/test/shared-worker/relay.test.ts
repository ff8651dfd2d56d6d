import { preEncoded, WiremuxError } from '@wiremux/framing';
import { firstValueFrom, lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { record } from '../support/record.js';
import { TestTabs } from '../support/tabs.js';

const KiB = 1024;

async function* pieces(count: number, onRead: () => void): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < count; at++) {
    onRead();
    yield new Uint8Array(KiB).fill(at);
  }
}

describe('SPEC 8.5.6 a tab that takes no more', () => {
  it('stops its own command, and no other', async () => {
    const tabs = new TestTabs();
    const [slow, quick] = [await tabs.open(), await tabs.open()];
    const rows = slow.mux.iterate('rows')[Symbol.asyncIterator]();
    const first = rows.next();
    await tabs.settle();
    const { peer } = tabs.gateway.end;
    let sent = 0;
    /** Sends rows as long as there is room for them, or comes to be. */
    const pour = async (): Promise<void> => {
      const writable = () => tabs.gateway.end.all('answer-writable').length;
      for (let seen = -1; seen < writable(); await tabs.settle()) {
        seen = writable();
        for (let room = true; room; sent++) room = peer.sendValue(1, 'x'.repeat(KiB - 3));
      }
    };
    await pour();
    await first;
    await pour();
    const stuck = sent;
    // A window in the tab, one in the worker, which has grown while that kept up, and a queue at each of the two that send.
    expect(stuck).toBeLessThan(256 + 512 + 2 * 64 + 128);

    const answer = firstValueFrom(quick.mux.call('echo'));
    await tabs.settle();
    peer.sendValue(3, 'now');
    await tabs.settle();
    expect(await answer).toBe('now');

    for (let taken = 1; taken < stuck; taken++) {
      const next = rows.next();
      await tabs.settle();
      await next;
    }
    await pour();
    expect(sent).toBeGreaterThan(stuck + 256);
    await rows.return?.();
    await tabs.settle();
    expect(tabs.gateway.end.all('cancelled').at(-1)).toMatchObject({ id: 1 });
  });
});

describe('SPEC 8.11.21 a tab whose values do not wait', () => {
  it('is told of all that were dropped on their way to it', async () => {
    const tabs = new TestTabs();
    const { mux } = await tabs.open();
    const run = mux.request('prices', {}, { slow: 'latest' });
    const dropped = record(run.dropped$);
    const prices = run[Symbol.asyncIterator]();
    const first = prices.next();
    await tabs.settle();
    const { peer } = tabs.gateway.end;
    for (let price = 0; price < 100; price++) {
      peer.sendValue(1, [price, 'x'.repeat(KiB)]);
      if (price % 4 === 0) await tabs.settle();
    }
    peer.endAnswer(1);
    await tabs.settle();
    await first;
    expect(await prices.next()).toMatchObject({ value: [99, expect.anything()] });
    expect(await prices.next()).toMatchObject({ done: true });
    const { gateway, client } = dropped.values.at(-1)!;
    expect(gateway).toBeGreaterThan(0);
    expect(2 + gateway + client).toBe(100);
  });
});

describe('what a tab uploads', () => {
  it('goes on as it is read, and is read as it goes on', async () => {
    const tabs = new TestTabs();
    const { mux } = await tabs.open();
    let read = 0;
    record(mux.call('digest', {}, { data: pieces(1_000, () => read++) }));
    await tabs.settle();
    const { end } = tabs.gateway;
    expect(read).toBeLessThan(512);
    for (let taken = 0; end.all('data-end').length === 0; await tabs.settle()) {
      const size = end.data(1).length;
      end.peer.dataTaken(1, size - taken);
      taken = size;
    }
    const data = end.data(1);
    expect(data).toHaveLength(1_000 * KiB);
    expect(data.every((byte, at) => byte === Math.floor(at / KiB) % 256)).toBe(true);
    expect(read).toBe(1_000);
  });

  it('is still the uploader’s: nothing of it is moved away', async () => {
    const tabs = new TestTabs();
    const { mux } = await tabs.open();
    const bytes = Uint8Array.of(1, 2, 3);
    record(mux.call('digest', {}, { data: bytes }));
    await tabs.settle();
    expect(tabs.gateway.end.data(1)).toEqual(bytes);
    expect(bytes).toHaveLength(3);
  });

  it('is not read on when the command wants no more', async () => {
    const tabs = new TestTabs();
    const { mux } = await tabs.open();
    let read = 0;
    const answer = record(mux.call('digest', {}, { data: pieces(10_000, () => read++) }));
    await tabs.settle();
    tabs.gateway.end.peer.refuseData(1);
    await tabs.settle();
    const before = read;
    tabs.gateway.end.peer.sendValue(1, 'enough');
    tabs.gateway.end.peer.endAnswer(1);
    await tabs.settle();
    expect(answer).toMatchObject({ values: ['enough'], completed: true });
    expect(read).toBe(before);
  });

  it('stops the command when its source fails', async () => {
    const tabs = new TestTabs();
    const { mux } = await tabs.open();
    const answer = record(
      mux.call(
        'digest',
        {},
        {
          data: pieces(3, () => {
            throw new Error('no disk');
          }),
        },
      ),
    );
    await tabs.settle();
    expect(answer.error).toMatchObject({ code: 'upload-failed' });
    expect(tabs.gateway.end.all('cancelled')).toMatchObject([{ error: { code: 'upload-failed' } }]);
  });
});

describe('an answer to a tab', () => {
  it('brings text and progress', async () => {
    const tabs = new TestTabs();
    const { mux } = await tabs.open();
    const run = mux.request('digest');
    const [output, progress] = [record(run.output$), record(run.progress$)];
    record(run.values$);
    await tabs.settle();
    const { peer } = tabs.gateway.end;
    peer.sendOutput(1, [{ text: '%s to go', args: ['3'], labels: ['note'] }]);
    peer.sendProgress(1, { topic: 'bytes', pos: 1, total: 3 });
    await tabs.settle();
    expect(output.values).toEqual([[{ text: '%s to go', args: ['3'], labels: ['note'] }]]);
    expect(progress.values).toMatchObject([{ topic: 'bytes', pos: 1, total: 3 }]);
  });

  it.each([0, 2])('may be an error, with all that it says, behind %s values', async (before) => {
    const tabs = new TestTabs();
    const { mux } = await tabs.open();
    const answer = record(mux.call('buy'));
    await tabs.settle();
    const { peer } = tabs.gateway.end;
    for (let n = 0; n < before; n++) peer.sendValue(1, n);
    peer.failAnswer(1, new WiremuxError('out-of-stock', 'There are none.', { data: { left: 0 }, retry: 250 }));
    await tabs.settle();
    expect(answer.values).toHaveLength(before);
    expect(answer.error).toMatchObject({
      code: 'out-of-stock',
      message: 'There are none.',
      data: { left: 0 },
      retry: 250,
    });
  });

  it('has byte strings of any length and in any form', async () => {
    const tabs = new TestTabs({ limits: { valueBytes: 64 * KiB } });
    const { mux } = await tabs.open();
    const run = mux.request('download');
    const parts = run.parts();
    const all: unknown[] = [];
    const reading = (async () => {
      for await (const part of parts) all.push(part.kind === 'value' ? part.value : part.bytes.length);
    })();
    await tabs.settle();
    const { peer } = tabs.gateway.end;
    peer.sendValue(1, 'name');
    peer.beginBytes(1);
    for (let n = 0; n < 20; n++) {
      peer.sendBytes(1, new Uint8Array(16 * KiB));
      await tabs.settle();
    }
    peer.endBytes(1);
    peer.sendValue(1, new Uint8Array(5));
    peer.endAnswer(1);
    await tabs.settle();
    await reading;
    expect(all[0]).toBe('name');
    expect(all.slice(1).reduce<number>((sum, size) => sum + Number(size), 0)).toBe(320 * KiB + 5);
  });

  it('SPEC 3.1.11 is passed on undecoded: the tab finds what only a decoder sees, and the command stops', async () => {
    const tabs = new TestTabs();
    const { mux } = await tabs.open();
    const answer = record(mux.call('rows'));
    await tabs.settle();
    const { end } = tabs.gateway;
    const odd = Uint8Array.of(0x1b, 0, 0, 0, 0, 0, 0, 0, 7);
    end.peer.sendValue(1, preEncoded(odd));
    await tabs.settle();
    expect(answer.values).toEqual([7]);
    // The map {'a': 1, 'a': 2}, which no sender of ours lets through.
    end.peer.sendValue(
      1,
      Object.assign(preEncoded(Uint8Array.of(0)), { bytes: Uint8Array.of(0xa2, 0x61, 0x61, 1, 0x61, 0x61, 2) }),
    );
    await tabs.settle();
    expect(answer.error).toMatchObject({ code: 'protocol' });
    expect(end.all('cancelled')).toMatchObject([{ id: 1, error: { code: 'protocol' } }]);
  });

  it('of a value past what the tab takes fails there, and the command stops', async () => {
    const tabs = new TestTabs();
    const { mux } = await tabs.open({ limits: { valueBytes: 1 * KiB } });
    const answer = record(mux.call('rows'));
    await tabs.settle();
    tabs.gateway.end.peer.sendValue(1, 'x'.repeat(2 * KiB));
    await tabs.settle();
    expect(answer.error).toMatchObject({ code: 'too-big' });
    expect(tabs.gateway.end.all('cancelled')).toMatchObject([{ error: { code: 'too-big' } }]);
  });

  it('may be had elsewhere', async () => {
    const tabs = new TestTabs();
    const { mux } = await tabs.open();
    const run = mux.request('report', {}, { redirect: { targets: ['cdn', 'far'], hashes: ['sha256'] } });
    const [states, values] = [record(run.state$), record(run.values$)];
    await tabs.settle();
    const { end } = tabs.gateway;
    expect(end.all('request')).toMatchObject([{ redirect: { targets: ['cdn', 'far'], hashes: ['sha256'] } }]);
    end.peer.redirectAnswer(1, 'far', { url: 'https://far.test/a', mediaType: 'application/cbor-seq', size: 3 });
    await tabs.settle();
    expect(values.error).toMatchObject({ code: 'redirected', data: { url: 'https://far.test/a', size: 3 } });
    expect(states.values.at(-1)).toMatchObject({ how: 'redirected', location: { url: 'https://far.test/a' } });
  });
});

describe('a request of a tab', () => {
  it('keeps what it says of itself', async () => {
    const tabs = new TestTabs();
    const { mux } = await tabs.open();
    const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const extras = { trace, channel: 'bulk', credit: 2_048, plain: true, slow: 'drop', keep: 9 } as const;
    record(mux.call('pay', { amount: 3 }, { idempotencyKey: 'k-1', ...extras }));
    await tabs.settle();
    expect(tabs.gateway.end.all('request')).toMatchObject([
      {
        name: 'pay',
        args: { amount: 3 },
        idem: new TextEncoder().encode('k-1'),
        ...extras,
      },
    ]);
  });

  it('SPEC 8.11.8 has the time that is left when it is passed on', async () => {
    const tabs = new TestTabs();
    tabs.gateway.hangs = true;
    const { mux } = tabs.tab();
    const answer = record(mux.call('slow', {}, { deadline: 8_000 }));
    await tabs.clock.advance(3_000);
    tabs.gateway.answerDials();
    await tabs.settle();
    const [request] = tabs.gateway.end.all('request');
    expect(request?.deadlineAt).toBe(8_000);
    await tabs.clock.advance(5_001);
    expect(answer.error).toMatchObject({ code: 'timeout' });
    expect(tabs.gateway.end.all('cancelled').map(({ error }) => error.code)).toEqual(['deadline']);
  });

  it('is cancelled with its proof', async () => {
    const tabs = new TestTabs();
    const { mux } = await tabs.open();
    const run = mux.request('watch');
    const states = record(run.state$);
    const values = record(run.values$);
    await tabs.settle();
    values.subscription.unsubscribe();
    await tabs.settle();
    expect(states.values.at(-1)).toEqual({ state: 'stopping' });
    tabs.gateway.end.peer.stopped(1);
    await tabs.settle();
    expect(states.values.at(-1)).toMatchObject({ state: 'ended', how: 'cancelled', result: 'stopped' });
  });

  it('SPEC 8.6.4 is left behind when its command does not stop', async () => {
    const tabs = new TestTabs();
    const { mux } = await tabs.open();
    const run = mux.request('watch');
    const states = record(run.state$);
    const values = record(run.values$);
    await tabs.settle();
    values.subscription.unsubscribe();
    await tabs.clock.advance(5_000);
    expect(states.values.at(-1)).toMatchObject({ how: 'cancelled', result: 'left' });
    tabs.gateway.end.peer.stopped(1);
    await tabs.settle();
    record(mux.call('echo'));
    await tabs.settle();
    expect(tabs.gateway.end.all('request')).toHaveLength(2);
  });

  it.each([
    ['finished', 'ends', (tabs: TestTabs) => tabs.gateway.end.peer.stopped(1, 'finished')],
    ['left', 'leaves it behind', (tabs: TestTabs) => tabs.gateway.end.peer.stopped(1, 'left')],
    ['left', 'is lost', (tabs: TestTabs) => tabs.gateway.end.transport.terminate()],
  ] as const)('is %s when the gateway %s behind its cancel', async (result, _, act) => {
    const tabs = new TestTabs();
    const { mux } = await tabs.open();
    const run = mux.request('watch');
    const states = record(run.state$);
    const values = record(run.values$);
    await tabs.settle();
    values.subscription.unsubscribe();
    await tabs.settle();
    act(tabs);
    await tabs.settle();
    expect(states.values.at(-1)).toMatchObject({ how: 'cancelled', result });
  });

  it('that waits in the worker is taken back from there', async () => {
    const tabs = new TestTabs();
    tabs.gateway.hangs = true;
    const { mux } = tabs.tab();
    const waiting = record(mux.call('watch'));
    await tabs.settle();
    waiting.subscription.unsubscribe();
    await tabs.settle();
    tabs.gateway.answerDials();
    await tabs.settle();
    expect(tabs.gateway.end.all('request')).toEqual([]);
  });

  it('is the only one of its id for its tab, however many there were', async () => {
    const tabs = new TestTabs();
    const { mux } = await tabs.open();
    for (let n = 0; n < 40; n++) {
      const answer = lastValueFrom(mux.call('echo', { n }).pipe(toArray()));
      await tabs.settle();
      const { end } = tabs.gateway;
      end.peer.sendValue(end.newest, n);
      end.peer.endAnswer(end.newest);
      await tabs.settle();
      expect(await answer).toEqual([n]);
    }
  });
});
