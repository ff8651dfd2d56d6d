import { type Clock, EXP_FRAMING_0006, WIREMUX_1 as NEWEST } from '@wiremux/framing';
import { firstValueFrom, lastValueFrom, toArray } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Mux } from '../../../src/client.js';
import { connect } from '../../../src/connect.js';
import type { ConnectOptions } from '../../../src/options.js';
import { platform } from '../../../src/platform/node.js';
import type { Status } from '../../../src/status.js';
import { HttpGateway } from '../../support/http-gateway.js';
import { record } from '../../support/record.js';

let gateway: HttpGateway;
const open: Mux[] = [];

beforeEach(async () => {
  gateway = await HttpGateway.listen();
});
afterEach(async () => {
  for (const mux of open.splice(0)) mux.close();
  await gateway.close();
});

function connectOverHttp(options: ConnectOptions = {}): Mux {
  const mux = connect(gateway.url, { transport: 'http', random: () => 0, ...options });
  open.push(mux);
  return mux;
}

/** The first status of that state. */
function reaches<S extends Status['state']>(mux: Mux, state: S): Promise<Extract<Status, { state: S }>> {
  return new Promise((resolve) => {
    mux.status$.subscribe((status) => {
      if (status.state === state) resolve(status as Extract<Status, { state: S }>);
    });
  });
}

/** Resolves when a call of another client has been answered: what was sent before would have come before. */
async function roundTrip(): Promise<void> {
  const answer = firstValueFrom(connectOverHttp().call('round trip'));
  const end = await gateway.next();
  expect(end.names).toEqual(['round trip']);
  end.answer();
  await answer;
}

/** Resolves with the error of a promise. */
function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** The time of the machine, but for the wait of an exchange whose last answer has ended: that is over when a test says so. */
function patientClock(): { readonly clock: Clock; readonly lingering: (() => void)[] } {
  const lingering: (() => void)[] = [];
  const clock: Clock = {
    ...platform.clock,
    timer(ms, callback) {
      if (ms !== 1_000) return platform.clock.timer(ms, callback);
      lingering.push(callback);
      return () => void lingering.splice(0);
    },
  };
  return { clock, lingering };
}

const WIREMUX_1 = 'application/vnd.wiremux.frames';
const EXP_0006 = 'application/mercurial-exp-framing-0006';

describe('a client over HTTP', () => {
  it('SPEC 7.11 is open once an exchange of settings alone was answered', async () => {
    const status = await reaches(connectOverHttp(), 'open');
    expect(status).toEqual({
      state: 'open',
      transport: 'http',
      dialect: 'wiremux.1',
      agent: 'gateway/1',
      resumable: false,
    });
    expect(gateway.asked).toEqual([WIREMUX_1]);
    expect(gateway.ends[0]!.names).toEqual([]);
  });

  it('SPEC 7.11 asks with OPTIONS where the dialect has no settings to ask with', async () => {
    const status = await reaches(connectOverHttp({ dialects: [EXP_FRAMING_0006] }), 'open');
    expect(status).toEqual({ state: 'open', transport: 'http', dialect: 'exp-framing-0006', resumable: false });
    expect(gateway.asked).toEqual(['OPTIONS']);
  });

  it.each([
    [
      [NEWEST, EXP_FRAMING_0006],
      [WIREMUX_1, 'OPTIONS'],
    ],
    [[EXP_FRAMING_0006, NEWEST], ['OPTIONS']],
  ])('SPEC 7.5 goes on from %o to what is spoken', async (dialects, asked) => {
    gateway.dialects = [EXP_FRAMING_0006];
    expect(await reaches(connectOverHttp({ dialects }), 'open')).toMatchObject({ dialect: 'exp-framing-0006' });
    expect(gateway.asked).toEqual(asked);
  });

  it('fails, typed, where no dialect asked for is spoken', async () => {
    gateway.dialects = [EXP_FRAMING_0006];
    const status = await reaches(connectOverHttp({ reconnect: false }), 'closed');
    expect(status.reason).toMatchObject({ code: 'connect-failed' });
    expect(status.reason?.message).toContain(`it answered HTTP 415 Unsupported Media Type: Known: ${EXP_0006}`);
  });

  it('brings values, errors, progress and output', async () => {
    const mux = connectOverHttp();
    const request = mux.request('narrate');
    const [progress, output] = [record(request.progress$), record(request.output$)];
    const values = lastValueFrom(request.values$.pipe(toArray()));
    const end = await gateway.next();
    const { id } = end.all('request')[0]!;
    end.peer.sendOutput(id, [{ text: 'so it begins', args: [], labels: [] }]);
    end.peer.sendProgress(id, { topic: 'steps', pos: 1, total: 2 });
    end.answer([1, 'two']);
    expect(await values).toEqual([1, 'two']);
    expect(output.values).toEqual([[{ text: 'so it begins', args: [], labels: [] }]]);
    expect(progress.values).toMatchObject([{ topic: 'steps', pos: 1, total: 2 }]);
    expect(await end.closed).toBe(true);
  });
});

describe('SPEC 7.9 the requests of an exchange', () => {
  it('are those of one turn, by default', async () => {
    const mux = connectOverHttp();
    await reaches(mux, 'open');
    const first = Promise.all(['a', 'b', 'c'].map((name) => firstValueFrom(mux.call(name))));
    const end = await gateway.next();
    expect(end.names).toEqual(['a', 'b', 'c']);
    end.answer();
    expect(await first).toEqual(['a', 'b', 'c']);
    const second = firstValueFrom(mux.call('d'));
    (await gateway.next()).answer();
    expect(await second).toBe('d');
    expect(gateway.ends.map(({ names }) => names)).toEqual([[], ['a', 'b', 'c'], ['d']]);
  });

  it('with data are alone in theirs: nothing in one is answered before its data has come', async () => {
    const mux = connectOverHttp();
    await reaches(mux, 'open');
    let finish = (): void => undefined;
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    async function* slow(): AsyncGenerator<Uint8Array> {
      await finished;
      yield new Uint8Array(3);
    }
    const answers = [
      firstValueFrom(mux.call('a')),
      firstValueFrom(mux.call('upload', {}, { data: slow() })),
      firstValueFrom(mux.call('b')),
    ];
    const shared = await gateway.next();
    expect(shared.names).toEqual(['a', 'b']);
    shared.answer();
    expect(await answers[0]).toBe('a');
    finish();
    const own = await gateway.next();
    expect(own.names).toEqual(['upload']);
    expect(own.all('data').reduce((sum, { bytes }) => sum + bytes.length, 0)).toBe(3);
    own.answer();
    expect(await Promise.all(answers)).toEqual(['a', 'upload', 'b']);
  });

  it('wait for flush() where they are told to, and share one with their data then', async () => {
    const mux = connectOverHttp({ http: { flush: 'manual' } });
    await reaches(mux, 'open');
    const answers = [firstValueFrom(mux.call('a')), firstValueFrom(mux.call('b', {}, { data: new Uint8Array(5) }))];
    await roundTrip();
    mux.flush();
    const end = await gateway.next();
    expect(end.names).toEqual(['a', 'b']);
    end.answer();
    expect(await Promise.all(answers)).toEqual(['a', 'b']);
  });

  it('that were flushed before there was a connection go when there is one', async () => {
    const mux = connectOverHttp({ http: { flush: 'manual' } });
    const answer = firstValueFrom(mux.call('a'));
    mux.flush();
    const end = await gateway.next();
    end.answer();
    expect(await answer).toBe('a');
    const late = record(mux.call('b'));
    await roundTrip();
    expect(late.error).toBeUndefined();
  });

  it('are no more than the gateway allows', async () => {
    gateway.limits = { openRequests: 2 };
    const mux = connectOverHttp();
    await reaches(mux, 'open');
    const answers = Promise.all(['a', 'b', 'c'].map((name) => firstValueFrom(mux.call(name))));
    const ends = [await gateway.next(), await gateway.next()];
    expect(new Set(ends.map(({ names }) => names.join()))).toEqual(new Set(['a,b', 'c']));
    for (const end of ends) end.answer();
    expect(await answers).toEqual(['a', 'b', 'c']);
  });

  it('that cannot be encoded fail by themselves, and send nothing when they are all', async () => {
    const mux = connectOverHttp();
    await reaches(mux, 'open');
    const [bad, good] = [record(mux.call('a', { call: () => 1 })), firstValueFrom(mux.call('b'))];
    const end = await gateway.next();
    expect(end.names).toEqual(['b']);
    end.answer();
    expect(await good).toBe('b');
    expect(bad.error?.code).toBe('unsupported');
    expect(await errorOf(firstValueFrom(mux.call('a', { call: () => 1 })))).toMatchObject({ code: 'unsupported' });
    expect(gateway.ends).toHaveLength(2);
  });

  it('`maxExchanges` bounds how many there are at once; others wait', async () => {
    const mux = connectOverHttp({ http: { maxExchanges: 1 } });
    await reaches(mux, 'open');
    const first = firstValueFrom(mux.call('a'));
    const held = await gateway.next();
    const others = Promise.all(['b', 'c'].map((name) => firstValueFrom(mux.call(name))));
    await roundTrip();
    held.answer();
    expect(await first).toBe('a');
    const next = await gateway.next();
    expect(next.names).toEqual(['b', 'c']);
    next.answer();
    expect(await others).toEqual(['b', 'c']);
  });
});

describe('SPEC 7.9 cancel over HTTP', () => {
  it('ends the exchange of a request that is alone in it', async () => {
    const mux = connectOverHttp(patientClock());
    const request = mux.request('hang');
    const state = lastValueFrom(request.state$);
    const values = record(request.values$);
    const end = await gateway.next();
    values.subscription.unsubscribe();
    expect(await end.closed).toBe(false);
    expect(await state).toEqual({ state: 'ended', how: 'cancelled', result: 'left' });
  });

  it('drops the answer among others, and ends the exchange with the last of them', async () => {
    const mux = connectOverHttp(patientClock());
    await reaches(mux, 'open');
    const answers = ['a', 'c'].map((name) => record(mux.call(name)));
    const kept = lastValueFrom(mux.call('b'));
    const end = await gateway.next();
    const [a, c, b] = end.all('request').map(({ id }) => id) as [number, number, number];
    answers[0]!.subscription.unsubscribe();
    for (const id of [a, b, c]) end.peer.sendValue(id, 'first');
    const second = firstValueFrom(mux.call('d'));
    (await gateway.next()).answer();
    expect(await second).toBe('d');
    end.peer.endAnswer(b);
    expect(await kept).toBe('first');
    expect(answers.map(({ values }) => values.length)).toEqual([0, 1]);
    answers[1]!.subscription.unsubscribe();
    expect(await end.closed).toBe(false);
  });

  it('sends nothing for a request that is given up before its turn', async () => {
    const mux = connectOverHttp();
    await reaches(mux, 'open');
    record(mux.call('given up')).subscription.unsubscribe();
    const kept = firstValueFrom(mux.call('kept'));
    const end = await gateway.next();
    expect(end.names).toEqual(['kept']);
    end.answer();
    await kept;
  });

  it('stops the source of an upload', async () => {
    const mux = connectOverHttp();
    await reaches(mux, 'open');
    let returned = (): void => undefined;
    const stopped = new Promise<void>((resolve) => {
      returned = resolve;
    });
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield new Uint8Array(1_000);
      } finally {
        returned();
      }
    }
    const controller = new AbortController();
    const failed = errorOf(firstValueFrom(mux.call('upload', {}, { data: endless(), signal: controller.signal })));
    await new Promise<void>((resolve) => {
      const poll = (): void => void (gateway.ends.length > 1 ? resolve() : setImmediate(poll));
      poll();
    });
    controller.abort();
    await stopped;
    expect(await failed).toMatchObject({ code: 'aborted' });
    expect(await gateway.ends[1]!.closed).toBe(false);
  });
});

describe('an exchange that fails', () => {
  it('fails its requests with `connection-lost` when the network does, in mid-answer; others go on', async () => {
    const mux = connectOverHttp();
    await reaches(mux, 'open');
    const cut = record(mux.call('cut'));
    const cutEnd = await gateway.next();
    const whole = firstValueFrom(mux.call('whole'));
    const wholeEnd = await gateway.next();
    cutEnd.peer.sendValue(cutEnd.all('request')[0]!.id, 'first');
    await new Promise<void>((resolve) => {
      const poll = (): void => void (cut.values.length > 0 ? resolve() : setImmediate(poll));
      poll();
    });
    const lost = errorOf(lastValueFrom(mux.request('other').values$));
    (await gateway.next()).response.destroy();
    cutEnd.response.destroy();
    expect(await lost).toMatchObject({ code: 'connection-lost' });
    wholeEnd.answer();
    expect(await whole).toBe('whole');
    expect(cut).toMatchObject({ values: ['first'], error: { code: 'connection-lost' } });
  });

  it.each([
    [
      { status: 403, headers: { 'Content-Type': 'text/plain' }, body: 'Not from there.' },
      'connect-failed',
      /HTTP 403 Forbidden: Not from there\./,
    ],
    [
      { status: 503, headers: { 'Content-Type': 'text/plain' }, body: 'Closing.' },
      'connect-failed',
      /HTTP 503 .*Closing/,
    ],
    [
      { status: 200, headers: { 'Content-Type': 'text/html' }, body: '<h1>Log in</h1>' },
      'connect-failed',
      /HTTP 200 OK: with a web page/,
    ],
    [{ status: 302, headers: { Location: 'https://elsewhere.test/' } }, 'connect-failed', /HTTP 302 Found/],
    [{ status: 401, headers: { 'Content-Type': 'text/plain' }, body: 'Who?' }, 'not-authenticated', /token.*HTTP 401/],
    [{ status: 413, headers: { 'Content-Type': 'text/html' }, body: '<h1>Big</h1>' }, 'too-big', /HTTP 413/],
  ] as const)('SPEC 7.10 with %j fails its requests with %s', async (refusing, code, message) => {
    const mux = connectOverHttp({ reconnect: false });
    await reaches(mux, 'open');
    gateway.refuses = refusing;
    const error = await errorOf(firstValueFrom(mux.call('a')));
    expect(error).toMatchObject({ code });
    expect((error as Error).message).toMatch(message);
  });

  it('is not waited for once the last answer in it has ended, whatever the gateway still sends', async () => {
    const { clock, lingering } = patientClock();
    const mux = connectOverHttp({ clock });
    const answer = lastValueFrom(mux.call('a'));
    const end = await gateway.next();
    end.holdsOpen = true;
    end.answer();
    expect(await answer).toBe('a');
    expect(lingering).toHaveLength(1);
    lingering[0]!();
    expect(await end.closed).toBe(false);
  });

  it('for a broken rule fails its requests, and no others', async () => {
    const mux = connectOverHttp();
    const failed = errorOf(firstValueFrom(mux.call('a')));
    const end = await gateway.next();
    end.response.write(new Uint8Array([1, 0, 0, 0, 0, 9, 0, 0xf0, 0]));
    expect(await failed).toMatchObject({ code: 'connection-lost' });
    const answer = firstValueFrom(mux.call('b'));
    (await gateway.next()).answer();
    expect(await answer).toBe('b');
  });

  it('for a broken rule before any request is final: the two sides do not understand each other', async () => {
    gateway.refuses = {
      status: 200,
      headers: { 'Content-Type': WIREMUX_1 },
      body: '\u0001\u0000\u0000\u0000\u0000\u0009\u0000\u0070x',
    };
    const status = await reaches(connectOverHttp(), 'closed');
    expect(status.reason).toMatchObject({ code: 'protocol' });
  });

  it('for want of a gateway makes others wait for it', async () => {
    const mux = connectOverHttp();
    await reaches(mux, 'open');
    gateway.drops = true;
    expect(await errorOf(firstValueFrom(mux.call('a')))).toMatchObject({ code: 'connection-lost' });
    await reaches(mux, 'waiting');
    const waits = firstValueFrom(mux.call('b'));
    gateway.drops = false;
    const end = await gateway.next();
    expect(end.names).toEqual(['b']);
    end.answer();
    expect(await waits).toBe('b');
  });

  it('asks for a new token for each exchange, and when one is refused', async () => {
    let issued = 0;
    const mux = connectOverHttp({ token: () => `token-${++issued}` });
    await reaches(mux, 'open');
    const answer = firstValueFrom(mux.call('a'));
    (await gateway.next()).answer();
    await answer;
    const tokens = gateway.ends.map((end) => end.peer.remoteSettings.token);
    expect(tokens).toEqual(['token-1', 'token-2']);
    gateway.refuses = { status: 401 };
    expect(await errorOf(firstValueFrom(mux.call('b')))).toMatchObject({ code: 'not-authenticated' });
    expect(await reaches(mux, 'waiting')).toMatchObject({ reason: { code: 'not-authenticated' } });
    gateway.refuses = undefined;
    await reaches(mux, 'open');
    expect(gateway.ends.at(-1)!.peer.remoteSettings.token).toBe(`token-${issued}`);
  });

  it('is final where its token was refused and there is no other', async () => {
    gateway.refuses = { status: 401, headers: { 'Content-Type': 'text/plain' }, body: 'Who?' };
    const status = await reaches(connectOverHttp({ token: 'stale' }), 'closed');
    expect(status.reason).toMatchObject({ code: 'not-authenticated' });
  });
});
