import { fileURLToPath } from 'node:url';
import type { Mux, Status } from '@wiremux/client';
import { filter, firstValueFrom, ReplaySubject, skipWhile, take, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { connectForTest } from '../support/clients.js';
import type { contract } from '../support/commands.js';
import { TcpSwitch } from '../support/tcp-switch.js';
import { type GatewayProcess, startGateway } from '../support/wiremux.js';

const COMMANDS = fileURLToPath(new URL('../support/commands.ts', import.meta.url));
const TIMEOUT = 120_000;

type Client = Mux<typeof contract>;

const start = (...args: string[]): Promise<GatewayProcess> => startGateway(['--commands', COMMANDS, ...args]);

/** Asks once: the answer counts the requests that the gateway's process has run. */
const ask = (client: Client): Promise<number> => firstValueFrom(client.call('ran', { label: 'once' }));

/** Resolves when the client has moved away from a gateway that left. */
const moved = (client: Client): Promise<Status> =>
  firstValueFrom(
    client.status$.pipe(
      skipWhile((status) => status.state === 'open' && status.leaving === undefined),
      filter((status) => status.state === 'open' && status.leaving === undefined),
    ),
  );

/** Two gateways, a switch before them that leads to the first, and a client of that. */
async function twoGateways(...args: string[]) {
  const first = await start('--grace', '600000', ...args);
  const second = await start();
  const before = await TcpSwitch.listen(first.port);
  const client = connectForTest(`ws://127.0.0.1:${before.port}/mux`);
  expect(await ask(client)).toBe(1);
  return { first, second, before, client };
}

/** The numbers that two processes gave, each counting from 1. */
function expectNoneLostOrDoubled(given: readonly number[]): void {
  const twice = new Set(given.filter((number, at) => given.indexOf(number) !== at)).size;
  const upTo = (last: number): number[] => Array.from({ length: last }, (_, at) => at + 1);
  const expected = [...upTo(given.length - twice), ...upTo(twice)];
  expect(given.toSorted((one, other) => one - other)).toEqual(expected.toSorted((one, other) => one - other));
}

describe('SPEC 8.10 a gateway that is told to stop', () => {
  it('lets requests finish, has new ones go to another, and leaves', { timeout: TIMEOUT }, async () => {
    const { first, second, before, client } = await twoGateways('--drain-after', '0', '--drain-jitter', '200');
    let finish: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      finish = resolve;
    });
    async function* data(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(1_000);
      await held;
      yield new Uint8Array(100_000);
    }
    const measured = firstValueFrom(client.call('measure', {}, { data: data() }));
    const numbers = [1, await ask(client)];

    const hasMoved = moved(client);
    let isOver = false;
    void hasMoved.then(() => {
      isOver = true;
    });
    before.target = second.port;
    first.child.kill('SIGTERM');
    while (!isOver) numbers.push(await ask(client));
    for (let more = 0; more < 3; more += 1) numbers.push(await ask(client));
    expectNoneLostOrDoubled(numbers);
    expect(before.taken.get(second.port)).toBe(1);

    finish();
    expect(await measured).toBe(101_000);
    expect(await first.child.ended()).toMatchObject({ status: 0, signal: null });
    expect(await ask(client)).toBeGreaterThan(1);
  });

  it('begins nothing that comes late, which is sent again elsewhere', { timeout: TIMEOUT }, async () => {
    const { first, second, before, client } = await twoGateways('--drain-after', '0', '--drain-jitter', '0');
    before.target = second.port;
    const hasMoved = moved(client);
    const answers: Promise<number>[] = [];
    for (let wave = 0; wave < 20; wave += 1) {
      if (wave === 5) first.child.kill('SIGTERM');
      for (let one = 0; one < 20; one += 1) answers.push(ask(client));
      await answers.at(-1);
    }
    await hasMoved;
    expectNoneLostOrDoubled([1, ...(await Promise.all(answers))]);
    expect(await first.child.ended()).toMatchObject({ status: 0, signal: null });
  });

  it('ends what has not ended when its grace is over, and its clients find the next', {
    timeout: TIMEOUT,
  }, async () => {
    const { child, mux, port, page } = await start('--grace', '1000');
    const client = connectForTest(mux, { reconnect: { initial: 10, max: 50 }, restart: ['ran'] });
    const labels = new ReplaySubject<unknown>();
    client.call('hang', { label: 'again' }, { restart: true }).subscribe(labels);
    expect(await firstValueFrom(labels)).toBe('again');
    const ended = new Promise((resolve) => {
      client.call('hang', { label: 'drain' }).subscribe({
        next: () => child.kill('SIGTERM'),
        error: resolve,
      });
    });
    const left = firstValueFrom(
      client.status$.pipe(filter((status) => status.state === 'open' && status.leaving !== undefined)),
    );
    expect(await left).toMatchObject({ leaving: { reason: 'The gateway is closing.' } });
    expect((await fetch(`${page}readyz`)).status).toBe(503);
    expect(await ended).toMatchObject({ code: 'session-lost' });
    expect(await child.ended()).toMatchObject({ status: 0, signal: null });
    const waiting = ask(client);
    await start('--port', String(port));
    expect(await waiting).toBe(1);
    expect(await firstValueFrom(labels.pipe(take(2), toArray()))).toEqual(['again', 'again']);
  });

  it('SPEC 8.10.2 lets a client in that has lost its transport, to have what it asked for, and nobody else', {
    timeout: TIMEOUT,
  }, async () => {
    const { child, port } = await start('--grace', '600000', '--drain-after', '600000');
    const before = await TcpSwitch.listen(port);
    const client = connectForTest(`ws://127.0.0.1:${before.port}/mux`, { reconnect: { initial: 10, max: 50 } });
    let finish: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      finish = resolve;
    });
    async function* data(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(1_000);
      await held;
      yield new Uint8Array(100_000);
    }
    const measured = firstValueFrom(client.call('measure', {}, { data: data() }));
    await ask(client);

    const isLeaving = filter((status: Status) => status.state === 'open' && status.leaving !== undefined);
    const told = firstValueFrom(client.status$.pipe(isLeaving));
    child.kill('SIGTERM');
    await told;
    const back = firstValueFrom(
      client.status$.pipe(
        skipWhile(({ state }) => state !== 'resuming'),
        isLeaving,
      ),
    );
    before.cut();
    await back;
    const newcomer = connectForTest(`ws://127.0.0.1:${port}/mux`);
    await expect(ask(newcomer)).rejects.toMatchObject({ code: 'connection-lost' });

    finish();
    expect(await measured).toBe(101_000);
    expect(before.taken.get(port)).toBe(2);
    client.close();
    expect(await child.ended()).toMatchObject({ status: 0, signal: null });
  });

  it('SPEC 8.10.7 is not held by a client that is gone, where nothing of it runs', { timeout: TIMEOUT }, async () => {
    const { child, port } = await start('--grace', '600000');
    const before = await TcpSwitch.listen(port);
    const client = connectForTest(`ws://127.0.0.1:${before.port}/mux`, {
      reconnect: { initial: 600_000, max: 600_000 },
    });
    expect(await ask(client)).toBe(1);
    const isResuming = firstValueFrom(client.status$.pipe(filter(({ state }) => state === 'resuming')));
    before.cut();
    await isResuming;
    child.kill('SIGTERM');
    expect(await child.ended()).toMatchObject({ status: 0, signal: null });
  });
});
