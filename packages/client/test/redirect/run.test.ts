import type { RedirectLocation } from '@wiremux/framing';
import { lastValueFrom } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../src/connect.js';
import type { RequestOptions } from '../../src/options.js';
import type { RequestHandle } from '../../src/request-handle.js';
import { FileServer } from '../support/file-server.js';
import { TestGateway } from '../support/gateway.js';
import { record } from '../support/record.js';

const FOLLOW = { targets: ['files'], follow: { requireHash: false } };

let files: FileServer;
beforeAll(async () => {
  files = await FileServer.listen();
});
afterAll(() => files.close());

interface Asked {
  readonly gateway: TestGateway;
  readonly request: RequestHandle<unknown>;
}

/** A request that reached the gateway, which may redirect it. */
async function ask(options: RequestOptions, url = 'ws://gateway.test/mux'): Promise<Asked> {
  const gateway = new TestGateway();
  const mux = connect(url, { transport: gateway.dial, clock: gateway.clock, random: () => 0.5 });
  await gateway.settle();
  return { gateway, request: mux.request('get', {}, options) };
}

function redirectTo({ gateway }: Asked, url: string): RedirectLocation {
  const location = { url, mediaType: 'text/plain' };
  gateway.end.peer.redirectAnswer(gateway.end.newest, 'files', location);
  return location;
}

describe('SPEC 3.2.7 what a request says of redirects', () => {
  it.each<[string, RequestOptions, object | undefined]>([
    ['nothing by itself', {}, undefined],
    ['its targets, and the hashes it knows', { redirect: { targets: ['a', 'b'] } }, ['sha512', 'sha384', 'sha256']],
    ['the hashes it is told', { redirect: { targets: ['a', 'b'], hashes: ['sha1'] } }, ['sha1']],
  ])('is %s', async (_, options, hashes) => {
    const { gateway, request } = await ask(options);
    record(request.values$);
    await gateway.settle();
    expect(gateway.end.all('request')[0]?.redirect).toEqual(hashes && { targets: ['a', 'b'], hashes });
  });
});

describe('SPEC 3.4.10 a request that is redirected', () => {
  it('fails with `redirected` where it is not to follow', async () => {
    const asked = await ask({ redirect: { targets: ['files'] } });
    const [values, states] = [record(asked.request.values$), record(asked.request.state$)];
    await asked.gateway.settle();
    const location = redirectTo(asked, 'https://user:word@files.example/secret?token=1');
    await asked.gateway.settle();
    expect(states.values.at(-1)).toEqual({ state: 'ended', how: 'redirected', location });
    expect(values.error).toMatchObject({ code: 'redirected', data: location });
    expect(values.error?.message).toBe(
      'The answer of "get" is to be had elsewhere, from files.example: fetch it, or have the client follow.',
    );
  });

  it('tells of an address that is none, too', async () => {
    const asked = await ask({ redirect: { targets: ['files'] } });
    const values = record(asked.request.values$);
    await asked.gateway.settle();
    redirectTo(asked, 'files/a');
    await asked.gateway.settle();
    expect(values.error?.message).toContain('an address that is none');
  });

  it('is not fetched for who has left before it came', async () => {
    const asked = await ask({ redirect: FOLLOW });
    const [values, states] = [record(asked.request.values$), record(asked.request.state$)];
    await asked.gateway.settle();
    asked.gateway.end.transport.stalled = true;
    redirectTo(asked, files.put('unwanted', new Uint8Array(1)));
    await asked.gateway.settle();
    values.subscription.unsubscribe();
    asked.gateway.end.transport.release();
    await asked.gateway.settle();
    expect(states.values.at(-1)).toEqual({ state: 'ended', how: 'cancelled', result: 'finished' });
    expect(files.requests.map(({ url }) => url)).not.toContain('/unwanted');
  });

  it('is not fetched for who leaves as soon as it comes', async () => {
    const asked = await ask({ redirect: FOLLOW });
    const values = record(asked.request.values$);
    const states: string[] = [];
    asked.request.state$.subscribe(({ state }) => {
      states.push(state);
      if (state === 'following') values.subscription.unsubscribe();
    });
    await asked.gateway.settle();
    redirectTo(asked, files.put('unwanted', new Uint8Array(1)));
    await asked.gateway.settle();
    expect(states.slice(-3)).toEqual(['following', 'stopping', 'ended']);
    expect(files.requests.map(({ url }) => url)).not.toContain('/unwanted');
  });

  it('is fetched also when the connection has been lost meanwhile', async () => {
    const asked = await ask({ redirect: FOLLOW });
    const values = record(asked.request.values$);
    const ended = lastValueFrom(asked.request.state$);
    await asked.gateway.settle();
    redirectTo(asked, files.put('late', new Uint8Array([1, 2])));
    await asked.gateway.settle();
    asked.gateway.end.transport.terminate();
    await asked.gateway.settle();
    expect(await ended).toEqual({ state: 'ended', how: 'completed' });
    expect(values.values).toEqual([new Uint8Array([1, 2])]);
  });

  it('is not followed out of TLS', async () => {
    const asked = await ask({ redirect: FOLLOW }, 'wss://gateway.test/mux');
    const values = record(asked.request.values$);
    const ended = lastValueFrom(asked.request.state$);
    await asked.gateway.settle();
    redirectTo(asked, files.put('plain', new Uint8Array(1)));
    await asked.gateway.settle();
    expect(await ended).toMatchObject({ how: 'failed', error: { code: 'redirect-failed' } });
    expect(values.error?.message).toContain('asked over TLS');
  });
});
