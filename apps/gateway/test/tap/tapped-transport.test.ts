import { describe, expect, it } from 'vitest';
import { TappedTransport } from '../../src/tap/tapped-transport.js';

describe('TappedTransport', () => {
  it('tells its watchers, and nobody once they have gone', () => {
    const seen: unknown[] = [];
    const sent: unknown[] = [];
    let deliver: (chunk: Uint8Array) => void = () => undefined;
    const inner = {
      start: (handlers: { bytes(chunk: Uint8Array): void }) => {
        deliver = (chunk) => handlers.bytes(chunk);
      },
      send: (chunks: unknown) => void sent.push(chunks),
      bufferedBytes: 7,
      pause: () => undefined,
      resume: () => undefined,
      close: () => undefined,
      terminate: () => undefined,
    };
    const tapped = new TappedTransport(inner);
    const got: unknown[] = [];
    tapped.start({ bytes: (chunk) => void got.push(chunk), drain: () => undefined, closed: () => undefined });
    const watcher = { passed: (...told: unknown[]) => void seen.push(told), closed: () => undefined };
    const unwatch = tapped.watch(watcher);
    const chunk = Uint8Array.of(1);
    deliver(chunk);
    tapped.send([chunk]);
    unwatch();
    deliver(chunk);
    tapped.send([chunk]);
    expect(seen).toEqual([
      ['in', [chunk]],
      ['out', [chunk]],
    ]);
    expect([got.length, sent.length, tapped.bufferedBytes, tapped.finish]).toEqual([2, 2, 7, undefined]);
  });
});
