import { WiremuxError } from '@wiremux/client';
import { describe, expect, it } from 'vitest';
import { CONNECTING, reduceConnection } from '../../src/state/connection.js';

const reason = new WiremuxError('connection-lost', 'It is gone.');
const OPEN = { state: 'open', transport: 'websocket', dialect: 'wiremux.1', resumable: true } as const;
const open = reduceConnection(
  CONNECTING,
  { state: 'open', transport: 'websocket', dialect: 'wiremux.1', agent: 'gateway/1', resumable: true },
  1_000,
);

describe('reduceConnection', () => {
  it('knows the dialect and agent while open, and nothing of trouble', () => {
    expect(open).toEqual({
      phase: 'open',
      transport: 'websocket',
      transportReason: undefined,
      dialect: 'wiremux.1',
      agent: 'gateway/1',
      movesAt: undefined,
      resumable: true,
      downSince: undefined,
      retryAt: undefined,
      attempt: 1,
      problem: undefined,
    });
  });

  it('says why HTTP stands in for a WebSocket', () => {
    const blocked = new WiremuxError('connect-failed', 'It answered HTTP 403.');
    const view = reduceConnection(
      CONNECTING,
      { state: 'open', transport: 'http', dialect: 'wiremux.1', resumable: false, reason: blocked },
      1_000,
    );
    expect(view).toMatchObject({ phase: 'open', transport: 'http', transportReason: 'It answered HTTP 403.' });
    expect(view).toMatchObject({ downSince: undefined, problem: undefined });
  });

  it('says when it moves away from a gateway that leaves, until it has', () => {
    const leaving = reduceConnection(open, { ...OPEN, leaving: { moveIn: 3_000, reason: 'update' } }, 2_000);
    expect(leaving).toMatchObject({ phase: 'open', movesAt: 5_000, downSince: undefined });
    for (const next of [
      OPEN,
      { state: 'waiting', attempt: 1, retryIn: 1, reason },
      { state: 'connecting', attempt: 1, reason },
      { state: 'closed' },
    ] as const) {
      expect(reduceConnection(leaving, next, 6_000).movesAt).toBeUndefined();
    }
  });

  it('is not down during its first attempt', () => {
    expect(reduceConnection(CONNECTING, { state: 'connecting', attempt: 1 }, 1_000).downSince).toBeUndefined();
  });

  it('keeps the moment the connection was lost through every further attempt, with the newest reason', () => {
    const waiting = reduceConnection(open, { state: 'waiting', attempt: 1, retryIn: 300, reason }, 5_000);
    expect(waiting).toMatchObject({ phase: 'waiting', downSince: 5_000, retryAt: 5_300, dialect: 'wiremux.1' });
    expect(waiting.problem).toMatchObject({ code: 'connection-lost', message: 'It is gone.' });

    const connecting = reduceConnection(waiting, { state: 'connecting', attempt: 1 }, 5_300);
    expect(connecting).toMatchObject({ phase: 'connecting', downSince: 5_000, retryAt: undefined });
    expect(connecting.problem?.code).toBe('connection-lost');

    const refused = new WiremuxError('connect-failed', 'Nobody there.');
    const again = reduceConnection(connecting, { state: 'waiting', attempt: 2, retryIn: 900, reason: refused }, 5_400);
    expect(again).toMatchObject({ downSince: 5_000, retryAt: 6_300, attempt: 2, problem: { code: 'connect-failed' } });
  });

  it('is down while its session waits for another transport, and knows when it is tried', () => {
    const resuming = reduceConnection(open, { state: 'resuming', attempt: 1, retryIn: 200, reason }, 5_000);
    expect(resuming).toMatchObject({ phase: 'resuming', downSince: 5_000, retryAt: 5_200, dialect: 'wiremux.1' });
    expect(resuming.problem?.code).toBe('connection-lost');

    const trying = reduceConnection(resuming, { state: 'resuming', attempt: 1, reason }, 5_200);
    expect(trying).toMatchObject({ phase: 'resuming', downSince: 5_000, retryAt: undefined });
  });

  it('is down at once when it connects again without waiting', () => {
    expect(reduceConnection(open, { state: 'connecting', attempt: 1, reason }, 7_000).downSince).toBe(7_000);
  });

  it('forgets the trouble when it is open again', () => {
    const waiting = reduceConnection(open, { state: 'waiting', attempt: 3, retryIn: 300, reason }, 5_000);
    const again = { state: 'open', transport: 'websocket', dialect: 'wiremux.1', resumable: true } as const;
    expect(reduceConnection(waiting, again, 6_000)).toEqual({ ...open, agent: undefined });
  });

  it('says why it is closed for good', () => {
    const denied = new WiremuxError('not-authenticated', 'No token.');
    const closed = reduceConnection(open, { state: 'closed', reason: denied }, 9_000);
    expect(closed).toMatchObject({ phase: 'closed', downSince: 9_000, problem: { code: 'not-authenticated' } });
    expect(closed.problem?.remedy).not.toBe('');
  });
});
