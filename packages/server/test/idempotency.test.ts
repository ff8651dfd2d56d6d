import { encodeValue, WiremuxError } from '@wiremux/framing';
import { describe, expect, it } from 'vitest';
import { type Claim, type ClaimedRun, type IdempotencyLimits, IdempotencyStore } from '../src/idempotency.js';

/** A store in a time of its own. */
function store(limits?: Partial<IdempotencyLimits>) {
  const time = { now: 0 };
  const keys = new IdempotencyStore({ now: () => time.now }, limits);
  const claim = (key: string, args = {}, owner: unknown = 'ada', command = 'pay'): Claim =>
    keys.claim({ owner, command, key: new TextEncoder().encode(key), args });
  const run = (...parameters: Parameters<typeof claim>): ClaimedRun => {
    const claimed = claim(...parameters);
    if (claimed.kind !== 'run') throw new Error(`It may not run: ${claimed.kind}`);
    return claimed.run;
  };
  return { time, keys, claim, run };
}

const refused = (code: string, more: object = {}) => ({ kind: 'refused', error: { code, ...more } });

describe('SPEC 8.11.10 an idempotency key', () => {
  it('SPEC 8.11.10 is that of its principal and its command', () => {
    const { claim, run } = store();
    run('k').completed();
    expect(claim('k')).toMatchObject({ kind: 'kept' });
    expect(claim('k', {}, 'bob')).toMatchObject({ kind: 'run' });
    expect(claim('k', {}, 'ada', 'refund')).toMatchObject({ kind: 'run' });
    expect(claim('K')).toMatchObject({ kind: 'run' });
  });

  it('SPEC 8.11.11 gives the answer that is kept, values and error', () => {
    const { claim, run } = store();
    const error = new WiremuxError('no-money', 'There is none.', { data: { left: 0 } });
    const first = run('k');
    first.value({ a: 1 });
    first.value('two');
    first.completed(error);
    expect(claim('k')).toEqual({
      kind: 'kept',
      answer: { values: [encodeValue({ a: 1 }), encodeValue('two')], error },
    });
  });

  it('SPEC 8.11.11 keeps an answer of 16 KiB, and not one that is a byte longer', () => {
    const { claim, run } = store();
    const [most, past] = [run('most'), run('past')];
    // Three bytes are the head.
    most.value(new Uint8Array(16_384 - 3));
    most.completed();
    past.value(new Uint8Array(16_384 - 3));
    past.value(1);
    past.value(2);
    past.completed();
    expect(claim('most')).toMatchObject({ kind: 'kept' });
    expect(claim('past')).toMatchObject(refused('duplicate', { data: { state: 'done' }, retry: undefined }));
  });

  it('SPEC 8.11.11 does not keep an answer that says it cannot be', () => {
    const { claim, run } = store();
    const streamed = run('k');
    streamed.value(1);
    streamed.unkept();
    streamed.value(2);
    streamed.completed();
    expect(claim('k')).toMatchObject(refused('duplicate', { data: { state: 'done' } }));
  });

  it('SPEC 8.11.11 keeps it for 120 s, and the key after that (SPEC 8.11.14)', () => {
    const { time, claim, run, keys } = store();
    time.now = 500;
    run('k').completed();
    time.now += 119_999;
    expect(claim('k')).toMatchObject({ kind: 'kept' });
    const held = keys.bytes;
    time.now += 1;
    expect(claim('k')).toMatchObject(refused('duplicate', { data: { state: 'done' } }));
    expect(keys.bytes).toBe(held);
  });

  it('SPEC 8.11.11 refuses while the first runs, and says when to ask again', () => {
    const { claim, run } = store();
    run('k');
    expect(claim('k')).toMatchObject(refused('duplicate', { data: { state: 'running' }, retry: 1_000 }));
  });

  it('SPEC 8.11.12 refuses other arguments, in any state', () => {
    const { time, claim, run } = store();
    const first = run('k', { to: 'bob', sum: { of: [1, 2] } });
    expect(claim('k', { to: 'eve', sum: { of: [1, 2] } })).toMatchObject(refused('idem-mismatch'));
    first.completed();
    expect(claim('k', { to: 'bob' })).toMatchObject(refused('idem-mismatch'));
    time.now = 200_000;
    expect(claim('k', {})).toMatchObject(refused('idem-mismatch'));
    expect(claim('k', { sum: { of: [1, 2] }, to: 'bob' })).toMatchObject(refused('duplicate'));
  });

  it('SPEC 8.11.13 is free again when its run has stopped before its end', () => {
    const { claim, run, keys } = store();
    const stopped = run('k', { a: 1 });
    stopped.value('some of it');
    stopped.released();
    expect(keys.bytes).toBe(0);
    expect(claim('k', { a: 2 })).toMatchObject({ kind: 'run' });
  });

  it('SPEC 8.11.13 stays taken when a run is released that was completed', () => {
    const { claim, run } = store();
    const done = run('k');
    done.completed();
    done.released();
    expect(claim('k')).toMatchObject({ kind: 'kept' });
  });
});

describe('SPEC 9.1.27, 9.1.28 the bounds of idempotency keys', () => {
  it('SPEC 9.1.27 takes 1,024 of a principal, and refuses one more', () => {
    const { claim, run } = store();
    const runs = Array.from({ length: 1_024 }, (_, at) => run(`${at}`));
    expect(claim('more')).toMatchObject(refused('too-many-requests'));
    expect(claim('more', {}, 'bob')).toMatchObject({ kind: 'run' });
    runs[0]?.released();
    expect(claim('more')).toMatchObject({ kind: 'run' });
  });

  it('SPEC 8.11.14, 9.1.27 lets the oldest key give way whose answer is gone', () => {
    const { time, claim, run } = store({ keys: 2 });
    run('first').completed();
    time.now = 1;
    run('second').completed();
    time.now = 119_999;
    expect(claim('third')).toMatchObject(refused('too-many-requests'));
    time.now = 120_001;
    expect(claim('third')).toMatchObject({ kind: 'run' });
    expect(claim('second')).toMatchObject(refused('duplicate'));
    expect(claim('first')).toMatchObject({ kind: 'run' });
  });

  it('SPEC 8.11.14, 9.1.28 holds so many bytes of all principals, and not one more', () => {
    const cost = (() => {
      const { keys, run } = store();
      run('a');
      return keys.bytes;
    })();
    const exact = store({ bytes: 2 * cost });
    exact.run('a');
    exact.run('a', {}, 'bob');
    expect(exact.claim('a', {}, 'eve')).toMatchObject(refused('too-many-requests'));
    const short = store({ bytes: 2 * cost - 1 });
    short.run('a').completed();
    expect(short.claim('b', {}, 'bob')).toMatchObject(refused('too-many-requests'));
    short.time.now = 120_000;
    expect(short.claim('b', {}, 'bob')).toMatchObject({ kind: 'run' });
    expect(short.keys.bytes).toBe(cost);
  });

  it('SPEC 9.1.28 gives an answer up for which there is no room', () => {
    const { claim, run, keys } = store({ bytes: 2_000 });
    const first = run('k');
    first.value(new Uint8Array(4_000));
    first.completed();
    expect(claim('k')).toMatchObject(refused('duplicate', { data: { state: 'done' } }));
    expect(keys.bytes).toBeLessThan(2_000);
  });

  it('SPEC 8.11.13 forgets the keys of one that is gone, those that run when they are done', () => {
    const { claim, run, keys } = store();
    const owner = {};
    run('done', {}, owner).completed();
    const running = run('running', {}, owner);
    keys.forget(owner);
    running.value(1);
    running.completed();
    expect(keys.bytes).toBe(0);
    expect(claim('done', {}, owner)).toMatchObject({ kind: 'run' });
  });
});
