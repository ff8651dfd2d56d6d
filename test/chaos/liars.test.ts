import { createGateway, type Gateway } from '@wiremux/gateway';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectForTest } from '../support/clients.js';
import { RawClient } from './raw-client.js';
import { type chaosContract, makeChaosCommands } from './workload/commands.js';
import { drawJobs, runJob, servePage } from './workload/jobs.js';

const UPLOAD = "cbor:{b'args': {b'label': 'x', b'size': 1000000}, b'name': b'chaos.upload'}";
const ROWS = "cbor:{b'args': {b'count': 100000, b'label': 'x', b'size': 100}, b'name': b'chaos.rows'}";
const upload = `1 3 stream-begin command-request new|have-data ${UPLOAD}`;
const rows = `1 3 stream-begin command-request new ${ROWS}`;
const times = (count: number, frame: string): string[] => Array.from({ length: count }, () => frame);

interface Lie {
  readonly title: string;
  /** What is said after the settings. */
  readonly frames: readonly string[];
  /** The close code it ends with. */
  readonly code: number;
  /** Part of the error frame that comes before; undefined: none does. */
  readonly says: string | undefined;
}

const protocol = (title: string, ...frames: readonly string[]): Lie => ({
  title,
  frames,
  code: 1002,
  says: 'protocol',
});
const tooMany = (title: string, ...frames: readonly string[]): Lie => ({ title, frames, code: 4429, says: undefined });

/** More than the control budget of a connection, and what is refilled while they are read. */
const FLOOD = 6_000;

const LIES: readonly Lie[] = [
  protocol('SPEC 8.5.5 data over its credit', upload, `1 3 0 command-data continuation ${'x'.repeat(40_000)}`),
  protocol('SPEC 8.5.5 a grant of nothing', rows, '1 3 0 credit 0 cbor:0'),
  protocol('SPEC 8.5.5 grants over 2^24 in sum', rows, ...times(2, '1 3 0 credit 0 cbor:16777216')),
  protocol('SPEC 8.2.3 a grant over 2^24', rows, '1 3 0 credit 0 cbor:16777217'),
  protocol('SPEC 8.7.4 an ack of frames that were not sent', '0 1 0 ack 0 cbor:1000000'),
  protocol('SPEC 8.2.5 an ack below nothing', '0 1 0 ack 0 cbor:-1'),
  protocol('SPEC 8.9.3 a pong that nobody asked for', "0 1 0 ping pong cbor:b''"),
  protocol('SPEC 5.2 a request with an id of the other side', `2 3 stream-begin command-request new ${ROWS}`),
  protocol('SPEC 5.2 a request with an id that is open', upload, `1 3 0 command-request new ${ROWS}`),
  protocol('SPEC 8.1.4 a request without an id', `0 3 stream-begin command-request new ${ROWS}`),
  protocol('SPEC 8.6.7 a proof that it has stopped', rows, "1 3 0 cancel ack cbor:{b'result': b'stopped'}"),
  protocol('SPEC 8.4.6 data of a request that is not open', '5 3 stream-begin command-data continuation x'),
  protocol('SPEC 5.4 data that was not announced', rows, '1 3 0 command-data continuation x'),
  protocol('SPEC 5.13 an answer to its own request', rows, '1 3 0 command-response continuation x'),
  protocol('SPEC 8.1.5 a drain, as only servers send', "0 1 0 drain 0 cbor:{b'after': 0, b'jitter': 0}"),
  protocol('SPEC 4.1 a frame on a stream of the other side', `1 4 stream-begin command-request new ${ROWS}`),
  protocol('SPEC 4.3 a stream that was not begun', `1 3 0 command-request new ${ROWS}`),
  protocol('SPEC 4.3 a stream that is begun twice', upload, '1 3 stream-begin command-data continuation x'),
  protocol('SPEC 8.1.4 a ping on a stream of requests', "0 3 stream-begin ping 0 cbor:b''"),
  tooMany('SPEC 9.1.16 acks that say nothing new', ...times(FLOOD, '0 1 0 ack 0 cbor:0')),
  tooMany('SPEC 9.1.16 pings without end', ...times(FLOOD, "0 1 0 ping 0 cbor:b''")),
  tooMany('SPEC 9.1.16 grants of crumbs', rows, ...times(FLOOD, '1 3 0 credit 0 cbor:1')),
  tooMany('SPEC 9.1.16 empty frames that end nothing', upload, ...times(FLOOD, '1 3 0 command-data continuation ')),
  tooMany(
    'SPEC 9.1.16 requests for nothing',
    "1 3 stream-begin command-request new cbor:{b'name': b'no'}",
    ...Array.from(
      { length: FLOOD },
      (_, n) => `${((2 * n + 3) % 65_536) | 1} 3 0 command-request new cbor:{b'name': b'no'}`,
    ),
  ),
];

describe('a client that lies', () => {
  let gateway: Gateway;
  let mux = '';

  beforeAll(async () => {
    gateway = createGateway({ port: 0, logLevel: 'silent', commands: makeChaosCommands() });
    mux = `${(await gateway.listen()).url.replace('http:', 'ws:')}mux`;
  });
  afterAll(() => gateway.close());

  /** Requests of an honest client, all kinds of them, that run while `lie` is told: they are not harmed. */
  const besideHonest = async (lie: () => Promise<void>): Promise<void> => {
    const honest = connectForTest<typeof chaosContract>(mux);
    servePage(honest);
    const outcomes = drawJobs(1, 8).map((job) => runJob(honest, job));
    await lie();
    expect((await Promise.all(outcomes)).map(({ error }) => error)).toEqual(drawJobs(1, 8).map(() => undefined));
    honest.close();
  };

  it.each(LIES)('$title', async ({ frames, code, says }) => {
    await besideHonest(async () => {
      const liar = await RawClient.greet(mux);
      liar.send(...frames);
      expect(await liar.closed).toMatchObject({ code });
      const errors = liar.received.filter((frame) => /^0 2 \S+ error-response /.test(frame));
      if (says === undefined) expect(errors).toEqual([]);
      else expect(errors).toEqual([expect.stringContaining(says)]);
    });
  });

  it('SPEC 8.7.4 an ack that shrinks', async () => {
    await besideHonest(async () => {
      const liar = await RawClient.greet(mux);
      liar.send(rows);
      await liar.until('command-response', 2);
      liar.send('0 1 0 ack 0 cbor:2', '0 1 0 ack 0 cbor:1');
      expect(await liar.closed).toMatchObject({ code: 1002 });
    });
  });

  it('SPEC 8.3.1 a request before the settings', async () => {
    await besideHonest(async () => {
      const liar = await RawClient.open(mux);
      liar.send(rows);
      expect(await liar.closed).toMatchObject({ code: 1002 });
    });
  });

  it('SPEC 7.3 text', async () => {
    await besideHonest(async () => {
      const liar = await RawClient.greet(mux);
      liar.sendText('hello');
      expect(await liar.closed).toMatchObject({ code: 1003 });
    });
  });

  it('SPEC 1.5 a header that announces more than is accepted, of which nothing is waited for', async () => {
    await besideHonest(async () => {
      const liar = await RawClient.greet(mux);
      liar.sendBytes(Uint8Array.of(0xff, 0xff, 0xff, 1, 0, 3, 1, 0x11));
      expect(await liar.closed).toMatchObject({ code: 1002 });
    });
  });

  it('SPEC 8.7.7 acks that never come: no more than a window is sent', async () => {
    await besideHonest(async () => {
      const liar = await RawClient.greet(mux);
      liar.send(rows, '1 3 0 credit 0 cbor:10000000');
      await liar.until('command-response', 2);
      liar.send("0 1 0 ping 0 cbor:b'still there'");
      await liar.until('ping pong');
      const bytes = liar.received.filter((frame) => frame.includes('command-response')).join('').length;
      // Text form is longer than bytes are; the window is 128 KiB of them, and one frame.
      expect(bytes).toBeLessThan(6 * (128 + 64) * 1024);
      liar.terminate();
    });
  });

  it('SPEC 9.1.5 more requests than are allowed: those past it are refused, the others run', async () => {
    await besideHonest(async () => {
      const liar = await RawClient.greet(mux);
      const request = (n: number): string =>
        `${2 * n + 1} 3 ${n === 0 ? 'stream-begin' : '0'} command-request new|have-data ${UPLOAD}`;
      liar.send(...Array.from({ length: 1_030 }, (_, n) => request(n)));
      await liar.until('too-many-requests', 6);
      expect(liar.received.filter((frame) => frame.includes('too-many-requests'))).toHaveLength(6);
      liar.send("0 1 0 ping 0 cbor:b'still there'");
      await liar.until('ping pong');
      liar.terminate();
    });
  });

  it('SPEC 8.4.6 credit and cancels for requests that never were: they may have crossed an end', async () => {
    await besideHonest(async () => {
      const liar = await RawClient.greet(mux);
      liar.send(upload, '7 3 0 credit 0 cbor:100000', '9 3 0 cancel 0 ', "0 1 0 ping 0 cbor:b'still there'");
      await liar.until('ping pong');
      liar.terminate();
    });
  });
});
