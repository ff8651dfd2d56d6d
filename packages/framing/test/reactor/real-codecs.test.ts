import { randomBytes } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { zlib } from '../../src/codec/node/zlib.js';
import { dialectByName, Peer, type PeerEvent, Responder, StreamFlag } from '../../src/index.js';
import { LonePeer, rawFrame } from './lone-peer.js';

/** A byte string of this size: text that repeats, or noise. */
const content = ({ size, noise }: { size: number; noise: boolean }): Uint8Array =>
  noise ? randomBytes(size) : Buffer.alloc(size, 'some text that comes again, ');

const piece = fc.record({ size: fc.constantFrom(0, 1, 30, 1_000, 9_000, 70_000, 200_000), noise: fc.boolean() });
const request = fc.record({ answer: fc.array(piece, { maxLength: 4 }), upload: fc.array(piece, { maxLength: 3 }) });

/** Runs requests to their ends; resolves with what arrived of each, answer and upload. */
async function exchange(
  dialectName: string,
  requests: readonly { readonly answer: readonly Uint8Array[]; readonly upload: readonly Uint8Array[] }[],
): Promise<{ readonly answer: Uint8Array; readonly upload: Uint8Array }[]> {
  const dialect = dialectByName(dialectName);
  if (dialect === undefined) throw new Error(dialectName);
  const [client, server] = (['client', 'server'] as const).map(
    (role) => new Peer({ role, responder: Responder, dialect, now: 0, codecs: [zlib()] }),
  ) as [Peer, Peer];
  let awake: () => void = () => undefined;
  for (const peer of [client, server]) peer.onWake(() => awake());
  const answers = new Map<number, Uint8Array[]>();
  const uploads = new Map<number, Uint8Array[]>();
  let open = requests.length;
  const handle = (event: PeerEvent): void => {
    switch (event.kind) {
      case 'request':
        uploads.set(event.id, []);
        server.useChannel(event.id, event.id % 4 === 1 ? 'bulk' : 'default');
        return;
      case 'data':
        uploads.get(event.id)?.push(event.bytes.slice());
        server.dataTaken(event.id, event.bytes.length);
        return;
      case 'data-end':
        for (const value of requests[(event.id - 1) / 2]?.answer ?? []) server.sendValue(event.id, value);
        server.endAnswer(event.id);
        return;
      case 'values':
        answers.get(event.id)?.push(...(event.values as Uint8Array[]));
        client.taken(
          event.id,
          event.sizes.reduce((sum, size) => sum + size, 0),
        );
        return;
      case 'ended':
        open--;
        return;
      case 'failed':
      case 'closing':
        throw new Error(JSON.stringify(event));
      default:
    }
  };
  const move = (from: Peer, to: Peer): void => {
    for (let sent = from.takeBytes(0); sent !== undefined; sent = from.takeBytes(0)) {
      to.receiveBytes(Buffer.concat(sent), 0);
      for (const event of to.takeEvents()) handle(event);
    }
    for (const event of from.takeEvents()) handle(event);
  };
  for (const { upload } of requests) {
    const id = client.open({ name: 'x', hasData: true });
    answers.set(id, []);
    for (const bytes of upload) client.sendData(id, bytes);
    client.endData(id);
  }
  while (open > 0) {
    const something = new Promise<void>((resolve) => {
      awake = resolve;
    });
    move(client, server);
    move(server, client);
    if (open > 0) await something;
  }
  for (const peer of [client, server]) peer.close(1000, 'done');
  return [...answers.keys()].map((id) => ({
    answer: Buffer.concat(answers.get(id) ?? []),
    upload: Buffer.concat(uploads.get(id) ?? []),
  }));
}

describe.each(['wiremux.1', 'exp-framing-0006'])('SPEC 4.10, 4.14 zlib between two peers of %s', (dialect) => {
  it('brings every byte once and in order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 5 }), async (plans) => {
        const requests = plans.map(({ answer, upload }) => ({
          answer: answer.map(content),
          upload: upload.map(content),
        }));
        const got = await exchange(dialect, requests);
        expect(got.length).toBe(requests.length);
        for (const [index, { answer, upload }] of requests.entries()) {
          expect(Buffer.concat(answer).equals(got[index]?.answer ?? Buffer.of(0))).toBe(true);
          expect(Buffer.concat(upload).equals(got[index]?.upload ?? Buffer.of(0))).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('SPEC 4.15, 9.1.22, 9.1.23 a zlib bomb', () => {
  const bomb = deflateSync(Buffer.alloc(16 * 1_024 * 1_024, 0x78));

  async function struck(dialect: string): Promise<LonePeer> {
    const lone = new LonePeer({ role: 'client', dialect, stream: false, codecs: [zlib()] });
    lone.peer.open({ name: 'x' });
    lone.sent();
    lone.feed(
      `0 ${lone.stream} stream-begin stream-settings eos cbor:b'zlib'`,
      `1 ${lone.stream} 0 command-response continuation cbor:{b'status': b'ok'}`,
    );
    const woken = new Promise<void>((resolve) => lone.peer.onWake(resolve));
    lone.feedBytes(rawFrame(1, lone.stream, StreamFlag.Encoded, 3, 1, bomb));
    await woken;
    lone.feedBytes(new Uint8Array(0));
    return lone;
  }

  it('is refused in wiremux.1, before it is decoded', async () => {
    expect(bomb.length).toBeLessThan(17_000);
    const lone = await struck('wiremux.1');
    expect(lone.fault?.rule).toMatch(/9\.1\.2[23]/);
    expect(lone.values(1)).toEqual([]);
  });

  it('is decoded in 0006 no faster than it is taken', async () => {
    const lone = await struck('exp-framing-0006');
    expect(lone.fault).toBeUndefined();
    expect(lone.values(1).length * 122).toBeLessThanOrEqual(1_024 * 1_024 + 65_536);
  });
});
