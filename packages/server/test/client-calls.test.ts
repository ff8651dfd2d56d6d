import { WiremuxError } from '@wiremux/framing';
import { firstValueFrom, lastValueFrom, type Observable, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ClientCaller } from '../src/client-caller.js';
import { implement } from '../src/command-set.js';
import { command, defineCommands } from '../src/contract.js';
import type { CommandContext } from '../src/handler.js';
import { GATEWAY } from '../src/principal.js';
import { Deferred, serveOne } from './support/one-command.js';
import type { Rig, RigOptions } from './support/rig.js';

const page = defineCommands({
  confirm: command({ args: z.object({ text: z.string() }), yields: z.boolean() }),
  numbers: command({ args: z.object({ to: z.number() }), yields: z.number() }),
  flood: command({ yields: z.string() }),
  hang: command(),
  measure: command({ takesData: true, yields: z.number() }),
  refuse: command({ takesData: true, yields: z.string() }),
  fail: command(),
  about: command({ yields: z.custom<readonly unknown[]>() }),
});

/** A page that serves {@link page}, and what became of its commands. */
function makePage() {
  const seen = { floods: 0, aborts: [] as string[], hanging: 0, contexts: [] as CommandContext[] };
  const set = implement(page, {
    confirm: ({ text }) => text === 'yes?',
    *numbers({ to }) {
      for (let n = 1; n <= to; n++) yield n;
    },
    *flood() {
      for (;;) {
        seen.floods += 1;
        yield 'x'.repeat(1_000);
      }
    },
    hang: (_, { signal }) => {
      seen.hanging += 1;
      return new Promise<undefined>((resolve) => {
        signal.addEventListener('abort', () => {
          seen.aborts.push((signal.reason as WiremuxError).code);
          resolve(undefined);
        });
      });
    },
    async measure(_, { data }) {
      let bytes = 0;
      for await (const piece of data) bytes += piece.length;
      return bytes;
    },
    refuse: async (_, { data }) => {
      for await (const _piece of data) break;
      return 'enough';
    },
    fail: () => {
      throw new WiremuxError('no-printer', 'There is no printer.', { data: { tried: 2 } });
    },
    about: (_, context) => {
      seen.contexts.push(context);
      return [context.connection, context.principal.name, context.client.supported];
    },
  });
  return { set, seen };
}

type PageCaller = ClientCaller<typeof page>;

/** A server connection whose client serves the page's commands, and that client's commands' memory. */
async function startPage(options: RigOptions = {}): Promise<Rig & ReturnType<typeof makePage> & { to: PageCaller }> {
  const made = makePage();
  const rig = await serveOne(() => undefined, { ...options, client: { serves: made.set, ...options.client } });
  return { ...rig, ...made, to: rig.server.client.as<typeof page>() };
}

interface Heard<T> {
  readonly values: T[];
  /** `open`, `complete`, or the code of the error. */
  end: string;
}

/** Subscribes, and keeps what comes. */
function listen<T>(observable: Observable<T>): Heard<T> {
  const heard: Heard<T> = { values: [], end: 'open' };
  observable.subscribe({
    next: (value) => heard.values.push(value),
    error: ({ code }: WiremuxError) => {
      heard.end = code;
    },
    complete: () => {
      heard.end = 'complete';
    },
  });
  return heard;
}

/** What an Observable comes to, once the clock has settled. */
async function outcome<T>({ clock }: Rig, observable: Observable<T>): Promise<Heard<T>> {
  const heard = listen(observable);
  await clock.settle();
  return heard;
}

describe('SPEC 8.4.1 calling the client of a connection', () => {
  it('gives the values of its command', async () => {
    const rig = await startPage();
    expect(await outcome(rig, rig.to.call('confirm', { text: 'yes?' }))).toEqual({ values: [true], end: 'complete' });
    expect(await outcome(rig, rig.to.call('numbers', { to: 3 }))).toEqual({ values: [1, 2, 3], end: 'complete' });
    expect(rig.server.counters.calls).toEqual({ open: 0, total: 2, failed: 0 });
  });

  it('runs the command once for each subscription, and not before', async () => {
    const rig = await startPage();
    const hang = rig.to.call('hang');
    await rig.clock.settle();
    expect(rig.seen.hanging).toBe(0);
    hang.subscribe();
    hang.subscribe();
    await rig.clock.settle();
    expect(rig.seen.hanging).toBe(2);
    expect(rig.server.snapshot().calls).toMatchObject([
      { id: 2, command: 'hang', since: 0, state: 'open' },
      { id: 4, command: 'hang', since: 0, state: 'open' },
    ]);
  });

  it('fails with the code, message and data of its command', async () => {
    const rig = await startPage();
    const failure = lastValueFrom(rig.to.call('fail')).catch((thrown: unknown) => thrown);
    await rig.clock.settle();
    expect(await failure).toMatchObject({ code: 'no-printer', message: 'There is no printer.', data: { tried: 2 } });
    expect(rig.server.counters.calls).toEqual({ open: 0, total: 1, failed: 1 });
  });

  it('fails with `unknown-command` for one that it does not serve', async () => {
    const rig = await startPage();
    expect(await outcome(rig, rig.server.client.call('confrm'))).toEqual({ values: [], end: 'unknown-command' });
  });

  it('checks arguments against the contract of the page', async () => {
    const rig = await startPage();
    expect((await outcome(rig, rig.server.client.call('confirm', { text: 7 }))).end).toBe('bad-arguments');
  });

  it('fails with `bad-arguments` for what cannot be sent', async () => {
    const rig = await startPage();
    expect((await outcome(rig, rig.server.client.call('hang', { f: () => 1 }))).end).toBe('unsupported');
    expect((await outcome(rig, rig.to.call('measure', {}, { data: 7 as never }))).end).toBe('bad-arguments');
    expect((await outcome(rig, rig.to.call('hang', {}, { deadline: 0 }))).end).toBe('bad-arguments');
    expect(rig.server.counters.calls).toMatchObject({ open: 0, total: 1 });
  });

  it('runs as the gateway there, whose handlers have no client to call', async () => {
    const rig = await startPage();
    expect(await outcome(rig, rig.to.call('about'))).toEqual({
      values: [['page', GATEWAY.name, false]],
      end: 'complete',
    });
    const [context] = rig.seen.contexts;
    expect((await outcome(rig, context!.client.call('x'))).end).toBe('unsupported');
  });

  it.each(['exp-framing-0006', 'exp-framing-0005'] as const)('is `unsupported` in %s', async (dialect) => {
    const rig = await startPage({ dialect });
    expect(rig.to.supported).toBe(false);
    expect((await outcome(rig, rig.to.call('hang'))).end).toBe('unsupported');
    expect(rig.client.closedWith).toBeUndefined();
  });

  it('is `unsupported` in a half-duplex exchange', async () => {
    const rig = await startPage({ server: { halfDuplex: true } });
    expect(rig.to.supported).toBe(false);
    expect((await outcome(rig, rig.to.call('hang'))).end).toBe('unsupported');
  });
});

describe('calls of a client', () => {
  it('SPEC 8.3.3 wait until the client was let in', async () => {
    const admitted = new Deferred<{ name: string }>();
    const rig = await startPage({ server: { authenticate: () => admitted.promise } });
    const answer = firstValueFrom(rig.to.call('confirm', { text: 'yes?' }));
    await rig.clock.settle();
    expect(rig.server.snapshot().calls).toMatchObject([{ id: 0, state: 'queued' }]);
    admitted.resolve({ name: 'ann' });
    await rig.clock.settle();
    expect(await answer).toBe(true);
  });

  it('SPEC 8.4.10 wait for their turn where the client takes no more, in order', async () => {
    const rig = await startPage({ client: { limits: { openRequests: 2 } } });
    const done: number[] = [];
    for (let at = 0; at < 5; at++) rig.to.call('numbers', { to: 1 }).subscribe({ complete: () => done.push(at) });
    expect(rig.server.counters.calls).toMatchObject({ open: 5, total: 5 });
    await rig.clock.settle();
    expect(done).toEqual([0, 1, 2, 3, 4]);
  });

  it('wait up to `maxQueuedCalls`, and fail past it', async () => {
    const rig = await startPage({ client: { limits: { openRequests: 1 } }, server: { maxQueuedCalls: 2 } });
    const ends: string[] = [];
    for (let at = 0; at < 4; at++) {
      rig.to.call('numbers', { to: 1 }).subscribe({
        complete: () => ends.push('complete'),
        error: ({ code }: WiremuxError) => ends.push(code),
      });
    }
    expect(ends).toEqual(['too-many-requests']);
    await rig.clock.settle();
    expect(ends.slice(1)).toEqual(['complete', 'complete', 'complete']);
  });

  it('SPEC 8.6.1 that wait are taken back without a frame', async () => {
    const rig = await startPage({ client: { limits: { openRequests: 1 } } });
    rig.to.call('hang').subscribe();
    rig.to.call('hang').subscribe().unsubscribe();
    await rig.clock.settle();
    expect(rig.seen.hanging).toBe(1);
    expect(rig.server.counters.calls).toMatchObject({ open: 1, total: 2, failed: 0 });
  });

  it('SPEC 8.6.3 end their commands when unsubscribed', async () => {
    const rig = await startPage();
    const subscription = rig.to.call('hang').subscribe();
    await rig.clock.settle();
    subscription.unsubscribe();
    expect(rig.server.snapshot().calls).toMatchObject([{ state: 'stopping' }]);
    await rig.clock.settle();
    expect(rig.seen.aborts).toEqual(['aborted']);
    expect(rig.server.counters.calls).toEqual({ open: 0, total: 1, failed: 0 });
  });

  it('end when their signal aborts', async () => {
    const rig = await startPage();
    const controller = new AbortController();
    const call = await outcome(rig, rig.to.call('hang', {}, { signal: controller.signal }));
    controller.abort();
    expect(call.end).toBe('aborted');
    await rig.clock.settle();
    expect(rig.seen.aborts).toEqual(['aborted']);
    expect((await outcome(rig, rig.to.call('hang', {}, { signal: controller.signal }))).end).toBe('aborted');
    expect(rig.seen.hanging).toBe(1);
  });

  it('SPEC 8.11.6 end when their deadline has passed', async () => {
    const rig = await startPage();
    const call = listen(rig.to.call('hang', {}, { deadline: 100 }));
    await rig.clock.advance(99);
    expect(call.end).toBe('open');
    await rig.clock.advance(1);
    expect(call.end).toBe('timeout');
    expect(rig.seen.aborts).toEqual(['deadline']);
  });

  it('fail with `connection-lost` when the connection ends, those to come too', async () => {
    const rig = await startPage({ client: { limits: { openRequests: 1 } } });
    const calls = [listen(rig.to.call('hang')), listen(rig.to.call('hang'))];
    await rig.clock.settle();
    rig.clientTransport.terminate();
    await rig.clock.settle();
    calls.push(listen(rig.to.call('hang')));
    expect(calls.map(({ end }) => end)).toEqual(Array(3).fill('connection-lost'));
    expect(rig.seen.aborts).toEqual(['connection-lost']);
    expect(rig.server.counters.calls).toMatchObject({ open: 0, total: 3, failed: 3 });
  });

  it('fail at once when the connection is closed from this side', async () => {
    const rig = await startPage();
    const call = await outcome(rig, rig.to.call('hang'));
    rig.clientTransport.stalled = true;
    rig.server.close();
    expect(call.end).toBe('connection-lost');
  });

  it('SPEC 8.5.6 hold up a command that is not read on', async () => {
    const rig = await startPage({ server: { limits: { answerCredit: 8_192 } } });
    const flood = rig.to.iterate('flood')[Symbol.asyncIterator]();
    const first = flood.next();
    await rig.clock.settle();
    expect(await first).toEqual({ done: false, value: 'x'.repeat(1_000) });
    const atFirst = rig.seen.floods;
    await rig.clock.settle();
    expect(rig.seen.floods).toBe(atFirst);
    for (let count = 0; count < 100; count++) {
      const next = flood.next();
      await rig.clock.settle();
      await next;
    }
    expect(rig.seen.floods).toBeGreaterThan(atFirst);
    await flood.return?.();
    await rig.clock.settle();
    expect(rig.server.counters.calls).toEqual({ open: 0, total: 1, failed: 0 });
  });

  it('SPEC 8.5.6 give credit as `next` returns', async () => {
    const rig = await startPage({ server: { limits: { answerCredit: 8_192 } } });
    let got = 0;
    const subscription = rig.to.call('flood').subscribe(() => {
      got += 1;
      if (got === 200) subscription.unsubscribe();
    });
    await rig.clock.settle();
    expect(got).toBe(200);
  });

  it('take data, as fast as the command reads it', async () => {
    const rig = await startPage();
    let read = 0;
    async function* pieces() {
      for (; read < 100; read++) yield new Uint8Array(10_000);
    }
    const sizes = [
      outcome(rig, rig.to.call('measure', {}, { data: new Uint8Array(100_000) })),
      outcome(rig, rig.to.call('measure', {}, { data: pieces() })),
      outcome(rig, rig.to.call('measure', {}, { data: [] })),
    ];
    expect((await Promise.all(sizes)).map(({ values }) => values[0])).toEqual([100_000, 1_000_000, 0]);
  });

  it('SPEC 8.6.5 stop sending data that is not wanted', async () => {
    const rig = await startPage();
    let isClosed = false;
    async function* endless() {
      try {
        for (;;) yield new Uint8Array(10_000);
      } finally {
        isClosed = true;
      }
    }
    expect(await outcome(rig, rig.to.call('refuse', {}, { data: endless() }))).toEqual({
      values: ['enough'],
      end: 'complete',
    });
    expect(isClosed).toBe(true);
  });

  it('fail with `upload-failed` where the source of the data does', async () => {
    const rig = await startPage();
    async function* broken() {
      yield new Uint8Array(10);
      throw new Error('disk gone');
    }
    expect((await outcome(rig, rig.to.call('measure', {}, { data: broken() }))).end).toBe('upload-failed');
    expect((await outcome(rig, rig.to.call('measure', {}, { data: ['text'] as never }))).end).toBe('upload-failed');
    expect(rig.server.counters.calls.open).toBe(0);
  });
});

describe('a handler that calls its client', () => {
  const serveCaller = async (handler: (client: PageCaller, context: CommandContext) => unknown) => {
    const made = makePage();
    const rig = await serveOne((_, context) => handler(context.client.as<typeof page>(), context), {
      client: { serves: made.set },
    });
    return { ...rig, ...made };
  };

  it('answers with what the client said', async () => {
    const { client, clock } = await serveCaller((page) => page.call('numbers', { to: 3 }).pipe(toArray()));
    const call = client.call('run');
    await clock.settle();
    expect(call).toMatchObject({ values: [[1, 2, 3]], end: 'ended' });
  });

  it('SPEC 8.6.3 has its calls end with its own request, for the same reason', async () => {
    const calls: Heard<unknown>[] = [];
    const { client, clock, seen } = await serveCaller((page) => {
      calls.push(listen(page.call('hang')));
      return new Promise(() => undefined);
    });
    const call = client.call('run');
    await clock.settle();
    expect(seen.hanging).toBe(1);
    client.peer.cancel(call.id, { code: 'bored' });
    await clock.settle();
    expect(calls).toMatchObject([{ end: 'bored' }]);
    expect(seen.aborts).toEqual(['bored']);
  });

  it('SPEC 8.11.8, 8.11.9 hands on its trace, and the time that is left', async () => {
    const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const { client, clock, seen } = await serveCaller(async (page) => {
      await new Promise<void>((resolve) => void clock.timer(400, resolve));
      return page.call('about', {}, { deadline: 5_000 });
    });
    client.call('run', {}, { deadlineAt: 1_000, trace });
    await clock.advance(400);
    const [context] = seen.contexts;
    expect(context?.trace).toBe(trace);
    expect(context?.timeLeft()).toBe(600);
  });

  it('can let calls outlive its request by those of the connection', async () => {
    const made = makePage();
    const rig = await serveOne(() => undefined, { client: { serves: made.set } });
    rig.server.client.call('hang').subscribe();
    const call = rig.client.call('run');
    await rig.clock.settle();
    expect(call.end).toBe('ended');
    expect(made.seen.aborts).toEqual([]);
  });
});
