import { WiremuxError } from '@wiremux/framing';
import { VirtualClock } from '@wiremux/framing/testing';
import { describe, expect, it } from 'vitest';
import { Backoff } from '../src/backoff.js';
import { Connection, type ConnectionHandlers } from '../src/connection.js';
import type { Line, Loss } from '../src/line.js';
import { LineSource, LOST } from './support/lines.js';
import { record } from './support/record.js';

const REFUSED: Loss = {
  error: new WiremuxError('connect-failed', 'It is blocked.'),
  reconnect: true,
  detail: 'it is blocked.',
};

/** A connection that wants a WebSocket and has HTTP to fall back on; delays are their bounds. */
class Rig {
  readonly clock: VirtualClock = new VirtualClock();
  readonly socket: LineSource = new LineSource('websocket');
  readonly http: LineSource = new LineSource('http');
  /** The line in use, or why there is none any more. */
  used: Line | WiremuxError | undefined;

  connect(options: { readonly upgrade?: false; readonly reconnect?: false } = {}): Connection {
    const backoff = (initial: number, max: number): Backoff => new Backoff({ initial, max, factor: 2 }, () => 1);
    const handlers: ConnectionHandlers = {
      connected: (line) => {
        this.used = line;
      },
      disconnected: () => {
        this.used = undefined;
      },
      close: (error) => {
        this.used = error;
      },
    };
    return new Connection(
      {
        open: this.socket.open,
        fallback: { open: this.http.open, upgrade: options.upgrade === false ? undefined : backoff(10_000, 40_000) },
        backoff: options.reconnect === false ? undefined : backoff(1_000, 1_000),
        moving: backoff(1_000, 1_000),
        random: () => 1,
        resumption: undefined,
        retryFirst: true,
        renewsToken: false,
        clock: this.clock,
        holdProcess: () => () => undefined,
      },
      handlers,
    );
  }
}

describe('where a WebSocket cannot be opened', () => {
  it('HTTP is used, and the status says so and why', async () => {
    const rig = new Rig();
    rig.socket.loss = REFUSED;
    const status = record(rig.connect().status$);
    await rig.clock.settle();
    expect(rig.used).toBe(rig.http.lines[0]);
    expect(status.values).toEqual([
      { state: 'connecting', attempt: 1 },
      { state: 'open', transport: 'http', dialect: 'wiremux.1', resumable: false, reason: REFUSED.error },
    ]);
  });

  it('HTTP is not asked where the WebSocket can', async () => {
    const rig = new Rig();
    const status = record(rig.connect().status$);
    await rig.clock.settle();
    expect(rig.used).toBe(rig.socket.lines[0]);
    expect(rig.http.asked).toBe(0);
    expect(status.values.at(-1)).toEqual({
      state: 'open',
      transport: 'websocket',
      dialect: 'wiremux.1',
      resumable: false,
    });
  });

  it('nor where it says that nothing would help', async () => {
    const rig = new Rig();
    rig.socket.loss = { error: new WiremuxError('not-allowed', 'Go away.'), reconnect: false };
    const status = record(rig.connect().status$);
    await rig.clock.settle();
    expect(rig.http.asked).toBe(0);
    expect(status.values.at(-1)).toMatchObject({ state: 'closed', reason: { code: 'not-allowed' } });
  });

  it.each([
    ['both reasons, where they differ', LOST, 'It is blocked. Over HTTP: nobody is there.'],
    ['one, where they are the same', { ...LOST, detail: 'it is blocked.' }, 'It is blocked.'],
  ])('and HTTP neither, it waits with %s', async (_, loss, message) => {
    const rig = new Rig();
    rig.socket.loss = REFUSED;
    rig.http.loss = loss;
    const status = record(rig.connect().status$);
    await rig.clock.settle();
    expect(status.values.at(-1)).toMatchObject({ state: 'waiting', reason: { code: 'connect-failed', message } });
  });

  it('and over HTTP the token is refused, that is final', async () => {
    const rig = new Rig();
    rig.socket.loss = REFUSED;
    rig.http.loss = { error: new WiremuxError('not-authenticated', 'Who?'), reconnect: 'new-token' };
    rig.connect();
    await rig.clock.settle();
    expect(rig.used).toMatchObject({ code: 'not-authenticated' });
  });

  it('HTTP comes first when it is lost and connected again', async () => {
    const rig = new Rig();
    rig.socket.loss = REFUSED;
    const status = record(rig.connect().status$);
    await rig.clock.settle();
    rig.http.lines[0]!.lose(LOST);
    await rig.clock.settle();
    expect(rig.used).toBeUndefined();
    await rig.clock.advance(1_000);
    expect(rig.used).toBe(rig.http.lines[1]);
    expect(rig.socket.asked).toBe(1);
    expect(status.values.at(-1)).toMatchObject({ state: 'open', transport: 'http', reason: REFUSED.error });
  });

  it('and then HTTP cannot either, the WebSocket is asked again', async () => {
    const rig = new Rig();
    rig.socket.loss = REFUSED;
    rig.connect();
    await rig.clock.settle();
    rig.socket.loss = undefined;
    rig.http.loss = LOST;
    rig.http.lines[0]!.lose(LOST);
    await rig.clock.advance(1_000);
    expect(rig.used).toBe(rig.socket.lines[0]);
  });
});

describe('while HTTP stands in', () => {
  it('a WebSocket is tried again, later each time, and takes over', async () => {
    const rig = new Rig();
    rig.socket.loss = REFUSED;
    const status = record(rig.connect().status$);
    const asked: number[] = [];
    for (const wait of [0, 9_999, 1, 19_999, 1, 39_999, 1, 39_999]) {
      await rig.clock.advance(wait);
      asked.push(rig.socket.asked);
    }
    expect(asked).toEqual([1, 1, 2, 2, 3, 3, 4, 4]);
    rig.socket.loss = undefined;
    expect(rig.used).toBe(rig.http.lines[0]);
    await rig.clock.advance(1);
    expect(rig.used).toBe(rig.socket.lines[0]);
    expect(status.values.at(-1)).toEqual({
      state: 'open',
      transport: 'websocket',
      dialect: 'wiremux.1',
      resumable: false,
    });
    rig.http.lines[0]!.lose(LOST);
    await rig.clock.advance(100_000);
    expect(status.values).toHaveLength(3);
    expect(rig.socket.asked).toBe(5);
  });

  it('nothing is tried where that is turned off', async () => {
    const rig = new Rig();
    rig.socket.loss = REFUSED;
    rig.connect({ upgrade: false });
    await rig.clock.advance(1_000_000);
    expect(rig.socket.asked).toBe(1);
  });

  it('nothing is tried any more once HTTP is lost, or the client closed', async () => {
    const rig = new Rig();
    rig.socket.loss = REFUSED;
    rig.connect({ reconnect: false });
    await rig.clock.settle();
    rig.http.lines[0]!.lose(LOST);
    await rig.clock.advance(1_000_000);
    expect(rig.socket.asked).toBe(1);

    const closed = new Rig();
    closed.socket.loss = REFUSED;
    const connection = closed.connect();
    await closed.clock.settle();
    connection.close();
    await closed.clock.advance(1_000_000);
    expect(closed.socket.asked).toBe(1);
    expect(closed.used).toMatchObject({ code: 'closed' });
  });

  it('a WebSocket that is lost after it took over is what is wanted again', async () => {
    const rig = new Rig();
    rig.socket.loss = REFUSED;
    const status = record(rig.connect().status$);
    await rig.clock.settle();
    rig.socket.loss = undefined;
    await rig.clock.advance(10_000);
    rig.socket.lines[0]!.lose(LOST);
    await rig.clock.advance(1_000);
    expect(rig.used).toBe(rig.socket.lines[1]);
    expect(rig.http.asked).toBe(1);
    expect(status.values.at(-1)).toEqual({
      state: 'open',
      transport: 'websocket',
      dialect: 'wiremux.1',
      resumable: false,
    });
  });
});
