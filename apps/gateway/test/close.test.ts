import { once } from 'node:events';
import { WiremuxError } from '@wiremux/framing';
import { command, defineCommands, implement } from '@wiremux/server';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { recordingLog, startGateway } from './support/gateway.js';
import { rawRequest, upgradeHeaders } from './support/http.js';
import { connectMux } from './support/mux-client.js';

/** A promise and what resolves it. */
function signalled<Value>(): { readonly promise: Promise<Value>; resolve(value: Value): void } {
  let resolve: (value: Value) => void = () => {};
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve: (value) => resolve(value) };
}

/** A peer that never answers the gateway's close frame. */
async function connectDeaf(port: number): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/mux`, ['exp-framing-0006']);
  await once(socket, 'open');
  socket.pause();
  return socket;
}

/** Requests have three quarters of it, and closing the rest. */
const GRACE = 2_000;

describe('SPEC 9.2 closing the gateway', () => {
  it('closes connections whose requests do not end with 1012, and tells their handlers why', async () => {
    const started = signalled<void>();
    const stopped = signalled<unknown>();
    const commands = implement(defineCommands({ wait: command() }), {
      wait: (_args, { signal }) =>
        new Promise((_resolve, reject) => {
          started.resolve();
          signal.addEventListener('abort', () => {
            stopped.resolve(signal.reason);
            reject(signal.reason as Error);
          });
        }),
    });
    const gateway = await startGateway({ commands, grace: GRACE });
    const client = await connectMux(gateway.port);
    const answer = client.call('wait');
    await started.promise;
    await gateway.close();
    expect(await client.closed).toMatchObject({ code: 1012 });
    const reason = await stopped.promise;
    expect(reason).toBeInstanceOf(WiremuxError);
    expect(reason).toMatchObject({ code: 'connection-lost' });
    await expect(answer.done).rejects.toMatchObject({ code: 'connection-lost' });
    await expect(fetch(gateway.url)).rejects.toThrow();
  });

  it('waits for handlers that clean up', async () => {
    const started = signalled<void>();
    const release = signalled<void>();
    let hasCleanedUp = false;
    const commands = implement(defineCommands({ tidy: command() }), {
      tidy: async (_args, { signal }) => {
        started.resolve();
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        await release.promise;
        hasCleanedUp = true;
      },
    });
    const gateway = await startGateway({ commands, grace: GRACE });
    const client = await connectMux(gateway.port);
    client.call('tidy');
    await started.promise;
    const closed = gateway.close();
    await client.closed;
    expect(hasCleanedUp).toBe(false);
    release.resolve();
    await closed;
    expect(hasCleanedUp).toBe(true);
  });

  it('SPEC 8.10.2, 8.10.4 tells clients to move, and lets their requests run', async () => {
    const started = signalled<void>();
    const release = signalled<string>();
    const commands = implement(defineCommands({ run: command() }), {
      run: () => {
        started.resolve();
        return release.promise;
      },
    });
    const gateway = await startGateway({ commands, grace: 600_000, drainAfter: 1, drainJitter: 2 });
    const client = await connectMux(gateway.port);
    const answer = client.call('run');
    await started.promise;
    const closed = gateway.close();
    expect(await client.drained).toEqual({ after: 1, jitter: 2, reason: 'The gateway is closing.' });
    release.resolve('done');
    expect(await answer.done).toEqual(['done']);
    client.close();
    await closed;
  });

  it('is not ready and takes no connections meanwhile, but is alive', async () => {
    const gateway = await startGateway({ grace: 60_000 });
    const deaf = await connectDeaf(gateway.port);
    const closed = gateway.close();
    expect(await rawRequest(gateway.port, 'GET /readyz')).toMatchObject({ status: 503, body: 'closing\n' });
    expect(await rawRequest(gateway.port, 'GET /livez')).toMatchObject({ status: 200 });
    expect(await rawRequest(gateway.port, 'GET /mux', upgradeHeaders())).toMatchObject({ status: 503 });
    deaf.terminate();
    await closed;
    await expect(fetch(`${gateway.url}livez`)).rejects.toThrow();
  });

  it('drops what has not stopped when the grace is over, and says so', async () => {
    const logger = recordingLog();
    const gateway = await startGateway({ grace: 0, logger });
    const deaf = await connectDeaf(gateway.port);
    const dropped = once(deaf, 'close');
    await gateway.close();
    deaf.resume();
    await dropped;
    expect(logger.lines).toContain('The grace is over: what has not stopped is dropped.');
  });

  it('may be asked for twice, and before anything was opened', async () => {
    const gateway = await startGateway();
    await Promise.all([gateway.close(), gateway.close()]);
  });
});
