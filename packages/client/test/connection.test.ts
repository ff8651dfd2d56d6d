import { CloseCode, EXP_FRAMING_0006, encodeFrame } from '@wiremux/framing';
import { VirtualClock } from '@wiremux/framing/testing';
import { describe, expect, it } from 'vitest';
import { Backoff } from '../src/backoff.js';
import { Connection } from '../src/connection.js';
import { Dispatcher } from '../src/dispatcher.js';
import { ServedCommands } from '../src/served-commands.js';
import { TestGateway } from './support/gateway.js';
import { LineSource, LOST } from './support/lines.js';
import { record } from './support/record.js';

const delays = (gateway: TestGateway): number[] => gateway.dials.map(({ at }) => at);

describe('the state of the connection', () => {
  it('is connecting at once, and open when requests flow', async () => {
    const gateway = new TestGateway();
    const status = record(gateway.connect().status$);
    expect(status.values).toEqual([{ state: 'connecting', attempt: 1 }]);
    await gateway.settle();
    expect(status.values.slice(1)).toEqual([
      { state: 'open', transport: 'websocket', dialect: 'wiremux.1', agent: 'gateway/1', resumable: false },
    ]);
  });

  it('tells a late subscriber the current state only', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    expect(record(mux.status$).values).toMatchObject([{ state: 'open' }]);
    mux.close();
    const late = record(mux.status$);
    expect(late.values).toEqual([{ state: 'closed' }]);
    expect(late.completed).toBe(true);
  });

  it('names the gateway, the attempt and why the last one failed', async () => {
    const gateway = new TestGateway();
    gateway.down = new Error('the line is cut');
    const status = record(gateway.connect().status$);
    await gateway.settle();
    expect(status.values[1]).toMatchObject({
      state: 'waiting',
      attempt: 2,
      retryIn: 125,
      reason: {
        code: 'connect-failed',
        message:
          'Could not connect to ws://gateway.test/mux: the line is cut. Check the address, and that the gateway runs.',
        cause: gateway.down,
      },
    });
    await gateway.clock.advance(125);
    expect(status.values[2]).toMatchObject({ state: 'connecting', attempt: 2, reason: { code: 'connect-failed' } });
  });
});

describe('SPEC 2.4 choosing a dialect', () => {
  it('offers wiremux.1 unless told otherwise', async () => {
    const gateway = new TestGateway();
    await gateway.open();
    expect(gateway.dials).toEqual([{ url: 'ws://gateway.test/mux', protocols: ['wiremux.1'], at: 0 }]);
  });

  it('speaks the one that the gateway chose', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open({ dialects: [EXP_FRAMING_0006] });
    expect(gateway.dials[0]!.protocols).toEqual(['exp-framing-0006']);
    expect(record(mux.status$).values).toEqual([
      { state: 'open', transport: 'websocket', dialect: 'exp-framing-0006', resumable: false },
    ]);
    const answer = record(mux.call('echo', { text: 'hello' }));
    await gateway.settle();
    gateway.end.peer.sendValue(1, 'hello');
    gateway.end.peer.endAnswer(1);
    await gateway.settle();
    expect(answer).toMatchObject({ values: ['hello'], completed: true });
  });

  it.each([
    ['', 'it chose no dialect'],
    ['chat', 'it chose the dialect "chat"'],
  ])('counts the choice of "%s" as a failed attempt', async (chosen, problem) => {
    const gateway = new TestGateway();
    gateway.chooses = chosen;
    const status = record((await gateway.open()).status$);
    expect(status.values).toMatchObject([{ state: 'waiting', reason: { code: 'connect-failed' } }]);
    expect(status.values[0]).toHaveProperty('reason.message', expect.stringContaining(problem));
    expect(gateway.end.closed).toMatchObject({ code: 1006 });
  });
});

describe('SPEC 8.3 settings', () => {
  it('carry agent and limits of the client', async () => {
    const gateway = new TestGateway();
    await gateway.open({ agent: 'page/2', limits: { answerCredit: 4_096 } });
    expect(gateway.end.all('ready')).toMatchObject([{ settings: { agent: 'page/2', credit: 4_096 } }]);
  });

  it('carry the token, fresh for each connection where it is a function', async () => {
    const gateway = new TestGateway();
    let issued = 0;
    await gateway.open({ token: () => Promise.resolve(`token-${++issued}`) });
    gateway.end.peer.close(CloseCode.Restart, '');
    await gateway.clock.advance(250);
    const tokens = gateway.ends.map((end) => end.all('ready')[0]!.settings.token);
    expect(tokens).toEqual(['token-1', 'token-2']);
  });

  it('wait for a token that cannot be had as for a connection that cannot be made', async () => {
    const gateway = new TestGateway();
    let fails = true;
    const token = (): string => {
      if (fails) throw new Error('signed out');
      return 'token';
    };
    const status = record((await gateway.open({ token })).status$);
    expect(status.values).toMatchObject([{ state: 'waiting', reason: { code: 'connect-failed' } }]);
    expect(gateway.dials).toEqual([]);
    fails = false;
    await gateway.clock.advance(250);
    expect(status.values.at(-1)).toMatchObject({ state: 'open' });
  });
});

describe('connecting again', () => {
  it('waits longer after each failure, up to a bound', async () => {
    const gateway = new TestGateway();
    gateway.down = new Error('down');
    gateway.connect({ reconnect: { initial: 100, max: 300, factor: 2 }, random: () => 1 });
    await gateway.clock.advance(1_200);
    expect(delays(gateway)).toEqual([0, 100, 300, 600, 900, 1_200]);
  });

  it('begins with short waits again after a connection that lasted', async () => {
    const gateway = new TestGateway();
    gateway.down = new Error('down');
    gateway.connect({ random: () => 1 });
    await gateway.clock.advance(750);
    gateway.down = undefined;
    await gateway.clock.advance(1_000);
    expect(delays(gateway)).toEqual([0, 250, 750, 1_750]);
    await gateway.clock.advance(5_000);
    gateway.end.transport.terminate();
    await gateway.clock.advance(250);
    expect(delays(gateway).slice(4)).toEqual([7_000]);
  });

  it('goes on waiting longer when connections do not last', async () => {
    const gateway = new TestGateway();
    gateway.connect({ random: () => 1 });
    for (const wait of [250, 500, 1_000]) {
      await gateway.settle();
      gateway.end.transport.terminate();
      await gateway.clock.advance(wait);
    }
    expect(delays(gateway)).toEqual([0, 250, 750, 1_750]);
  });

  it.each([CloseCode.Restart, CloseCode.TryLater, CloseCode.HandshakeTimeout, CloseCode.TooMany])(
    'happens after close %d',
    async (code) => {
      const gateway = new TestGateway();
      const status = record((await gateway.open()).status$);
      gateway.end.peer.close(code, 'soon back');
      await gateway.settle();
      expect(status.values.at(-1)).toMatchObject({ state: 'waiting', reason: { code: 'connection-lost' } });
      await gateway.clock.advance(250);
      expect(status.values.at(-1)).toMatchObject({ state: 'open' });
    },
  );

  it.each([
    [CloseCode.Normal, 'connection-lost'],
    [CloseCode.Policy, 'not-allowed'],
    [CloseCode.NotAllowed, 'not-allowed'],
    [CloseCode.NotAuthenticated, 'not-authenticated'],
    [CloseCode.TakenOver, 'connection-lost'],
  ])('does not happen after close %d', async (code, error) => {
    const gateway = new TestGateway();
    const status = record((await gateway.open({ token: 'fixed' })).status$);
    gateway.end.peer.close(code, 'go away');
    await gateway.clock.advance(60_000);
    expect(status.values.at(-1)).toMatchObject({ state: 'closed', reason: { code: error } });
    expect(status.values.at(-1)).toHaveProperty('reason.message', expect.stringContaining(`(close ${code}: go away)`));
    expect(status.completed).toBe(true);
    expect(gateway.dials).toHaveLength(1);
  });

  it('happens after 4401 where a new token can be had', async () => {
    const gateway = new TestGateway();
    const status = record((await gateway.open({ token: () => 'fresh' })).status$);
    gateway.end.peer.close(CloseCode.NotAuthenticated, '');
    await gateway.clock.advance(250);
    expect(status.values.at(-1)).toMatchObject({ state: 'open' });
  });

  it('does not happen after the gateway broke the protocol', async () => {
    const gateway = new TestGateway();
    const status = record((await gateway.open()).status$);
    const answerOfNothing = encodeFrame(
      { requestId: 77, streamId: 4, streamFlags: 1, type: 3, flags: 2 },
      new Uint8Array(0),
    );
    gateway.end.transport.send([answerOfNothing]);
    await gateway.settle();
    expect(status.values.at(-1)).toMatchObject({ state: 'closed', reason: { code: 'protocol' } });
    expect(status.values.at(-1)).toHaveProperty(
      'reason.message',
      expect.stringMatching(/^The gateway broke the protocol: .+ \(SPEC 5\.5\)$/),
    );
    expect(gateway.end.closed).toMatchObject({ code: CloseCode.Protocol });
  });

  it('can be turned off', async () => {
    const gateway = new TestGateway();
    const status = record((await gateway.open({ reconnect: false })).status$);
    gateway.end.transport.terminate();
    await gateway.clock.advance(60_000);
    expect(status.values.at(-1)).toMatchObject({ state: 'closed', reason: { code: 'connection-lost' } });
    expect(gateway.dials).toHaveLength(1);
  });

  it.each([{ reconnect: false }, { retryFirst: false }] as const)(
    'can be turned off for the first connection: %o',
    async (options) => {
      const gateway = new TestGateway();
      gateway.down = new Error('down');
      const status = record((await gateway.open(options)).status$);
      expect(status.values).toMatchObject([{ state: 'closed', reason: { code: 'connect-failed' } }]);
      await gateway.clock.advance(60_000);
      expect(gateway.dials).toHaveLength(1);
    },
  );

  it('is not turned off by `retryFirst` once there was a connection', async () => {
    const gateway = new TestGateway();
    const status = record((await gateway.open({ retryFirst: false })).status$);
    gateway.end.transport.terminate();
    await gateway.clock.advance(250);
    expect(status.values.at(-1)).toMatchObject({ state: 'open' });
  });
});

describe('a process that waits for the next attempt', () => {
  it('is kept alive, since no socket does; by nothing else, and not for longer', async () => {
    const clock = new VirtualClock();
    const wanted = new LineSource('websocket');
    wanted.loss = LOST;
    let holds = 0;
    const connection = new Connection(
      {
        open: wanted.open,
        fallback: undefined,
        backoff: new Backoff({ initial: 1_000, max: 1_000, factor: 1 }, () => 1),
        moving: new Backoff({ initial: 1_000, max: 1_000, factor: 1 }, () => 1),
        random: () => 1,
        resumption: undefined,
        retryFirst: true,
        renewsToken: false,
        clock,
        holdProcess() {
          holds++;
          return () => void holds--;
        },
      },
      new Dispatcher(1, new ServedCommands(clock, undefined)),
    );
    expect(holds).toBe(0);
    await clock.settle();
    expect(holds).toBe(1);
    wanted.loss = undefined;
    await clock.advance(1_000);
    expect(record(connection.status$).values).toMatchObject([{ state: 'open' }]);
    expect(holds).toBe(0);
    wanted.lines[0]!.lose(LOST);
    await clock.settle();
    expect(holds).toBe(1);
    connection.close();
    expect(holds).toBe(0);
  });

  it('is kept alive over HTTP too, where no socket is between two exchanges', async () => {
    const clock = new VirtualClock();
    let holds = 0;
    const connection = new Connection(
      {
        open: new LineSource('http').open,
        fallback: undefined,
        backoff: undefined,
        moving: new Backoff({ initial: 1_000, max: 1_000, factor: 1 }, () => 1),
        random: () => 1,
        resumption: undefined,
        retryFirst: true,
        renewsToken: false,
        clock,
        holdProcess() {
          holds++;
          return () => void holds--;
        },
      },
      new Dispatcher(1, new ServedCommands(clock, undefined)),
    );
    await clock.settle();
    expect(holds).toBe(1);
    connection.close();
    expect(holds).toBe(0);
  });
});

describe('an attempt that takes too long', () => {
  it('fails, and the next one follows', async () => {
    const gateway = new TestGateway();
    gateway.hangs = true;
    const status = record(gateway.connect({ connectTimeout: 1_000 }).status$);
    await gateway.clock.advance(999);
    expect(status.values.at(-1)).toMatchObject({ state: 'connecting', attempt: 1 });
    await gateway.clock.advance(1);
    expect(status.values.at(-1)).toHaveProperty('reason.message', expect.stringContaining('within 1000 ms'));
    expect(status.values.at(-1)).toMatchObject({ state: 'waiting', attempt: 2 });
  });

  it('leaves no transport behind', async () => {
    const gateway = new TestGateway();
    gateway.hangs = true;
    gateway.connect({ connectTimeout: 1_000, reconnect: false });
    await gateway.clock.advance(1_000);
    gateway.answerDials();
    await gateway.settle();
    expect(gateway.end.closed).toMatchObject({ code: 1006 });
  });

  it('SPEC 9.1.12 counts the time until the settings came, too', async () => {
    const gateway = new TestGateway();
    const mux = gateway.connect({ limits: { settingsTimeout: 2_000 } });
    const status = record(mux.status$);
    await Promise.resolve();
    await Promise.resolve();
    gateway.end.transport.stalled = true;
    await gateway.clock.advance(2_000);
    expect(status.values.at(-1)).toMatchObject({ state: 'waiting', reason: { code: 'connection-lost' } });
  });
});

describe('close()', () => {
  it('ends the connection with 1000, once', async () => {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    const status = record(mux.status$);
    mux.close();
    mux.close();
    await gateway.settle();
    expect(gateway.end.closed).toEqual({ code: 1000, reason: '' });
    expect(status.values.slice(1)).toEqual([{ state: 'closed' }]);
  });

  it('ends an attempt under way, and drops what comes of it', async () => {
    const gateway = new TestGateway();
    gateway.hangs = true;
    const mux = gateway.connect();
    await gateway.settle();
    mux.close();
    gateway.answerDials();
    await gateway.settle();
    expect(gateway.end.closed).toMatchObject({ code: 1006 });
  });

  it('ends the wait for the next attempt', async () => {
    const gateway = new TestGateway();
    gateway.down = new Error('down');
    const mux = await gateway.open();
    mux.close();
    await gateway.clock.advance(60_000);
    expect(gateway.dials).toHaveLength(1);
  });
});
