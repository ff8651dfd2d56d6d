import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Peer } from '../peer.js';
import type { Times, Work } from '../workload.js';
import type { FromClient, FromServer, ToClient, ToServer } from './messages.js';

/** Longer than any work takes, ms. */
const TIMEOUT = 120_000;

/** What a work gave; undefined where the peer cannot do it. */
export type WorkResult = Readonly<Record<string, number>> | undefined;

/** Does one work with one peer, its server and its client in fresh processes. Rejects when it fails or takes too long. */
export async function runWork(peer: Peer, work: Work, times: Times): Promise<WorkResult> {
  const server = start('server', [peer.name, work.name]);
  try {
    const port = await listening(server);
    const client = start('client', [
      peer.name,
      work.name,
      String(port),
      String(times.warmFor),
      String(times.measureFor),
    ]);
    try {
      return await result(client, server);
    } finally {
      client.kill('SIGKILL');
    }
  } finally {
    server.kill('SIGKILL');
  }
}

function start(role: 'server' | 'client', args: readonly string[]): ChildProcess {
  const program = fileURLToPath(new URL(`./${role}.js`, import.meta.url));
  return fork(program, args, { execArgv: ['--expose-gc'], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
}

function listening(server: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    server.on('message', (message: FromServer) => {
      if (message.kind === 'listening') resolve(message.port);
    });
    server.on('exit', (code) => reject(new Error(`The server ended with status ${code}.`)));
  });
}

/** Carries messages between the two until the client has its result. */
function result(client: ChildProcess, server: ChildProcess): Promise<WorkResult> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`It took longer than ${TIMEOUT} ms.`)), TIMEOUT);
    server.on('message', (message: FromServer) => {
      if (message.kind === 'memory') client.send(message satisfies ToClient);
    });
    client.on('message', (message: FromClient) => {
      if (message.kind === 'publish' || message.kind === 'memory') {
        server.send(message satisfies ToServer);
        return;
      }
      clearTimeout(timer);
      if (message.kind === 'result') resolve(message.result);
      else reject(new Error(message.message));
    });
    client.on('exit', (code) => reject(new Error(`The client ended with status ${code}.`)));
    server.on('exit', (code) => reject(new Error(`The server ended with status ${code}.`)));
  });
}
