import { describe, expect, it } from 'vitest';
import { CloseCode, DIALECTS, Peer, type PeerEvent, Responder, WiremuxError } from '../../src/index.js';
import { peerStats } from '../../src/reactor/stats.js';
import { type End, pair } from './harness.js';

const KiB = 1_024;

type OnServer = (event: PeerEvent, peer: Peer) => void;

/** Answers with the command's name. */
const answerName: OnServer = (event, peer) => {
  if (event.kind !== 'request') return;
  peer.sendValue(event.id, new TextEncoder().encode(event.name));
  peer.endAnswer(event.id);
};

/** The order in which answers ended at the client. */
function endings(end: End): number[] {
  return end.events.flatMap((event) => (event.kind === 'ended' || event.kind === 'failed' ? [event.id] : []));
}

function text(values: readonly unknown[]): string[] {
  return values.map((value) => new TextDecoder().decode(value as Uint8Array));
}

describe.each(DIALECTS.map(({ name }) => name))('SPEC 7.6 a half-duplex exchange in %s', (dialect) => {
  const exchange = (onServer: OnServer = answerName, options: Parameters<typeof pair>[0] = {}) =>
    pair({ dialect, halfDuplex: true, onServer, ...options });

  it('answers, and tells both ends that all was sent', async () => {
    const { clock, client, server } = exchange();
    const ids = ['a', 'b', 'c'].map((name) => client.peer.open({ name }));
    client.peer.flush(clock.now());
    await clock.settle();
    expect(ids.flatMap((id) => text(client.values(id)))).toEqual(['a', 'b', 'c']);
    expect(endings(client)).toEqual(ids);
    expect([client.peer.outputEnded, server.peer.outputEnded]).toEqual([true, true]);
  });

  it('SPEC 7.9 sends nothing before it is flushed', async () => {
    const { clock, client, server } = exchange();
    client.peer.open({ name: 'x' });
    await clock.settle();
    expect(server.peer.inspect(peerStats).bytes.in).toBe(0);
    expect(client.peer.outputEnded).toBe(false);
    client.peer.flush(clock.now());
    await clock.settle();
    expect(server.of('request')).toHaveLength(1);
  });

  it('SPEC 7.9 opens nothing after it was flushed', async () => {
    const { clock, client } = exchange();
    client.peer.open({ name: 'x' });
    expect(client.peer.openSlots).toBeGreaterThan(0);
    client.peer.flush(clock.now());
    expect(client.peer.openSlots).toBe(0);
    expect(() => client.peer.open({ name: 'y' })).toThrow(expect.objectContaining({ code: 'unsupported' }));
  });

  it('is ready at once, and asks for no time', () => {
    const { client } = exchange();
    expect(client.peer.takeEvents()).toMatchObject([{ kind: 'ready' }]);
    expect(client.peer.nextTimeout()).toBeUndefined();
  });

  it('SPEC 7.7 holds every answer until the input has ended, then sends them in order of completion', async () => {
    const { clock, client, server } = exchange((event, peer) => {
      if (event.kind === 'data-end') for (const id of [5, 1, 3]) answerName({ ...request, id }, peer);
    });
    const request = { kind: 'request', name: 'x', args: {}, hasData: false, channel: undefined } as const;
    for (const name of ['a', 'b', 'c']) client.peer.open({ name });
    const last = client.peer.open({ name: 'd', hasData: true });
    client.peer.sendData(last, new Uint8Array(10));
    client.peer.flush(clock.now());
    await clock.settle();
    expect(server.of('data', last)).toHaveLength(1);
    expect(client.peer.outputEnded).toBe(false);
    expect(server.peer.inspect(peerStats).bytes.out).toBe(0);
    client.peer.endData(last);
    await clock.settle();
    expect(client.peer.outputEnded).toBe(true);
    expect(endings(client)).toEqual([5, 1, 3]);
    expect(server.peer.outputEnded).toBe(false);
    server.peer.endAnswer(last);
    await clock.settle();
    expect(endings(client)).toEqual([5, 1, 3, last]);
    expect(server.peer.outputEnded).toBe(true);
  });

  it('SPEC 7.7 streams an answer that goes on, behind those that are complete', async () => {
    const { clock, client, server } = exchange((event, peer) => {
      if (event.kind === 'request' && event.name === 'long') peer.sendValue(event.id, Uint8Array.of(1));
      else answerName(event, peer);
    });
    const long = client.peer.open({ name: 'long' });
    const short = client.peer.open({ name: 'short' });
    client.peer.flush(clock.now());
    await clock.settle();
    expect(endings(client)).toEqual([short]);
    expect(client.values(long)).toEqual([Uint8Array.of(1)]);
    const order = client.events.filter(({ kind }) => kind === 'values');
    expect(order).toMatchObject([{ id: short }, { id: long }]);
    server.peer.sendValue(long, Uint8Array.of(2));
    await clock.settle();
    expect(client.values(long)).toHaveLength(2);
    server.peer.endAnswer(long);
    await clock.settle();
    expect(endings(client)).toEqual([short, long]);
  });

  it('SPEC 7.7 tells a command that waited for the end of the input when there is room', async () => {
    let left = 40;
    const { clock, client, server } = exchange((event, peer) => {
      if ((event.kind !== 'request' && event.kind !== 'answer-writable') || event.id !== 1) return;
      while (left > 0) {
        left--;
        if (!peer.sendValue(event.id, new Uint8Array(10 * KiB))) return;
      }
      peer.endAnswer(event.id);
    });
    const waiting = client.peer.open({ name: 'w' });
    const upload = client.peer.open({ name: 'u', hasData: true });
    client.peer.flush(clock.now());
    await clock.settle();
    expect(left).toBeGreaterThan(30);
    client.peer.cancel(upload);
    server.peer.endAnswer(upload);
    await clock.settle();
    expect(client.values(waiting)).toHaveLength(40);
    expect(client.of('ended', waiting)).toHaveLength(1);
  });

  it('SPEC 7.8 lets a command answer while it reads, however much', async () => {
    const waiting: Uint8Array[] = [];
    let hasRoom = true;
    let complete = false;
    const { clock, client, server } = exchange(
      (event, peer) => {
        if (event.kind === 'data') waiting.push(event.bytes);
        if (event.kind === 'data-end') complete = true;
        if (event.kind === 'answer-writable') hasRoom = true;
        for (let piece = waiting[0]; hasRoom && piece !== undefined; piece = waiting[0]) {
          hasRoom = peer.sendValue(1, piece.slice());
          peer.dataTaken(1, piece.length);
          waiting.shift();
        }
        if (complete && waiting.length === 0) peer.endAnswer(1);
      },
      { limits: { pausedBytes: 16 * KiB, sendQueueHighWater: 16 * KiB } },
    );
    server.taking = false;
    const id = client.peer.open({ name: 'x', hasData: true });
    client.peer.flush(clock.now());
    const sent = Array.from({ length: 50 }, (_, at) => new Uint8Array(4 * KiB).fill(at));
    for (const piece of sent) client.peer.sendData(id, piece);
    client.peer.endData(id);
    await clock.settle();
    expect(Buffer.concat(client.values(id) as Uint8Array[]).equals(Buffer.concat(sent))).toBe(true);
  });

  it('SPEC 7.8 makes a command wait that refused its data', async () => {
    const rooms: boolean[] = [];
    const { clock, client } = exchange((event, peer) => {
      if (event.kind !== 'request') return;
      rooms.push(peer.sendValue(event.id, new Uint8Array(100 * KiB)));
      peer.refuseData(event.id);
      rooms.push(peer.sendValue(event.id, new Uint8Array(1)));
    });
    client.peer.open({ name: 'x', hasData: true });
    client.peer.flush(clock.now());
    await clock.settle();
    expect(rooms).toEqual([true, false]);
  });

  describe('SPEC 7.8, 9.1.25 the answers that are held', () => {
    const held = (bytes: readonly number[], heldAnswers: number) => {
      const running = new Set<number>();
      const made = exchange(
        (event, peer) => {
          if (event.kind !== 'request' || event.hasData) return;
          const size = bytes[running.size] as number;
          running.add(event.id);
          peer.sendValue(event.id, new Uint8Array(size));
          if (size % 2 === 1) peer.endAnswer(event.id);
        },
        { limits: { heldAnswers } },
      );
      const ids = bytes.map((_, at) => made.client.peer.open({ name: `c${at}` }));
      const upload = made.client.peer.open({ name: 'upload', hasData: true });
      made.client.peer.flush(made.clock.now());
      return { ...made, ids, upload };
    };

    it.each([
      ['has run', 10_001],
      ['runs', 10_000],
    ])('make the longest fail, be it one that %s', async (_, size) => {
      const { clock, client, server, ids, upload } = held([101, size, 201], 10_300);
      await clock.settle();
      expect(server.of('cancelled')).toMatchObject(
        size % 2 === 1 ? [] : [{ id: ids[1], error: { code: 'too-big', message: expect.stringContaining('10300') } }],
      );
      client.peer.endData(upload);
      server.peer.endAnswer(upload);
      await clock.settle();
      const code = dialect === 'wiremux.1' ? 'too-big' : 'remote-error';
      expect(client.error(ids[1] as number)).toMatchObject({ code, message: expect.stringContaining('10300') });
      expect(client.values(ids[1] as number)).toEqual([]);
      expect(client.values(ids[0] as number)).toEqual([new Uint8Array(101)]);
      expect(client.values(ids[2] as number)).toEqual([new Uint8Array(201)]);
    });
  });

  it('SPEC 7.8 stops a command in the middle of its loop', async () => {
    let sent = 0;
    const { clock, client, server } = exchange(
      (event, peer) => {
        if (event.kind !== 'request') return;
        while (sent < 1_000 && peer.sendValue(event.id, new Uint8Array(10 * KiB))) sent++;
      },
      { limits: { heldAnswers: 100 * KiB } },
    );
    const id = client.peer.open({ name: 'x', hasData: true });
    client.peer.flush(clock.now());
    await clock.settle();
    expect(sent).toBeLessThan(20);
    expect(server.of('cancelled', id)).toHaveLength(1);
  });

  it('SPEC 7.7 leaves an answer as it is that was complete before its data was cut off', async () => {
    const { clock, client, server } = exchange();
    const whole = client.peer.open({ name: 'whole' });
    const cut = client.peer.open({ name: 'cut', hasData: true });
    client.peer.sendData(cut, new Uint8Array(100));
    client.peer.flush(clock.now());
    await clock.settle();
    server.events.length = 0;
    server.peer.endInput(clock.now());
    await clock.settle();
    expect(text(client.values(whole))).toEqual(['whole']);
    expect(client.error(cut)).toBeUndefined();
    expect(text(client.values(cut))).toEqual(['cut']);
  });

  it('SPEC 7.7 fails a running command whose data is cut off', async () => {
    const { clock, client, server } = exchange((event, peer) => {
      if (event.kind === 'request' && !event.hasData) answerName(event, peer);
      if (event.kind === 'data') peer.sendValue(event.id, Uint8Array.of(7));
    });
    const cut = client.peer.open({ name: 'cut', hasData: true });
    const whole = client.peer.open({ name: 'whole' });
    client.peer.sendData(cut, new Uint8Array(100));
    client.peer.flush(clock.now());
    await clock.settle();
    server.peer.endInput(clock.now());
    await clock.settle();
    expect(server.of('cancelled', cut)).toMatchObject([{ error: { code: 'protocol' } }]);
    expect(client.error(cut)?.message).toContain('before the data of the request');
    expect(client.values(cut)).toEqual([]);
    expect(text(client.values(whole))).toEqual(['whole']);
    expect(server.closed).toBeUndefined();
  });

  it('SPEC 7.9 fails what is open when the answers end too early', async () => {
    const { clock, client } = exchange((event, peer) => {
      if (event.kind === 'request' && event.name === 'a') answerName(event, peer);
    });
    const [a, b] = ['a', 'b'].map((name) => client.peer.open({ name })) as [number, number];
    client.peer.flush(clock.now());
    await clock.settle();
    client.peer.endInput(clock.now());
    await clock.settle();
    expect(client.of('ended', a)).toHaveLength(1);
    expect(client.error(b)).toMatchObject({ code: 'connection-lost' });
  });

  it('SPEC 5.8 pauses an upload nobody reads, and goes on when it is read', async () => {
    const { clock, client, server } = exchange(() => undefined, { limits: { pausedBytes: 8 * KiB } });
    server.taking = false;
    const id = client.peer.open({ name: 'x', hasData: true });
    const received = () => server.of('data', id).reduce((sum, { bytes }) => sum + bytes.length, 0);
    client.peer.flush(clock.now());
    for (let at = 0; at < 20; at++) client.peer.sendData(id, new Uint8Array(10 * KiB));
    client.peer.endData(id);
    await clock.settle();
    expect(server.peer.readPaused).toBe(true);
    expect(server.of('data-end', id)).toEqual([]);
    for (let round = 0, taken = 0; round < 20; round++) {
      const held = received() - taken;
      taken += held;
      server.peer.dataTaken(id, held);
      await clock.settle();
    }
    expect(server.of('data-end', id)).toHaveLength(1);
    expect(received()).toBe(200 * KiB);
  });

  it('SPEC 7.9 leaves one request of several alone', async () => {
    const { clock, client, server } = exchange();
    const [a, b] = ['a', 'b'].map((name) => client.peer.open({ name })) as [number, number];
    client.peer.flush(clock.now());
    client.peer.cancel(a);
    await clock.settle();
    expect(client.of('stopped', a)).toMatchObject([{ result: expect.stringMatching(/left|stopped/) }]);
    expect(client.values(a)).toEqual([]);
    expect(text(client.values(b))).toEqual(['b']);
    expect(server.closed).toBeUndefined();
  });

  it('SPEC 7.9 stops the commands when the exchange is aborted', async () => {
    const { clock, client, server } = exchange(() => undefined);
    const id = client.peer.open({ name: 'x' });
    client.peer.flush(clock.now());
    await clock.settle();
    client.transport.terminate();
    await clock.settle();
    expect(server.of('cancelled', id)).toHaveLength(1);
    expect(client.error(id)).toMatchObject({ code: 'connection-lost' });
  });

  it('has no requests of the server', () => {
    const { server } = exchange();
    expect(() => server.peer.open({ name: 'x' })).toThrow(expect.objectContaining({ code: 'unsupported' }));
  });

  it('SPEC 7.7 finishes text and progress with their answer', async () => {
    const { clock, client } = exchange((event, peer) => {
      if (event.kind !== 'request') return;
      peer.sendOutput(event.id, [{ text: 'hello', args: [], labels: [] }]);
      answerName(event, peer);
    });
    const id = client.peer.open({ name: 'x' });
    client.peer.flush(clock.now());
    await clock.settle();
    expect(client.of('output', id)).toHaveLength(1);
    expect(client.of('ended', id)).toHaveLength(1);
  });
});

/** Everything a peer has to send, as one body. */
function bodyOf(peer: Peer): Uint8Array {
  const chunks: Uint8Array[] = [];
  for (let message = peer.takeBytes(0); message !== undefined; message = peer.takeBytes(0)) chunks.push(...message);
  return new Uint8Array(Buffer.concat(chunks));
}

describe.each(DIALECTS)('SPEC 7.7, 7.9 bodies in $name that end too early', (dialect) => {
  const made = (role: 'client' | 'server'): Peer =>
    new Peer({ role, responder: Responder, dialect, halfDuplex: true, now: 0, limits: { requestMap: 100_000 } });
  const requests = (peer: Peer): number[] => {
    const long = { name: 'l', args: { a: new Uint8Array(40_000) } };
    const ids = [peer.open({ name: 'a' }), peer.open(long), peer.open({ name: 'd', hasData: true })];
    peer.sendData(ids[2] as number, new Uint8Array(20));
    peer.endData(ids[2] as number);
    peer.flush(0);
    return ids;
  };
  /** Answers as the commands of {@link requests} do. */
  const serve = (peer: Peer, body: Uint8Array): PeerEvent[] => {
    peer.receiveBytes(body.slice(), 0);
    peer.endInput(0);
    const events = peer.takeEvents();
    for (const event of events) {
      if (event.kind === 'data') peer.dataTaken(event.id, event.bytes.length);
      if (event.kind === 'request') answerName(event, peer);
    }
    return [...events, ...peer.takeEvents()];
  };
  /** Some offsets of a body: all near its ends and its frames' edges are among them. */
  const cuts = (body: Uint8Array): number[] =>
    Array.from({ length: body.length + 1 }, (_, at) => at).filter(
      (at) => at < 200 || at > body.length - 200 || at % 997 === 0,
    );

  it('are answered, or are a broken rule, wherever they are cut', () => {
    const client = made('client');
    requests(client);
    const body = bodyOf(client);
    for (const at of cuts(body)) {
      const server = made('server');
      const events = serve(server, body.subarray(0, at));
      bodyOf(server);
      const isBroken = events.some(({ kind }) => kind === 'closing');
      expect(isBroken || server.outputEnded, `cut at ${at}`).toBe(true);
      if (at === body.length) expect(isBroken).toBe(false);
    }
  });

  it('end every request once, wherever the answers are cut', () => {
    const first = made('client');
    requests(first);
    const server = made('server');
    serve(server, bodyOf(first));
    const answers = bodyOf(server);
    for (const at of cuts(answers)) {
      const client = made('client');
      const ids = requests(client);
      bodyOf(client);
      client.receiveBytes(answers.slice(0, at), 0);
      client.endInput(0);
      client.transportClosed(new WiremuxError('connection-lost', 'gone'));
      const ends = client.takeEvents().filter(({ kind }) => kind === 'ended' || kind === 'failed');
      expect(
        ends.map((event) => ('id' in event ? event.id : 0)).sort((a, b) => a - b),
        `cut at ${at}`,
      ).toEqual(ids);
    }
  });
});

describe('SPEC 7.6 a peer that is not half-duplex', () => {
  it('has no end of input, and no end of output', async () => {
    const { clock, client, server } = pair({ onServer: answerName });
    await clock.settle();
    client.peer.flush(clock.now());
    server.peer.endInput(clock.now());
    const id = client.peer.open({ name: 'x' });
    await clock.settle();
    expect(text(client.values(id))).toEqual(['x']);
    expect([client.peer.outputEnded, server.peer.outputEnded]).toEqual([false, false]);
    client.peer.endInput(clock.now());
    client.link.close(CloseCode.Normal, '');
    await clock.settle();
    expect(server.closed).toMatchObject({ code: 1000 });
  });
});
