import { zlib } from '../../src/codec/browser/zlib.js';
import type { Dialect, Limits } from '../../src/index.js';
import { Random } from '../model/random.js';
import { FuzzEnd } from './fuzz-end.js';
import type { FuzzWire } from './fuzz-wire.js';

/** Small, so that bounds are met. */
export const LIMITS: Partial<Limits> = {
  openRequests: 8,
  grantedBytes: 200_000,
  pausedBytes: 50_000,
  valueBytes: 100_000,
  requestMap: 120_000,
  answerCredit: 20_000,
  uploadWindow: 30_000,
  sendQueue: 300_000,
  textQueue: 4_000,
};

/** How a session is made. */
export interface SessionOptions {
  readonly dialect: Dialect;
  readonly seed: number;
  readonly steps: number;
  readonly wild: boolean;
  readonly limits: Partial<Limits>;
  readonly up: FuzzWire;
  readonly down: FuzzWire;
  /** Called after every step. */
  check(end: FuzzEnd): void;
}

/** Lets two peers do random things over two wires, until their transport is gone. Returns both ends, client first. */
export function runSession(options: SessionOptions): [FuzzEnd, FuzzEnd] {
  const { dialect, seed, steps, wild, limits, up, down, check } = options;
  const random = new Random(seed);
  // The browser's codec does its work at once, so that a session needs no event loop.
  const shared = { dialect, now: 0, limits, codecs: random.chance(0.5) ? [zlib({ level: 1 })] : [] };
  const client = new FuzzEnd({ ...shared, role: 'client' }, random, wild);
  const server = new FuzzEnd({ ...shared, role: 'server', authenticate: random.chance(0.2) }, random, wild);
  let now = 0;
  for (let step = 0; step < steps; step++) {
    now += random.integer(0, random.chance(0.01) ? 20_000 : 30);
    client.now = now;
    server.now = now;
    const [end, out, into] = random.chance(0.5) ? [client, up, down] : [server, down, up];
    switch (random.integer(0, 6)) {
      case 0:
      case 1:
      case 2:
        end.act();
        break;
      case 3: {
        const message = end.send();
        if (message !== undefined) out.send(message);
        break;
      }
      case 4:
      case 5:
        if (!end.peer.readPaused) end.receive(into.next(random));
        break;
      default:
        end.tick(now);
    }
    check(end);
  }
  drain(client, server, up, down, random, check);
  client.lose();
  server.lose();
  return [client, server];
}

/** Delivers what is on its way, as far as the ends read it. */
function drain(
  client: FuzzEnd,
  server: FuzzEnd,
  up: FuzzWire,
  down: FuzzWire,
  random: Random,
  check: (end: FuzzEnd) => void,
): void {
  for (let turn = 0; turn < DRAIN_TURNS; turn++) {
    for (const [end, out, into] of [
      [client, up, down],
      [server, down, up],
    ] as const) {
      const message = end.send();
      if (message !== undefined) out.send(message);
      if (!end.peer.readPaused) end.receive(into.next(random));
      check(end);
    }
  }
}

const DRAIN_TURNS = 100;
