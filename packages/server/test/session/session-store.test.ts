import { createHash } from 'node:crypto';
import type { WiremuxError } from '@wiremux/framing';
import { VirtualClock } from '@wiremux/framing/testing';
import { describe, expect, it } from 'vitest';
import type { SessionLimits, SessionOwner } from '../../src/session/session-store.js';
import { SessionStore } from '../../src/session/session-store.js';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

class FakeSession {
  readonly keptBytes: number;
  ended: WiremuxError | undefined;

  constructor(keptBytes = 0) {
    this.keptBytes = keptBytes;
  }

  expire(error: WiremuxError): void {
    this.ended = error;
  }
}

const ANN: SessionOwner = { principal: 'ann', countedWith: 'ann' };
const BOB: SessionOwner = { principal: 'bob', countedWith: 'bob' };

function storeWith(limits: Partial<SessionLimits> = {}) {
  const clock = new VirtualClock();
  const store = new SessionStore<FakeSession>({ clock, sha256, limits });
  const detached = (owner: SessionOwner, keptBytes = 0): FakeSession => {
    const session = new FakeSession(keptBytes);
    store.add(session, owner);
    store.detach(session);
    return session;
  };
  return { clock, store, detached };
}

describe('credentials of a session', () => {
  it('are 16 and 32 random bytes', () => {
    const { store } = storeWith();
    const one = store.add(new FakeSession(), ANN);
    const other = store.add(new FakeSession(), ANN);

    expect([one.id.length, one.secret.length]).toEqual([16, 32]);
    expect(one.id).not.toEqual(other.id);
    expect(one.secret).not.toEqual(other.secret);
  });

  it('find their session for its principal, from any address', () => {
    const { store } = storeWith();
    const session = new FakeSession();
    const credentials = store.add(session, { principal: 'anonymous', countedWith: '192.0.2.1' });

    expect(store.find(credentials, 'anonymous')).toBe(session);
  });

  it('find nothing where the id, the principal or any part of the secret is another', () => {
    const { store } = storeWith();
    const { id, secret } = store.add(new FakeSession(), ANN);
    const changed = (bytes: Uint8Array, at: number) => bytes.map((byte, index) => (index === at ? byte ^ 1 : byte));

    expect(store.find({ id, secret }, 'bob')).toBeUndefined();
    expect(store.find({ id: changed(id, 0), secret }, 'ann')).toBeUndefined();
    for (const at of [0, 16, 31]) expect(store.find({ id, secret: changed(secret, at) }, 'ann')).toBeUndefined();
    expect(store.find({ id, secret: secret.subarray(0, 31) }, 'ann')).toBeUndefined();
    expect(store.find({ id, secret: new Uint8Array(0) }, 'ann')).toBeUndefined();
  });

  it('find nothing once the session has ended', () => {
    const { store } = storeWith();
    const session = new FakeSession();
    const credentials = store.add(session, ANN);
    store.remove(session);

    expect(store.find(credentials, 'ann')).toBeUndefined();
    expect(store.size).toBe(0);
  });
});

describe('a detached session', () => {
  it('is kept for its time, and ends with session-lost after it', async () => {
    const { clock, store, detached } = storeWith({ ttl: 5_000 });
    const session = detached(ANN);
    await clock.advance(4_999);
    expect(session.ended).toBeUndefined();
    expect(store.detached).toBe(1);

    await clock.advance(1);
    expect(session.ended?.code).toBe('session-lost');
    expect([store.size, store.detached]).toEqual([0, 0]);
  });

  it('is kept for 120 s unless told otherwise', () => {
    expect(storeWith().store.ttl).toBe(120_000);
  });

  it('does not end while a transport carries it again', async () => {
    const { clock, store, detached } = storeWith({ ttl: 5_000 });
    const session = detached(ANN);
    store.attach(session);
    await clock.advance(60_000);
    expect(session.ended).toBeUndefined();

    store.detach(session);
    await clock.advance(5_000);
    expect(session.ended?.code).toBe('session-lost');
  });

  it('waits from its first loss on, however often that is told', async () => {
    const { clock, store, detached } = storeWith({ ttl: 5_000 });
    const session = detached(ANN);
    await clock.advance(3_000);
    store.detach(session);
    await clock.advance(2_000);

    expect(session.ended?.code).toBe('session-lost');
  });

  it('gives way, the oldest first, past the limit of its owner', () => {
    const { store, detached } = storeWith({ ofOwner: 2 });
    const others = detached(BOB);
    const first = detached(ANN);
    const second = detached(ANN);
    expect(first.ended).toBeUndefined();

    const third = detached(ANN);
    expect(first.ended?.code).toBe('session-lost');
    expect([second.ended, third.ended, others.ended]).toEqual([undefined, undefined, undefined]);
    expect(store.detached).toBe(3);
  });

  it('gives way, the oldest first, past the limit of the process', () => {
    const { detached } = storeWith({ detached: 2 });
    const first = detached(ANN);
    const second = detached(BOB);
    expect(first.ended).toBeUndefined();

    detached(BOB);
    expect(first.ended?.code).toBe('session-lost');
    expect(second.ended).toBeUndefined();
  });

  it('that keeps most ends where all keep too much together', () => {
    const { store, detached } = storeWith();
    const attached = new FakeSession(1_000);
    store.add(attached, ANN);
    const small = detached(ANN, 10);
    const large = detached(BOB, 100);

    expect(store.relieve()).toBe(true);
    expect(large.ended?.code).toBe('session-lost');
    expect(store.relieve()).toBe(true);
    expect(small.ended?.code).toBe('session-lost');
    expect(store.relieve()).toBe(false);
    expect(attached.ended).toBeUndefined();
  });

  it('ends when the store is cleared; one with a transport does not', () => {
    const { store, detached } = storeWith();
    const attached = new FakeSession();
    store.add(attached, ANN);
    const session = detached(ANN);
    store.clear();

    expect(session.ended?.code).toBe('session-lost');
    expect(attached.ended).toBeUndefined();
    expect(store.size).toBe(1);
  });

  it('that the store does not know is nothing to it', () => {
    const { store } = storeWith();
    const stranger = new FakeSession();
    store.detach(stranger);
    store.attach(stranger);
    store.remove(stranger);

    expect(store.detached).toBe(0);
  });
});
