import { CloseCode, type Limits, type TokenVerdict } from '@wiremux/framing';
import { describe, expect, it } from 'vitest';
import type { ConnectOptions } from '../src/options.js';
import { TestGateway } from './support/gateway.js';

/** A gateway that gives tokens so many ms, and a client whose tokens are `token-1`, `token-2` … */
async function openFor(
  expires: number | undefined,
  options: ConnectOptions = {},
  limits: Partial<Limits> = {},
): Promise<Rig> {
  const gateway = new TestGateway();
  gateway.limits = limits;
  gateway.authenticates = true;
  const rig: Rig = { gateway, asked: 0, fails: false };
  const mux = gateway.connect({
    token: () => {
      rig.asked += 1;
      if (rig.fails) throw new Error('signed out');
      return `token-${rig.asked}`;
    },
    ...options,
  });
  mux.status$.subscribe();
  await gateway.settle();
  await letIn(rig, expires);
  return rig;
}

interface Rig {
  readonly gateway: TestGateway;
  asked: number;
  fails: boolean;
}

async function letIn({ gateway }: Rig, expires: number | undefined): Promise<void> {
  gateway.end.peer.accept(gateway.clock.now(), expires === undefined ? {} : { expires });
  await gateway.settle();
}

/** The tokens that came on the newest connection behind the first. */
const tokens = ({ gateway }: Rig): (string | undefined)[] =>
  gateway.end.all('token').map(({ settings }) => settings.token);

async function judge({ gateway }: Rig, verdict: TokenVerdict): Promise<void> {
  gateway.end.peer.answerToken(verdict);
  await gateway.settle();
}

describe('SPEC 8.3.11 keeping a token fresh', () => {
  it('sends a newer one, in place, when four fifths of its time are over', async () => {
    const rig = await openFor(100_000);
    await rig.gateway.clock.advance(79_999);
    expect(tokens(rig)).toEqual([]);
    await rig.gateway.clock.advance(1);
    expect(tokens(rig)).toEqual(['token-2']);
    expect(rig.gateway.dials).toHaveLength(1);
  });

  it('goes on with the time that each has', async () => {
    const rig = await openFor(100_000);
    await rig.gateway.clock.advance(80_000);
    await judge(rig, { ok: true, expires: 50_000 });
    await rig.gateway.clock.advance(40_000);
    expect(tokens(rig)).toEqual(['token-2', 'token-3']);
    await judge(rig, { ok: true });
    await rig.gateway.clock.advance(1_000_000);
    expect(rig.asked).toBe(3);
  });

  it('leaves 11 s between two, however short their time', async () => {
    const rig = await openFor(12_000);
    await rig.gateway.clock.advance(10_999);
    expect(tokens(rig)).toEqual([]);
    await rig.gateway.clock.advance(1);
    expect(tokens(rig)).toEqual(['token-2']);
    await judge(rig, { ok: true, expires: 12_000 });
    await rig.gateway.clock.advance(11_000);
    expect(tokens(rig)).toEqual(['token-2', 'token-3']);
    expect(rig.gateway.end.closed).toBeUndefined();
  });

  it.each([
    ['without an end', undefined],
    ['that expires before a newer one may come', 11_000],
  ])('sends none for a token %s', async (_, expires) => {
    const rig = await openFor(expires);
    await rig.gateway.clock.advance(1_000_000);
    expect(rig.asked).toBe(1);
  });

  it('sends none where the token is a string', async () => {
    const rig = await openFor(100_000, { token: 'fixed' });
    await rig.gateway.clock.advance(100_000);
    expect(tokens(rig)).toEqual([]);
  });

  it('asks again while there is time where no token can be had', async () => {
    const rig = await openFor(100_000);
    rig.fails = true;
    await rig.gateway.clock.advance(80_000);
    expect(rig.asked).toBe(2);
    rig.fails = false;
    await rig.gateway.clock.advance(16_000);
    expect(tokens(rig)).toEqual(['token-3']);
  });

  it('SPEC 8.3.13 tries another where one was refused, while the one before holds', async () => {
    const rig = await openFor(100_000);
    await rig.gateway.clock.advance(80_000);
    await judge(rig, { ok: false, code: 'not-authenticated' });
    await rig.gateway.clock.advance(15_999);
    expect(tokens(rig)).toEqual(['token-2']);
    await rig.gateway.clock.advance(1);
    expect(tokens(rig)).toEqual(['token-2', 'token-3']);
  });

  it('ends with the connection', async () => {
    const rig = await openFor(100_000);
    rig.gateway.end.peer.close(CloseCode.Normal, '');
    await rig.gateway.clock.advance(200_000);
    expect(rig.asked).toBe(1);
  });

  it('does not send the token that was waited for when the connection ended', async () => {
    let give: (token: string) => void = () => undefined;
    const gateway = new TestGateway();
    gateway.authenticates = true;
    let first = true;
    const token = (): string | Promise<string> => {
      if (!first) return new Promise((resolve) => (give = resolve));
      first = false;
      return 'token-1';
    };
    await gateway.open({ token, reconnect: false });
    gateway.end.peer.accept(0, { expires: 100_000 });
    await gateway.clock.advance(80_000);
    gateway.end.transport.terminate();
    await gateway.settle();
    give('late');
    await gateway.settle();
    expect(gateway.end.all('token')).toEqual([]);
  });

  it('waits for one that has longer than any timer', async () => {
    const month = 40 * 24 * 3_600_000;
    const rig = await openFor(month, { limits: { pingInterval: 2 * month } }, { pingInterval: 2 * month });
    await rig.gateway.clock.advance(0.8 * month - 1);
    expect(rig.asked).toBe(1);
    await rig.gateway.clock.advance(1);
    expect(rig.asked).toBe(2);
  });
});

describe('SPEC 8.3.14 a token that has expired', () => {
  it('makes the client connect again with a newer one', async () => {
    const rig = await openFor(5_000);
    rig.gateway.end.peer.close(CloseCode.NotAuthenticated, 'The token has expired.');
    await rig.gateway.clock.advance(250);
    expect(rig.asked).toBe(2);
    expect(rig.gateway.end.all('authenticate')).toMatchObject([{ settings: { token: 'token-2' } }]);
  });
});
