import { expect, it, onTestFinished, vi } from 'vitest';
import { nodeClock } from '../src/clock.js';

/** Resolves in a later turn than what was deferred before. */
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

it('runs what is deferred after the turn, in order; what is deferred meanwhile in the next', async () => {
  const ran: string[] = [];
  nodeClock.defer(() => {
    ran.push('first');
    nodeClock.defer(() => ran.push('later'));
  });
  nodeClock.defer(() => ran.push('second'));
  void Promise.resolve().then(() => ran.push('promise'));
  expect(ran).toEqual([]);
  await nextTurn();
  expect(ran).toEqual(['promise', 'first', 'second']);
  await nextTurn();
  expect(ran).toEqual(['promise', 'first', 'second', 'later']);
});

it('runs what is deferred behind something that throws, which is thrown in a turn of its own', async () => {
  const thrown: unknown[] = [];
  const before = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', (error) => thrown.push(error));
  onTestFinished(() => {
    process.removeAllListeners('uncaughtException');
    for (const listener of before) process.on('uncaughtException', listener);
  });
  const broken = new Error('broken');
  const ran = vi.fn();
  nodeClock.defer(() => {
    throw broken;
  });
  nodeClock.defer(ran);
  await nextTurn();
  expect(ran).toHaveBeenCalledOnce();
  await nextTurn();
  expect(thrown).toEqual([broken]);
});
