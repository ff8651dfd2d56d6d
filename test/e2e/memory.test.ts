import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { Commands, Mux } from '@wiremux/client';
import { filter, firstValueFrom, from, map } from 'rxjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { connectForTest } from '../support/clients.js';
import { markMemory } from '../support/memory.js';
import { type GatewayProcess, startGateway, startWiremux } from '../support/wiremux.js';

const MiB = 1024 * 1024;
/** How much is uploaded; more with, say, `MEMORY_TEST_MIB=1024`. */
const SIZE = Number(process.env['MEMORY_TEST_MIB'] ?? 256) * MiB;
/** What either process may take above its idle memory, MiB. */
const MOST_GROWTH = 96;

interface Connection {
  readonly requests: readonly { readonly command: string }[];
  readonly channels: readonly { readonly direction: string; readonly bytes: number }[];
}

/** Bytes that came in on the connection that runs the command; undefined while none does. */
function bytesIn(connections: readonly Connection[], command: string): number | undefined {
  const connection = connections.find(({ requests }) => requests.some((request) => request.command === command));
  return connection?.channels.reduce((sum, { direction, bytes }) => sum + (direction === 'in' ? bytes : 0), 0);
}

/** Resolves once the gateway has received at least that much for the command. */
async function received(mux: Mux<Commands>, command: string, least: number): Promise<void> {
  const connections$ = from(mux.iterate('gateway.connections', { every: 50 }));
  const enough$ = connections$.pipe(
    map((connections) => bytesIn(connections as readonly Connection[], command)),
    filter((bytes) => bytes !== undefined && bytes >= least),
  );
  await firstValueFrom(enough$);
}

/** Writes `size` bytes as fast as they are taken, and resolves with their SHA-256. */
async function feed(stdin: Writable, size: number): Promise<string> {
  const hash = createHash('sha256');
  const piece = randomBytes(MiB);
  for (let sent = 0; sent < size; sent += piece.length) {
    hash.update(piece);
    if (!stdin.write(piece)) await once(stdin, 'drain');
  }
  return hash.digest('hex');
}

describe.skipIf(process.platform !== 'linux')(`memory while ${SIZE / MiB} MiB pass [counted by Linux]`, () => {
  let gateway: GatewayProcess;
  beforeAll(async () => {
    gateway = await startGateway();
  });

  it('stays flat in the gateway and in the client', { timeout: 300_000 }, async () => {
    const mux = connectForTest<Commands>(gateway.mux);
    const client = startWiremux(['call', gateway.mux, 'digest', '--data', '-']);
    await received(mux, 'digest', 0);
    const [ofGateway, ofClient] = [markMemory(gateway.child.pid), markMemory(client.pid)];

    const digest = await feed(client.stdin, SIZE);
    await received(mux, 'digest', SIZE);
    const growth = { gateway: ofGateway.growth(), client: ofClient.growth() };
    client.stdin.end();

    const { stdout } = await client.ended();
    expect(JSON.parse(stdout)).toEqual({ algorithm: 'sha256', digest, bytes: SIZE });
    console.log(
      `${SIZE / MiB} MiB: gateway +${growth.gateway.toFixed(1)} MiB, client +${growth.client.toFixed(1)} MiB`,
    );
    expect(growth.gateway).toBeLessThan(MOST_GROWTH);
    expect(growth.client).toBeLessThan(MOST_GROWTH);
  });
});
