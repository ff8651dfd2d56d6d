import { zstd } from '@wiremux/framing/zstd';
import { createGateway, type Gateway } from '@wiremux/gateway';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { Random } from '../../packages/framing/test/model/random.js';
import { describeWithComponent } from '../support/components.js';
import { ScriptedCommands } from './gateway-commands.js';
import { runOurClient } from './our-client.js';
import { Reference } from './reference.js';
import { Tally } from './tally.js';
import { runTheirClient, type Wire, type WireHandlers } from './their-client.js';
import { connectHttp, connectWebSocket } from './wires.js';

/** The first session's seed; each after it has the next. A failure names its own: set it to run that session first. */
const SEED = Number(process.env['WIREMUX_SEED'] ?? 1);
/** Requests of a run, all ways together. */
const REQUESTS = Number(process.env['WIREMUX_INTEROP_REQUESTS'] ?? 11_000);
const TIMEOUT = 60_000 + REQUESTS * 20;

/** Rules that these sessions reach; the faults of the reference and its text form have tests of their own. */
const RULES: readonly string[] = `
  1.1 1.3 1.4 1.6 1.7 2.2 2.3 2.4
  3.1.1 3.1.2 3.1.3 3.1.4 3.1.5 3.1.9 3.1.10
  3.2.1 3.2.2 3.2.3 3.2.5 3.2.6 3.2.7 3.3.1 3.3.2 3.3.3
  3.4.1 3.4.2 3.4.3 3.4.5 3.4.6 3.4.7 3.4.8 3.4.10 3.4.11 3.5.1 3.5.2
  3.6.1 3.6.2 3.6.3 3.7.1 3.7.2 3.8.1 3.8.2 3.8.3 3.8.4 3.8.5 3.8.6 3.9.4
  4.1 4.2 4.5 4.6 4.8 4.9 4.10 4.12 4.15
  5.1 5.3 5.4 5.5 5.6 5.7 5.9 5.10 5.13
  7.1 7.2 7.5 7.6 7.7 7.9
`
  .trim()
  .split(/\s+/);

describeWithComponent('mercurial', 'Random sessions with the reference implementation', (python) => {
  let reference: Reference;
  let gateway: Gateway;
  let port: number;
  const commands = new ScriptedCommands();
  const total = new Tally();

  beforeAll(async () => {
    reference = new Reference(python);
    gateway = createGateway({ port: 0, grace: 0, page: false, logLevel: 'silent', commands: commands.set });
    ({ port } = await gateway.listen());
  });
  afterAll(async () => {
    await gateway.close();
    await reference.close();
  });

  /** Runs sessions until they have made their share of the requests. */
  async function sessions(share: number, run: (random: Random, tally: Tally) => Promise<void>): Promise<void> {
    const tally = new Tally();
    let seed = SEED;
    onTestFailed(() => console.error(`It failed in the session of WIREMUX_SEED=${seed}.`));
    for (; tally.requests < REQUESTS * share; seed++) await run(new Random(seed), tally);
    total.add(tally);
    console.info(`${expect.getState().currentTestName}: ${tally.toString()}`);
  }

  it(
    'our client against its server',
    async () => {
      await sessions(0.35, (random, tally) => runOurClient({ reference, random, tally, halfDuplex: false }));
    },
    TIMEOUT,
  );

  it(
    'our client against its server, half-duplex',
    async () => {
      await sessions(0.15, (random, tally) => runOurClient({ reference, random, tally, halfDuplex: true }));
      total.reach('7.1', '7.6', '7.9');
    },
    TIMEOUT,
  );

  it(
    'its client against our gateway, over a WebSocket',
    async () => {
      const connect = (handlers: WireHandlers): Promise<Wire> => connectWebSocket(port, handlers);
      await sessions(0.35, (random, tally) =>
        runTheirClient({ reference, random, tally, commands, halfDuplex: false, connect }),
      );
      total.reach('2.4', '7.1', '7.2');
    },
    TIMEOUT,
  );

  it(
    'its client against our gateway, over HTTP',
    async () => {
      const connect = (handlers: WireHandlers): Promise<Wire> => connectHttp(port, handlers);
      await sessions(0.15, (random, tally) =>
        runTheirClient({ reference, random, tally, commands, halfDuplex: true, connect }),
      );
      total.reach('2.4', '7.1', '7.5', '7.6', '7.7');
    },
    TIMEOUT,
  );

  describe('all together', () => {
    it('had requests enough, and enough of every kind', () => {
      console.info(`All together: ${total.toString()}`);
      const share = (count: number): number => count / total.requests;
      expect(total.requests).toBeGreaterThanOrEqual(REQUESTS);
      expect(share(total.encodings.get('zlib') ?? 0)).toBeGreaterThanOrEqual(0.2);
      expect(share(total.longAnswers)).toBeGreaterThanOrEqual(0.2);
      expect(share(total.longData)).toBeGreaterThanOrEqual(0.1);
      expect(share(total.failed)).toBeGreaterThanOrEqual(0.1);
      expect(share(total.interleaved)).toBeGreaterThanOrEqual(0.1);
    });

    it.skipIf(!zstd())(`had answers in zstd${zstd() ? '' : ' [needs Node 22.15 or later]'}`, () => {
      expect((total.encodings.get('zstd-8mb') ?? 0) / total.requests).toBeGreaterThanOrEqual(0.05);
    });

    it.each(RULES)('SPEC %s came up, and held', (rule) => {
      expect([...total.rules]).toContain(rule);
    });

    it('reached no rule that is not listed', () => {
      expect([...total.rules].filter((rule) => !RULES.includes(rule))).toEqual([]);
    });
  });
});
