import type { RedirectOffer } from '@wiremux/framing';
import { redirectsTo } from '@wiremux/framing/redirects';
import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { byteStream } from '../src/byte-stream.js';
import { type RedirectTo, redirect } from '../src/redirect.js';
import { redirectTargets } from '../src/redirect-targets.js';
import { type AnyHandler, Deferred, serveOne } from './support/one-command.js';
import type { Rig } from './support/rig.js';
import type { TestCall } from './support/test-client.js';

const OFFER: RedirectOffer = { targets: ['elsewhere', 'cdn'], hashes: ['sha256'] };
const TARGETS = redirectTargets({ cdn: 'https://CDN.example/files/', mirror: 'http://mirror.example' });
const THERE: RedirectTo = { path: 'a/b?c', mediaType: 'text/plain' };

interface Asked extends Rig {
  readonly call: TestCall;
}

/** A call of a command with this handler, by a caller who lists these targets. */
async function ask(
  handler: AnyHandler,
  { offer = OFFER, dialect = 'wiremux.1' as const, hasData = false }: Partial<AskOptions> = {},
): Promise<Asked> {
  const rig = await serveOne(handler, { dialect, server: { redirects: TARGETS } });
  const call = rig.client.call('run', {}, { redirect: redirectsTo(offer), hasData });
  await rig.clock.settle();
  return { ...rig, call };
}

interface AskOptions {
  readonly offer: RedirectOffer;
  readonly dialect: 'wiremux.1' | 'exp-framing-0006' | 'exp-framing-0005';
  readonly hasData: boolean;
}

/** The causes the log has for what failed. */
const causes = ({ log }: Rig): unknown[] =>
  log.filter(({ level }) => level === 'error').map(({ fields }) => fields['err']);

describe.each(['wiremux.1', 'exp-framing-0006'] as const)('SPEC 3.4.10 a handler of %s', (dialect) => {
  it('sends its caller elsewhere: behind the prefix of the target', async () => {
    const { call, server } = await ask(() => redirect('cdn', THERE), { dialect });
    expect(call).toMatchObject({ end: 'redirected', values: [] });
    expect(call.location).toEqual({ url: 'https://cdn.example/files/a/b?c', mediaType: 'text/plain' });
    expect(server.counters.requests).toEqual({ open: 0, total: 1, failed: 0 });
  });

  it('gives all that the location may have', async () => {
    const rest = {
      mediaType: 'application/cbor-seq',
      size: 7,
      fullHashes: [['sha256', Uint8Array.of(1, 2)]] as const,
      fullHashSeed: Uint8Array.of(3),
      serverDerCerts: [Uint8Array.of(4)],
      serverCaDerCerts: [Uint8Array.of(5)],
    };
    const url = 'https://cdn.example/files/x';
    const { call } = await ask(async () => redirect('cdn', { url, ...rest }), { dialect });
    expect(call.location).toEqual({ url, ...rest });
  });

  it('does so from a generator, as its first and only value', async () => {
    const cleaned: string[] = [];
    const { call, server } = await ask(
      async function* () {
        try {
          yield redirect('cdn', THERE);
          yield 'never';
        } finally {
          cleaned.push('clean');
        }
      },
      { dialect },
    );
    expect(call).toMatchObject({ end: 'redirected', values: [] });
    expect(cleaned).toEqual(['clean']);
    expect(server.counters.requests.open).toBe(0);
  });
});

describe('SPEC 3.4.10 what a handler may say after it', () => {
  it('an Observable is unsubscribed', async () => {
    const values = new Subject<unknown>();
    const { call, clock, server } = await ask(() => values);
    values.next(redirect('cdn', THERE));
    values.next('never');
    await clock.settle();
    expect(call).toMatchObject({ end: 'redirected', values: [] });
    expect(values.observed).toBe(false);
    expect(server.counters.requests.open).toBe(0);
  });

  it.each([
    ['a value', 'first'],
    ['a byte stream', byteStream([Uint8Array.of(1)])],
  ])('behind %s it is a fault of the command', async (_, first) => {
    const { call, server } = await ask(async function* () {
      yield first;
      yield redirect('cdn', THERE);
    });
    expect(call.end).toBe('internal');
    expect(server.counters.requests).toMatchObject({ open: 0, failed: 1 });
  });

  it('the data of the request is not wanted any more', async () => {
    const { call, client, clock } = await ask(() => redirect('cdn', THERE), { hasData: true });
    expect(call.end).toBe('redirected');
    client.peer.sendData(call.id, new Uint8Array(10));
    await clock.settle();
    expect(client.closedWith).toBeUndefined();
  });

  it('comes to nothing where the caller has left', async () => {
    const later = new Deferred<unknown>();
    const { call, client, clock } = await ask(() => later.promise);
    client.peer.cancel(call.id);
    await clock.settle();
    later.resolve(redirect('cdn', THERE));
    await clock.settle();
    expect(call).toMatchObject({ end: 'stopped', location: undefined });
  });
});

describe('SPEC 3.2.7 what a handler is told of the targets', () => {
  const told: AnyHandler = (_, { redirects }) => ({
    targets: redirects.targets,
    hashes: redirects.hashes,
    cdn: redirects.has('cdn'),
    mirror: redirects.has('mirror'),
    elsewhere: redirects.has('elsewhere'),
    found: redirects.targetOf('HTTPS://cdn.example/files/x') ?? null,
    outside: redirects.targetOf('https://cdn.example/other') ?? null,
    unlisted: redirects.targetOf('http://mirror.example/x') ?? null,
    senseless: redirects.targetOf('no address') ?? null,
  });
  const none = { mirror: false, elsewhere: false, outside: null, unlisted: null, senseless: null };

  it('is what its caller lists and the server has', async () => {
    const { call } = await ask(told);
    expect(call.values).toEqual([{ targets: ['cdn'], hashes: ['sha256'], cdn: true, found: 'cdn', ...none }]);
  });

  it.each([
    ['its caller lists none', { offer: { targets: [], hashes: [] } }],
    ['the dialect has none', { dialect: 'exp-framing-0005' }],
  ] as const)('is nothing where %s', async (_, options) => {
    const { call } = await ask(told, options);
    expect(call.values).toEqual([{ targets: [], hashes: [], cdn: false, found: null, ...none }]);
  });
});

describe('SPEC 3.4.10, 3.4.11 a redirect that may not be sent', () => {
  it('to a target the caller does not list is refused as such', async () => {
    const { call } = await ask(() => redirect('mirror', THERE));
    expect(call).toMatchObject({
      end: 'unsupported',
      error: { message: expect.stringContaining('"mirror"') as string },
    });
  });

  it('to a target the server has not is a fault of the command, and its cause is for the log alone', async () => {
    const rig = await ask(() => redirect('elsewhere', THERE));
    expect(rig.call.end).toBe('internal');
    expect(causes(rig)).toMatchObject([{ cause: { message: 'This server has no redirect target of that name.' } }]);
  });

  it.each([
    ['of another host', { url: 'https://evil.example/files/a' }],
    ['of another scheme', { url: 'http://cdn.example/files/a' }],
    ['with a user that looks like the host', { url: 'https://cdn.example@evil.example/files/' }],
    ['above the prefix', { path: '../secret' }],
    ['above the prefix, escaped', { path: '%2e%2e/secret' }],
    ['that is none', { url: 'files/a' }],
  ])('to an address %s is a fault of the command, and the caller does not learn it', async (_, where) => {
    const rig = await ask(() => redirect('cdn', { mediaType: 'text/plain', ...where }));
    expect(rig.call).toMatchObject({ end: 'internal', location: undefined });
    expect(rig.call.error?.message).toBe('The command was to redirect outside the target `cdn`.');
    expect(causes(rig)).toMatchObject([
      { cause: { message: expect.stringContaining('does not begin "https://cdn.example/files/"') as string } },
    ]);
  });

  it('with a part past its bound fails the request', async () => {
    const { call } = await ask(() => redirect('cdn', { ...THERE, fullHashSeed: new Uint8Array(1_025) }));
    expect(call.end).toBe('too-big');
  });
});

describe('redirectTargets', () => {
  it('brings prefixes into the form addresses have', () => {
    expect([...TARGETS]).toEqual([
      ['cdn', 'https://cdn.example/files/'],
      ['mirror', 'http://mirror.example/'],
    ]);
  });

  it.each([
    'ftp://cdn.example/',
    '/files/',
    'https://user@cdn.example/',
    'https://:secret@cdn.example/',
    'https://c/#f',
  ])('refuses %s', (prefix) => {
    expect(() => redirectTargets({ cdn: prefix })).toThrow(TypeError);
  });
});
