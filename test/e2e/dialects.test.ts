/** Every dialect over a real WebSocket, from the public client to the public gateway. */
import { createHash, randomBytes } from 'node:crypto';
import { type Commands, connect, formatOutput, type Mux, WiremuxError } from '@wiremux/client';
import { type Dialect, dialectByName } from '@wiremux/client/dialects';
import { DIALECT_NAMES } from '@wiremux/framing';
import { createGateway } from '@wiremux/gateway';
import { command, defineCommands, implement } from '@wiremux/server';
import { lastValueFrom, type Observable, toArray } from 'rxjs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

const contract = defineCommands({
  reflect: command({ about: 'Yields the bytes it is given.', args: z.object({ raw: z.instanceof(Uint8Array) }) }),
  greet: command({ about: 'Greets, and prints that it does.', args: z.object({ name: z.string() }) }),
  sad: command({ about: 'Yields bytes, then fails.' }),
  checksum: command({ about: 'Yields the SHA-256 of its data in hex.', takesData: true }),
});

const commands = implement(contract, {
  reflect: ({ raw }) => raw,
  greet: ({ name }, { print, progress }) => {
    print('greeting %s', name);
    progress({ topic: 'greetings', pos: 1, total: 1 });
    return `Hello ${name}!`;
  },
  async *sad() {
    yield Uint8Array.of(1);
    throw new WiremuxError('out-of-luck', 'It is 100 % sad.');
  },
  async checksum(_, { data }) {
    const hash = createHash('sha256');
    for await (const piece of data) hash.update(piece);
    return hash.digest('hex');
  },
});

const text = (value: unknown): string => (value instanceof Uint8Array ? Buffer.from(value).toString() : String(value));

describe.each(DIALECT_NAMES)('SPEC 2.1, 2.6 %s over a WebSocket', (dialect) => {
  const spoken = dialectByName(dialect);
  const gateway = createGateway({ port: 0, grace: 0, logLevel: 'silent', commands });
  const open: Mux<typeof contract>[] = [];
  let url = '';
  beforeAll(async () => {
    ({ url } = await gateway.listen());
  });
  afterAll(() => gateway.close());
  afterEach(() => {
    for (const mux of open.splice(0)) mux.close();
  });
  const mux = (dialects: readonly Dialect[] = [spoken]): Mux<typeof contract> => {
    const made = connect<typeof contract>(`${url}mux`, { dialects, reconnect: false, transport: 'websocket' });
    open.push(made);
    return made;
  };
  const all = (values: Observable<unknown>): Promise<unknown[]> => lastValueFrom(values.pipe(toArray()));

  it('is what both ends say they speak', async () => {
    const { status$ } = mux();
    const status = await new Promise((resolve) => {
      status$.subscribe((now) => now.state === 'open' && resolve(now));
    });
    expect(status).toMatchObject({ state: 'open', dialect });
  });

  it('gives back bytes as they are', async () => {
    const raw = new Uint8Array(randomBytes(60_000));
    expect(await all(mux().call('reflect', { raw }))).toEqual([raw]);
  });

  it('greets, in words beside the answer too', async () => {
    const run = mux().request('greet', { name: 'Zoë' });
    const printed: string[] = [];
    const topics: string[] = [];
    run.output$.subscribe((atoms) => printed.push(formatOutput(atoms)));
    run.progress$.subscribe(({ topic }) => topics.push(topic));
    expect(text(await lastValueFrom(run.values$))).toBe('Hello Zoë!');
    expect(printed).toEqual(['greeting Zoë']);
    expect(topics).toEqual(dialect === 'exp-framing-0002' ? [] : ['greetings']);
  });

  it('uploads', async () => {
    const data = randomBytes(300_000);
    const run = mux().request('checksum', {}, { data });
    expect(text(await lastValueFrom(run.values$))).toBe(createHash('sha256').update(data).digest('hex'));
  });

  it('tells errors, behind what was yielded', async () => {
    const values: unknown[] = [];
    const failed = await new Promise((resolve) => {
      mux()
        .call('sad')
        .subscribe({ next: (value) => values.push(value), error: resolve });
    });
    expect(values).toEqual([Uint8Array.of(1)]);
    const code = dialect === 'wiremux.1' ? 'out-of-luck' : 'remote-error';
    expect(failed).toMatchObject({ code, message: 'It is 100 % sad.' });
    await expect(lastValueFrom(mux().call('greet', {} as never))).rejects.toBeInstanceOf(WiremuxError);
  });

  it('carries rows, or says why not', async () => {
    const rows = all((mux() as unknown as Mux<Commands>).call('rows', { count: 500 }));
    if (dialect === 'exp-framing-0002') {
      await expect(rows).rejects.toMatchObject({ code: 'unsupported', message: expect.stringContaining('`count`') });
      const echoed = all((mux() as unknown as Mux<Commands>).call('echo', { a: 'b' }));
      await expect(echoed).rejects.toMatchObject({
        code: 'remote-error',
        message: 'In exp-framing-0002 an answer is strings and bytes, and this is an object; ask in a newer dialect.',
      });
      return;
    }
    expect(await rows).toHaveLength(500);
    expect((await rows).at(-1)).toMatchObject({ id: expect.any(Number), side: expect.any(String) });
  });

  it('SPEC 2.5 can be turned off', async () => {
    const others = DIALECT_NAMES.filter((name) => name !== dialect);
    const without = createGateway({ port: 0, grace: 0, logLevel: 'silent', dialects: others });
    const { url: address } = await without.listen();
    const refused = connect(`${address}mux`, { dialects: [spoken], reconnect: false, transport: 'websocket' });
    const taken = connect(`${address}mux`, {
      dialects: [spoken, ...others.map((name) => dialectByName(name))],
      reconnect: false,
      transport: 'websocket',
    });
    try {
      await expect(all(refused.call('capabilities'))).rejects.toMatchObject({ code: 'connect-failed' });
      if (dialect === 'wiremux.1') return;
      expect(await all(taken.call('capabilities'))).toMatchObject([
        { dialects: expect.not.arrayContaining([dialect]) },
      ]);
    } finally {
      refused.close();
      taken.close();
      await without.close();
    }
  });
});
