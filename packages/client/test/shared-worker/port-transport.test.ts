import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { platform } from '../../src/platform/node.js';
import { PortTransport } from '../../src/shared-worker/port-transport.js';

/** Two transports over a MessageChannel, and what they say beside frames. */
function pair() {
  const { port1, port2 } = new MessageChannel();
  const said: unknown[] = [];
  const one = new PortTransport(port1, platform.clock, (message) => said.push(message));
  const other = new PortTransport(port2, platform.clock, (message) => said.push(message));
  return { one, other, port2, said };
}

/** Starts it; resolves with its end, behind the bytes that came. */
function heard(transport: PortTransport<{ readonly kind: string }>) {
  const bytes: number[] = [];
  return new Promise<{ bytes: number[]; code: number; reason: string }>((resolve) => {
    transport.start({
      bytes: (chunk) => void bytes.push(...chunk),
      drain: () => undefined,
      closed: (code, reason) => resolve({ bytes, code, reason }),
    });
  });
}

describe('SPEC 7.1 a MessagePort as a transport', () => {
  it('carries bytes in order with what is said beside them, then its end', async () => {
    const { one, other, said } = pair();
    const ends = [heard(one), heard(other)];
    const bytes = Uint8Array.of(0, 1, 2, 3);
    one.send([bytes.subarray(1, 3), Uint8Array.of(9)]);
    one.post({ kind: 'front' });
    one.send([bytes]);
    one.close(4401, 'expired');
    one.send([bytes]);
    one.post({ kind: 'late' });
    one.close(1000, 'again');
    expect(await Promise.all(ends)).toEqual([
      { bytes: [], code: 4401, reason: 'expired' },
      { bytes: [1, 2, 9, 0, 1, 2, 3], code: 4401, reason: 'expired' },
    ]);
    expect(said).toEqual([{ kind: 'front' }]);
    expect(bytes).toHaveLength(4);
  });

  it('keeps what comes before it is started, its end too', async () => {
    const { one, other } = pair();
    one.send([Uint8Array.of(7)]);
    one.terminate();
    await other.over;
    expect(await heard(other)).toEqual({ bytes: [7], code: 4410, reason: '' });
  });

  it('ends when the other end is gone', async () => {
    const { one, port2 } = pair();
    const end = heard(one);
    port2.close();
    await once(port2, 'close');
    expect(await end).toEqual({ bytes: [], code: 1006, reason: '' });
  });

  it('cannot be paused', async () => {
    const { one, other } = pair();
    const end = heard(other);
    other.pause();
    one.send([Uint8Array.of(7)]);
    other.resume();
    one.close(1000, '');
    expect((await end).bytes).toEqual([7]);
  });
});
