import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Commands, Mux } from '@wiremux/client';
import { filter, firstValueFrom, from, map } from 'rxjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { connectForTest } from '../support/clients.js';
import { temporaryFolder } from '../support/folder.js';
import { type MemoryMark, markMemory } from '../support/memory.js';
import { type GatewayProcess, startGateway, startWiremux } from '../support/wiremux.js';

const MiB = 1024 * 1024;
/** How much is sent each way; more with, say, `MEMORY_TEST_MIB=1024`. */
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

/** Bytes of each piece of the byte strings: byte n of every piece is n modulo 256. */
const PIECE = 32 * 1024;

/** The SHA-256 of as many such pieces as make `SIZE`. */
function digestOfPieces(): string {
  const hash = createHash('sha256');
  const piece = Uint8Array.from({ length: PIECE }, (_, at) => at);
  for (let count = 0; count < SIZE / PIECE; count++) hash.update(piece);
  return hash.digest('hex');
}

/** The SHA-256 of what comes; `onLast` is called when the last MiB has begun, and its sender cannot have ended. */
async function digestOf(bytes: Readable, onLast: () => void): Promise<string> {
  const hash = createHash('sha256');
  let read = 0;
  for await (const piece of bytes as AsyncIterable<Uint8Array>) {
    hash.update(piece);
    if (read < SIZE - MiB && read + piece.length >= SIZE - MiB) onLast();
    read += piece.length;
  }
  return hash.digest('hex');
}

/** Tells, and holds to the bound, how much two processes have grown. */
function checkGrowth(what: string, marks: { readonly gateway: MemoryMark; readonly client: MemoryMark }): void {
  const [gateway, client] = [marks.gateway.growth(), marks.client.growth()];
  console.log(`${what}: gateway +${gateway.toFixed(1)} MiB, client +${client.toFixed(1)} MiB`);
  expect(gateway).toBeLessThan(MOST_GROWTH);
  expect(client).toBeLessThan(MOST_GROWTH);
}

/** A named pipe counts bytes without keeping them; the program that makes it is no part of Node. */
const hasPipes: boolean = spawnSync('mkfifo', ['--version']).error === undefined;

const COMMANDS = fileURLToPath(new URL('../support/commands.ts', import.meta.url));
const folder = temporaryFolder();

describe.skipIf(process.platform !== 'linux')(`memory while ${SIZE / MiB} MiB pass [counted by Linux]`, () => {
  let gateway: GatewayProcess;
  beforeAll(async () => {
    gateway = await startGateway(['--commands', COMMANDS]);
  });

  it('stays flat in the gateway and in the client', { timeout: 300_000 }, async () => {
    const mux = connectForTest<Commands>(gateway.mux);
    const client = startWiremux(['call', gateway.mux, 'digest', '--data', '-']);
    await received(mux, 'digest', 0);
    const marks = { gateway: markMemory(gateway.child.pid), client: markMemory(client.pid) };

    const digest = await feed(client.stdin, SIZE);
    await received(mux, 'digest', SIZE);
    checkGrowth(`${SIZE / MiB} MiB up`, marks);
    client.stdin.end();

    const { stdout } = await client.ended();
    expect(JSON.parse(stdout)).toEqual({ algorithm: 'sha256', digest, bytes: SIZE });
  });

  it.skipIf(!hasPipes).each([
    ['of known length', ['blob', '--arg', `bytes=${SIZE}`, '--arg', 'whole=true']],
    ['in chunks', ['pour', '--arg', `pieces=${SIZE / PIECE}`, '--arg', `piece=${PIECE}`, '--arg', 'sized=false']],
  ])(
    `SPEC 3.4.8, 3.4.9 stays flat in both while they come as one byte string %s${hasPipes ? '' : ' [needs mkfifo: apt-get install -y coreutils]'}`,
    { timeout: 300_000 },
    async (kind, request) => {
      const pipe = join(folder.path, `${request[0]}.pipe`);
      execFileSync('mkfifo', [pipe]);
      const client = startWiremux(['call', gateway.mux, ...request, '--output', pipe]);
      const bytes = createReadStream(pipe);
      await once(bytes, 'readable');
      const marks = { gateway: markMemory(gateway.child.pid), client: markMemory(client.pid) };

      const digest = await digestOf(bytes, () => checkGrowth(`${SIZE / MiB} MiB down, ${kind}`, marks));
      expect(digest).toBe(digestOfPieces());
      expect(await client.ended()).toEqual({ status: 0, signal: null, stdout: '', stderr: '' });
    },
  );
});
