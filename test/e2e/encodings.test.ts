import { createHash } from 'node:crypto';
import type { Commands, ConnectOptions } from '@wiremux/client';
import { EXP_FRAMING_0006 } from '@wiremux/client/dialects';
import { zlib } from '@wiremux/framing/zlib';
import { zstd } from '@wiremux/framing/zstd';
import { filter, firstValueFrom, from, lastValueFrom, toArray } from 'rxjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { connectForTest } from '../support/clients.js';
import { type GatewayProcess, startGateway } from '../support/wiremux.js';

interface Channel {
  readonly name: string;
  readonly direction: 'in' | 'out';
  readonly encoding: string;
  readonly bytes: number;
  readonly plainBytes: number;
}

interface Connection {
  readonly transport: string;
  readonly channels: readonly Channel[];
}

let gateway: GatewayProcess;

beforeAll(async () => {
  gateway = await startGateway(['--channels', 'secret:4:identity']);
});

/** The streams of the one connection with this client, once they carried something. */
async function channelsOf(mux: ReturnType<typeof connectForTest<Commands>>): Promise<readonly Channel[]> {
  const lists$ = from(mux.iterate('gateway.connections', { every: 50 }));
  const isThere = (list: unknown): boolean =>
    (list as readonly Connection[]).some(({ channels }) => channels.some(({ plainBytes }) => plainBytes > 100_000));
  const list = (await firstValueFrom(lists$.pipe(filter(isThere)))) as readonly Connection[];
  return list.flatMap(({ channels }) => channels.filter(({ plainBytes }) => plainBytes > 100_000));
}

const data = Buffer.alloc(3_000_000, 'a line that comes again and again\n');
const hash = createHash('sha256').update(data).digest('hex');

const ALL: readonly (readonly [string, ConnectOptions])[] = [
  ['wiremux.1', {}],
  ['wiremux.1 over HTTP', { transport: 'http' }],
  ['exp-framing-0006', { dialects: [EXP_FRAMING_0006] }],
];

describe('content encodings between client and gateway', () => {
  it('are told by `capabilities`', async () => {
    const mux = connectForTest<Commands>(gateway.mux);
    expect(await lastValueFrom(mux.call('capabilities'))).toMatchObject({
      encodings: [...(zstd() ? ['zstd-8mb'] : []), 'zlib', 'identity'],
    });
  });

  it.each(ALL)('%s: values and uploads are what they were', async (_, options) => {
    const mux = connectForTest<Commands>(gateway.mux, { ...options, codecs: [zlib()] });
    const rows = await lastValueFrom(mux.call('rows', { count: 2_000 }).pipe(toArray()));
    expect(rows.map((row) => (row as { id: number }).id)).toEqual(Array.from({ length: 2_000 }, (_value, id) => id));
    const digests = mux.request('digest', {}, { data: [data] }).values$;
    expect(await lastValueFrom(digests)).toMatchObject({ digest: hash, bytes: data.length });
    const pieces = await lastValueFrom(mux.call('blob', { bytes: 2_000_000 }).pipe(toArray()));
    expect(pieces.reduce((sum: number, piece) => sum + (piece as Uint8Array).length, 0)).toBe(2_000_000);
  });

  it('are shown for every stream, with what they save', async () => {
    const mux = connectForTest<Commands>(gateway.mux, { codecs: [zlib()] });
    await lastValueFrom(mux.call('rows', { count: 5_000 }));
    await lastValueFrom(mux.request('digest', {}, { data: [data] }).values$);
    const channels = await channelsOf(mux);
    expect(channels.map(({ direction, encoding }) => [direction, encoding])).toEqual([
      ['in', 'zlib'],
      ['out', 'zlib'],
    ]);
    for (const { bytes, plainBytes } of channels) expect(bytes).toBeLessThan(plainBytes / 2);
  });

  it('are left out where the client has none, and on a channel that is to have none', async () => {
    for (const [options, channel] of [
      [{}, undefined],
      [{ codecs: [zlib()] }, 'secret'],
    ] as const) {
      const mux = connectForTest<Commands>(gateway.mux, options);
      await lastValueFrom(mux.call('rows', { count: 5_000 }, { channel }));
      const channels = await channelsOf(mux);
      expect(channels.map(({ encoding }) => encoding)).toEqual(['identity']);
      mux.close();
    }
  });

  it("are chosen by the gateway's preference", async () => {
    const mux = connectForTest<Commands>(gateway.mux, { codecs: [zlib(), zstd()] });
    await lastValueFrom(mux.call('rows', { count: 5_000 }));
    const [channel] = await channelsOf(mux);
    expect(channel?.encoding).toBe(zstd() ? 'zstd-8mb' : 'zlib');
  });
});
