import { WiremuxError } from '@wiremux/framing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { OnDemand } from '../src/on-demand.js';
import { UPLOADS } from '../src/parts.js';
import { TestGateway } from './support/gateway.js';
import { record } from './support/record.js';

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a part that is loaded on demand', () => {
  it('is loaded once, and there from then on', async () => {
    let loads = 0;
    const part = new OnDemand(async () => ++loads);
    expect(part.part).toBeUndefined();
    expect(await part.load()).toBe(1);
    expect(await part.load()).toBe(1);
    expect(part.part).toBe(1);
  });

  it('is `not-loaded` where it cannot be had, and tried again', async () => {
    let loads = 0;
    const part = new OnDemand(async () => {
      if (++loads === 1) throw new TypeError('offline');
      return 'there';
    });
    await expect(part.load()).rejects.toMatchObject({ code: 'not-loaded', cause: new TypeError('offline') });
    expect(await part.load()).toBe('there');
  });
});

describe('a part that things can go on without', () => {
  it('is used at once where it is loaded, else once it is', async () => {
    const part = new OnDemand(async () => 'there');
    const uses: string[] = [];
    part.use((loaded) => uses.push(`first ${loaded}`));
    expect(uses).toEqual([]);
    await part.load();
    part.use((loaded) => uses.push(`second ${loaded}`));
    expect(uses).toEqual(['first there', 'second there']);
  });

  it('is not used where it cannot be had', async () => {
    const part = new OnDemand<never>(async () => Promise.reject(new Error('offline')));
    part.use(() => expect.unreachable());
    await expect(part.load()).rejects.toMatchObject({ code: 'not-loaded' });
  });
});

describe('a request with data whose part is not loaded yet', () => {
  async function begin() {
    const gateway = new TestGateway();
    const mux = await gateway.open();
    const { part } = UPLOADS;
    const missing = vi.spyOn(UPLOADS, 'part', 'get').mockReturnValue(undefined);
    let resolve: (loaded: NonNullable<typeof part>) => void = () => undefined;
    let reject: (error: WiremuxError) => void = () => undefined;
    const promise = new Promise<NonNullable<typeof part>>((...settle) => {
      [resolve, reject] = settle;
    });
    void promise.then(
      () => missing.mockReturnValue(part),
      () => undefined,
    );
    vi.spyOn(UPLOADS, 'load').mockReturnValue(promise);
    const source = { cancelled: 0 };
    const stream = new ReadableStream<Uint8Array>({ cancel: () => void source.cancelled++ });
    const answer = record(mux.call('digest', {}, { data: stream }));
    const other = record(mux.call('other'));
    await gateway.settle();
    return { gateway, answer, other, source, loading: { resolve, reject }, part: part as NonNullable<typeof part> };
  }

  it('waits for it, others do not', async () => {
    const { gateway, loading, part } = await begin();
    expect(gateway.end.all('request')).toMatchObject([{ name: 'other' }]);
    loading.resolve(part);
    await gateway.settle();
    expect(gateway.end.all('request')).toMatchObject([{ name: 'other' }, { name: 'digest' }]);
  });

  it('gives its source up where it was cancelled meanwhile', async () => {
    const { gateway, answer, loading, part, source } = await begin();
    answer.subscription.unsubscribe();
    loading.resolve(part);
    await gateway.settle();
    expect(source.cancelled).toBe(1);
    expect(gateway.end.all('request')).toHaveLength(1);
  });

  it('fails where it cannot be loaded', async () => {
    const { gateway, answer, loading } = await begin();
    loading.reject(new WiremuxError('not-loaded', 'No.'));
    await gateway.settle();
    expect(answer.error).toMatchObject({ code: 'not-loaded' });
  });
});
