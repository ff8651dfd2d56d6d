import type { WiremuxError } from '@wiremux/framing';
import { expect, it } from 'vitest';
import { DescribingThread } from '../../src/tap/describing-thread.js';
import { recordingLog } from '../support/gateway.js';

it('a thread that throws, as on a batch that is none, fails all of its taps once, is logged and takes no more', async () => {
  const log = recordingLog();
  const thread = new DescribingThread(['zlib', 'identity'], log);
  const failures: WiremuxError[] = [];
  const failed = new Promise<void>((resolve) => {
    const listener = {
      described: () => undefined,
      frames: () => undefined,
      failed: (error: WiremuxError) => {
        failures.push(error);
        if (failures.length === 2) resolve();
      },
    };
    const description = { connection: 'c1', dialect: 'wiremux.1', known: [], filter: {} } as const;
    thread.open(description, listener);
    thread.open(description, listener).send(Uint8Array.of(1, 2, 3));
  });
  expect(thread.isAlive).toBe(true);
  await failed;
  await thread.end();
  expect(failures).toMatchObject([{ code: 'internal' }, { code: 'internal' }]);
  expect(log.lines).toEqual(['The thread that describes frames has failed; connections are not affected.']);
  expect(thread.isAlive).toBe(false);
});
