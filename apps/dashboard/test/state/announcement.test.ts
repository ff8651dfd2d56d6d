import { signal } from '@preact/signals';
import { WiremuxError } from '@wiremux/client';
import { describe, expect, it } from 'vitest';
import { connectionSentence, runSentence, summarySentence } from '../../src/state/announcement.js';
import { Board } from '../../src/state/board.js';
import { CONNECTING, reduceConnection } from '../../src/state/connection.js';
import { newRun, type RunEvent, reduceRun } from '../../src/state/run.js';
import type { RunHandle } from '../../src/state/runs.js';

function runAfter(...events: readonly RunEvent[]): RunHandle {
  const request = { command: 'digest', args: {}, file: undefined, targets: [] };
  return { id: 1, request, view: signal(events.reduce(reduceRun, newRun(0))), cancel: () => undefined };
}

describe('announcements', () => {
  it('says the same thing of the connection however often it is tried', () => {
    const reason = new WiremuxError('connect-failed', 'Nobody there.');
    const once = reduceConnection(CONNECTING, { state: 'waiting', attempt: 1, retryIn: 10, reason }, 1);
    const twice = reduceConnection(once, { state: 'connecting', attempt: 2 }, 2);
    expect(connectionSentence(CONNECTING)).toBe('Connecting to the gateway.');
    expect(connectionSentence(once)).toBe('No connection to the gateway. The page goes on trying.');
    expect(connectionSentence(twice)).toBe(connectionSentence(once));
    expect(
      connectionSentence(
        reduceConnection(twice, { state: 'open', transport: 'websocket', dialect: 'wiremux.1', resumable: true }, 3),
      ),
    ).toBe('Connected to the gateway.');
    const resuming = reduceConnection(once, { state: 'resuming', attempt: 1, reason }, 2);
    expect(connectionSentence(resuming)).toBe(
      'The connection to the gateway was lost. What runs goes on where it was once it is back.',
    );
    const open = { state: 'open', transport: 'websocket', dialect: 'wiremux.1', resumable: true } as const;
    const leaving = { ...open, leaving: { moveIn: 1 } };
    expect(connectionSentence(reduceConnection(twice, leaving, 3))).toBe(
      'The gateway is about to leave. The page moves to another.',
    );
    expect(connectionSentence(reduceConnection(twice, { state: 'closed', reason }, 3))).toContain('Nobody there.');
  });

  it('says how the newest run ended, and nothing before', () => {
    const failed = new WiremuxError('too-big', 'It is too big.');
    expect(runSentence([])).toBe('');
    expect(runSentence([runAfter()])).toBe('');
    expect(runSentence([runAfter({ kind: 'state', state: { state: 'ended', how: 'completed' }, at: 1 })])).toBe(
      'digest completed.',
    );
    expect(
      runSentence([runAfter({ kind: 'state', state: { state: 'ended', how: 'cancelled', result: 'stopped' }, at: 1 })]),
    ).toBe('digest was cancelled.');
    expect(
      runSentence([runAfter({ kind: 'state', state: { state: 'ended', how: 'failed', error: failed }, at: 1 })]),
    ).toBe('digest failed. It is too big.');
  });

  it('says that the newest run was redirected', () => {
    const location = { url: 'https://cdn.example/a', mediaType: 'text/plain' };
    const ended = { state: 'ended', how: 'redirected', location } as const;
    expect(runSentence([runAfter({ kind: 'state', state: ended, at: 1 })])).toBe('digest was redirected.');
  });

  it('sums up a few telling charts', () => {
    const charts = [
      { id: 'cpu', title: 'CPU', unit: 'share', series: [{ label: 'user', path: ['user'] }] },
      { id: 'other', title: 'Other', unit: 'count', series: [{ label: 'x', path: ['x'] }] },
    ] as const;
    const board = new Board(() => charts);
    board.record({ seq: 0, time: 1_000, user: 0.5, x: 3 });
    expect(summarySentence(board)).toBe('CPU: user 50.0 %.');
  });
});
