import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, type FrameHeader, type Limits, type ProtocolFault, StreamFlag } from '../../src/index.js';
import { DecodeQueue } from '../../src/stream/decode-queue.js';
import { type InboundStream, InboundStreams } from '../../src/stream/inbound.js';
import { encode, encodedRun, FakeCodec } from './fake-codec.js';

const RESPONSE = 3;
const ERROR = 5;
const KiB = 1_024;

interface RigOptions {
  readonly codec?: FakeCodec;
  readonly stepped?: boolean;
  readonly limits?: Partial<Limits>;
  readonly streams?: number;
  readonly deliver?: () => ProtocolFault | undefined;
}

/** A queue with streams, and what it delivers. */
class Rig {
  readonly codec: FakeCodec;
  readonly streams = new InboundStreams(1, 100, 1);
  readonly queue: DecodeQueue;
  readonly delivered: { readonly header: FrameHeader; readonly plain: Uint8Array }[] = [];
  paused = false;
  calls = 0;
  readonly #before = new Map<number, number>();

  constructor(options: RigOptions = {}) {
    this.codec = options.codec ?? new FakeCodec();
    this.queue = new DecodeQueue({
      limits: { ...DEFAULT_LIMITS, ...options.limits },
      stepped: options.stepped ?? false,
      deliver: (header, plain) => {
        this.delivered.push({ header: { ...header }, plain });
        return options.deliver?.();
      },
      pieceOf: (header) => (header.type === RESPONSE ? { ...header, flags: 1 } : undefined),
      paused: () => this.paused,
      onDone: () => {
        this.calls++;
      },
    });
    this.queue.reserve(options.streams ?? 4);
  }

  /** Begins streams that are encoded. */
  begin(...ids: number[]): (ProtocolFault | undefined)[] {
    return ids.map((id) => {
      this.#before.set(id, 0);
      return this.queue.configure(this.#receive(id, StreamFlag.Begin, 0), this.codec);
    });
  }

  /** A frame with this plain payload. */
  send(
    id: number,
    requestId: number,
    plain: Uint8Array,
    streamFlags: number = StreamFlag.Encoded,
  ): ProtocolFault | undefined {
    const before = this.#before.get(id) ?? 0;
    const encoded = (streamFlags & StreamFlag.Encoded) !== 0;
    if (encoded) this.#before.set(id, before + plain.length);
    return this.sendRaw(id, requestId, encoded ? encode(plain, before) : plain, streamFlags);
  }

  sendRaw(
    id: number,
    requestId: number,
    payload: Uint8Array,
    streamFlags: number = StreamFlag.Encoded,
    type = RESPONSE,
  ): ProtocolFault | undefined {
    const stream = this.#receive(id, streamFlags, payload.length);
    return this.queue.receive(stream, { requestId, streamId: id, streamFlags, type, flags: 2 }, payload);
  }

  /** What was delivered, as `request:first byte`. */
  get order(): string[] {
    return this.delivered.map(({ header, plain }) => `${header.requestId}:${plain[0]}`);
  }

  #receive(id: number, streamFlags: number, bytes: number): InboundStream {
    const stream = this.streams.receive({ requestId: 1, streamId: id, streamFlags, type: 1, flags: 1 }, bytes);
    if ('rule' in stream) throw new Error(stream.message);
    return stream;
  }
}

const bytes = (...of: number[]): Uint8Array => new Uint8Array(of);
const leaving = (): FakeCodec => new FakeCodec({ leaves: () => true });

describe('SPEC 4.6, 4.13 decoding', () => {
  it('SPEC 4.6 passes encoded frames through their stream, and plain ones by it', () => {
    const rig = new Rig();
    rig.begin(3);
    rig.send(3, 1, bytes(1, 2, 3));
    rig.send(3, 1, bytes(9), 0);
    rig.send(3, 5, bytes(4));
    rig.send(3, 1, new Uint8Array(0));
    expect(rig.delivered.map(({ plain }) => [...plain])).toEqual([[1, 2, 3], [9], [4], []]);
    expect(rig.queue.idle).toBe(true);
  });

  it('SPEC 4.6 takes encoded on an identity stream for nothing', () => {
    const rig = new Rig();
    rig.sendRaw(3, 1, bytes(7), StreamFlag.Begin | StreamFlag.Encoded);
    expect(rig.order).toEqual(['1:7']);
  });

  it('SPEC 4.13 ends with a protocol error where bytes are none of the encoding, now or later', async () => {
    const now = new Rig();
    now.begin(3);
    expect(now.sendRaw(3, 1, bytes(1, 2))?.rule).toBe('4.13');
    const later = new Rig({ codec: leaving() });
    later.begin(3);
    expect(later.sendRaw(3, 1, bytes(1, 2))).toBeUndefined();
    expect(later.queue.advance()).toBeUndefined();
    await later.codec.finish();
    expect(later.queue.advance()?.rule).toBe('4.13');
  });

  it('SPEC 4.13 ends with a protocol error where a decoder fails', async () => {
    const rig = new Rig({ codec: new FakeCodec({ leaves: () => true, decodingsFail: true }) });
    rig.begin(3);
    rig.send(3, 1, bytes(1));
    await rig.codec.finish();
    expect(rig.queue.advance()).toMatchObject({ rule: '4.13' });
    expect(rig.delivered).toEqual([]);
  });

  it('returns what the frame was refused for', () => {
    const broken = { rule: '5.5', message: 'no', closeCode: 1002 } as const;
    for (const flags of [0, StreamFlag.Encoded]) {
      const rig = new Rig({ deliver: () => broken });
      rig.begin(3);
      expect(rig.send(3, 1, bytes(1), flags)).toBe(broken);
    }
  });
});

describe('SPEC 4.4 the end of a stream', () => {
  it('closes its decoder, also on the frame that began it or one that is plain', () => {
    const rig = new Rig();
    rig.begin(3);
    rig.send(3, 1, bytes(1));
    expect(rig.codec.decoders).toBe(1);
    rig.send(3, 1, bytes(2), StreamFlag.Encoded | StreamFlag.End);
    expect(rig.codec.decoders).toBe(0);
    rig.begin(3);
    rig.send(3, 1, bytes(3));
    rig.send(3, 1, bytes(4), StreamFlag.End);
    expect(rig.codec.decoders).toBe(0);
    rig.sendRaw(3, 1, bytes(5), StreamFlag.Begin | StreamFlag.End);
    expect(rig.order).toEqual(['1:1', '1:2', '1:3', '1:4', '1:5']);
  });

  it('leaves its decoder to the frames before it, and its place to the next stream only then', async () => {
    const rig = new Rig({ codec: leaving(), streams: 1 });
    rig.begin(3);
    rig.send(3, 1, bytes(1));
    rig.send(3, 3, bytes(2), StreamFlag.Encoded | StreamFlag.End);
    expect(rig.begin(5)).toEqual([undefined]);
    rig.send(5, 5, bytes(3));
    for (let most = 0; most < 3; most++) {
      expect([rig.codec.decoders, rig.codec.jobs.length]).toEqual([1, 1]);
      await rig.codec.finish();
      rig.queue.advance();
    }
    expect(rig.order).toEqual(['1:1', '3:2', '5:3']);
  });

  it('SPEC 9.1.20 is needed before another stream may be encoded', () => {
    const rig = new Rig({ streams: 2 });
    expect(rig.begin(3, 5)).toEqual([undefined, undefined]);
    expect(rig.begin(7)[0]).toMatchObject({ rule: '9.1.20', closeCode: 1002 });
    rig.send(3, 1, bytes(1), StreamFlag.End);
    expect(rig.begin(9)).toEqual([undefined]);
  });

  it('of one that is over with its settings takes no place', () => {
    const rig = new Rig({ streams: 1 });
    const both = StreamFlag.Begin | StreamFlag.End;
    const stream = rig.streams.receive({ requestId: 0, streamId: 3, streamFlags: both, type: 9, flags: 2 }, 5);
    expect(rig.queue.configure(stream as InboundStream, rig.codec)).toBeUndefined();
    expect(rig.begin(5)).toEqual([undefined]);
  });
});

describe('SPEC 4.14 decoders that leave the event loop', () => {
  it('keep the order of each request across streams, and hold up no other', async () => {
    const rig = new Rig({ codec: leaving() });
    rig.begin(3, 5);
    rig.send(3, 1, bytes(1));
    rig.send(5, 1, bytes(2));
    rig.send(5, 1, bytes(3), 0);
    rig.send(5, 7, bytes(4), 0);
    rig.sendRaw(7, 9, bytes(5), StreamFlag.Begin);
    expect(rig.order).toEqual(['7:4', '9:5']);
    expect(rig.codec.jobs.length).toBe(1);
    await rig.codec.finish();
    rig.queue.advance();
    expect(rig.order.slice(2)).toEqual(['1:1']);
    await rig.codec.finish();
    rig.queue.advance();
    expect(rig.order.slice(3)).toEqual(['1:2', '1:3']);
    expect(rig.calls).toBe(2);
  });

  it('SPEC 9.1.24 are waited for: past the limit nothing more is read', async () => {
    const rig = new Rig({ codec: leaving(), limits: { decodeQueue: 2 * 128 + 16 } });
    rig.begin(3);
    rig.send(3, 1, bytes(1, 2, 3));
    rig.send(3, 3, bytes(4, 5, 6));
    expect(rig.queue.full).toBe(false);
    rig.sendRaw(3, 3, new Uint8Array(0), 0);
    expect(rig.queue.full).toBe(true);
    await rig.codec.finish();
    rig.queue.advance();
    expect(rig.queue.full).toBe(false);
  });

  it('count for nothing once the connection is dead', async () => {
    const rig = new Rig({ codec: leaving() });
    rig.begin(3);
    rig.send(3, 1, bytes(1));
    rig.send(3, 1, bytes(2));
    rig.queue.close();
    await rig.codec.finish();
    expect([rig.queue.advance(), rig.order, rig.calls, rig.codec.decoders]).toEqual([undefined, [], 0, 0]);
  });

  it('deliver every plain byte once and in order, whatever finishes first', async () => {
    const frame = fc.record({
      stream: fc.constantFrom(3, 5, 7, 9),
      request: fc.constantFrom(1, 3, 5),
      size: fc.constantFrom(0, 1, 20, 300),
      plain: fc.boolean(),
      ends: fc.nat(9).map((nine) => nine === 9),
      leaves: fc.boolean(),
      work: fc.array(fc.nat(5), { maxLength: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { maxLength: 60 }), async (frames) => {
        let leaves = false;
        const rig = new Rig({ codec: new FakeCodec({ leaves: () => leaves }), streams: 3 });
        const open = new Set<number>();
        const sent = new Map<number, number[]>();
        let byte = 0;
        for (const { stream, request, size, plain, ends, work, ...rest } of frames) {
          leaves = rest.leaves;
          if (!open.has(stream)) {
            if (stream === 9) rig.sendRaw(9, 1, new Uint8Array(0), StreamFlag.Begin);
            else expect(rig.begin(stream)).toEqual([undefined]);
            open.add(stream);
          }
          const payload = Uint8Array.from({ length: size }, () => byte++ & 0xff);
          sent.set(request, [...(sent.get(request) ?? []), ...payload]);
          const flags = (plain || stream === 9 ? 0 : StreamFlag.Encoded) | (ends ? StreamFlag.End : 0);
          expect(rig.send(stream, request, payload, flags)).toBeUndefined();
          if (ends) open.delete(stream);
          for (const at of work) {
            await rig.codec.finish(at);
            expect(rig.queue.advance()).toBeUndefined();
          }
          expect(rig.codec.decoders).toBeLessThanOrEqual(3);
        }
        while (rig.codec.jobs.length > 0) {
          await rig.codec.finish();
          expect(rig.queue.advance()).toBeUndefined();
        }
        for (const [request, expected] of sent) {
          const got = rig.delivered.filter(({ header }) => header.requestId === request);
          expect(got.flatMap(({ plain }) => [...plain])).toEqual(expected);
        }
        expect([rig.queue.idle, rig.queue.full]).toEqual([true, false]);
      }),
    );
  });
});

describe('SPEC 9.1.22, 9.1.23 bounds of what a frame decodes to', () => {
  it('SPEC 9.1.22 are in bytes', () => {
    const size = 100 * KiB;
    const limits = { decodedBytes: size, decodedRatio: 1_000_000 };
    const edge = new Rig({ limits });
    edge.begin(3);
    expect(edge.sendRaw(3, 1, encodedRun(1, size))).toBeUndefined();
    expect(edge.delivered[0]?.plain.length).toBe(size);
    const past = new Rig({ limits });
    past.begin(3);
    expect(past.sendRaw(3, 1, encodedRun(1, size + 1))).toMatchObject({ rule: '9.1.22', closeCode: 1002 });
    expect(past.delivered).toEqual([]);
  });

  it('SPEC 9.1.23 are a ratio, from 64 KiB on', () => {
    const payload = encodedRun(1, 1).length;
    const small = new Rig({ limits: { decodedRatio: 2 } });
    small.begin(3, 5);
    expect(small.sendRaw(3, 1, encodedRun(1, 64 * KiB))).toBeUndefined();
    expect(small.sendRaw(5, 1, encodedRun(1, 64 * KiB + 1))?.rule).toBe('9.1.23');
    const limits = { decodedRatio: 10_000 };
    const edge = new Rig({ limits });
    edge.begin(3, 5);
    expect(edge.sendRaw(3, 1, encodedRun(1, payload * 10_000))).toBeUndefined();
    expect(edge.sendRaw(5, 1, encodedRun(1, payload * 10_000 + 1))?.rule).toBe('9.1.23');
  });
});

describe('SPEC 4.15 frames of any size from servers of older dialects', () => {
  it('are handed on in steps, as fast as they are consumed', () => {
    const rig = new Rig({ stepped: true });
    rig.begin(4 - 1);
    const size = 300 * KiB;
    expect(rig.sendRaw(3, 1, encodedRun(7, size))).toBeUndefined();
    expect(rig.delivered.map(({ plain }) => plain.length / KiB)).toEqual([64, 64, 64, 64, 44]);
    expect(rig.delivered.map(({ header }) => header.flags)).toEqual([1, 1, 1, 1, 2]);
    rig.paused = true;
    rig.sendRaw(3, 1, encodedRun(7, size, size));
    rig.sendRaw(3, 3, bytes(9), 0);
    rig.queue.advance();
    expect(rig.delivered.length).toBe(6);
    rig.paused = false;
    rig.queue.advance();
    expect(rig.delivered.length).toBe(11);
  });

  it('stop between steps when nobody consumes', () => {
    let rig: Rig | undefined;
    rig = new Rig({
      stepped: true,
      deliver: () => {
        if (rig !== undefined) rig.paused = true;
        return undefined;
      },
    });
    rig.begin(3);
    rig.sendRaw(3, 1, encodedRun(7, 130 * KiB));
    const counts: number[] = [];
    for (let step = 0; step < 4; step++) {
      counts.push(rig.delivered.length);
      rig.paused = false;
      rig.queue.advance();
    }
    expect(counts).toEqual([1, 2, 3, 3]);
    expect(rig.queue.idle).toBe(true);
  });

  it('are decoded once each, however often they might have been', () => {
    let rig: Rig | undefined;
    rig = new Rig({
      stepped: true,
      deliver: () => {
        if (rig !== undefined) rig.paused = true;
        return undefined;
      },
    });
    rig.begin(3);
    rig.paused = true;
    for (const first of [1, 2, 3]) rig.send(3, 1, bytes(first));
    for (let turn = 0; turn < 4; turn++) {
      rig.paused = false;
      expect(rig.queue.advance()).toBeUndefined();
    }
    expect(rig.order).toEqual(['1:1', '1:2', '1:3']);
    expect(rig.queue.idle).toBe(true);
  });

  it('are left alone once what they gave has ended the connection', () => {
    let rig: Rig | undefined;
    rig = new Rig({
      stepped: true,
      deliver: () => {
        rig?.queue.close();
        return undefined;
      },
    });
    rig.begin(3);
    expect(rig.sendRaw(3, 1, encodedRun(7, 300 * KiB))).toBeUndefined();
    expect([rig.delivered.length, rig.codec.decoders]).toEqual([1, 0]);
  });

  it('SPEC 9.1.22 are whole where they cannot be cut, up to the bound of a frame', () => {
    const limits = { decodedBytes: 200 * KiB };
    const edge = new Rig({ stepped: true, limits });
    edge.begin(3, 5);
    expect(edge.sendRaw(3, 1, encodedRun(7, 200 * KiB), StreamFlag.Encoded, ERROR)).toBeUndefined();
    expect(edge.delivered.map(({ header, plain }) => [header.flags, plain.length])).toEqual([[2, 200 * KiB]]);
    expect(edge.delivered[0]?.plain.every((byte) => byte === 7)).toBe(true);
    expect(edge.sendRaw(5, 1, encodedRun(7, 200 * KiB + 1), StreamFlag.Encoded, ERROR)?.rule).toBe('9.1.22');
    expect(edge.delivered).toHaveLength(1);
    const small = new Rig({ stepped: true, limits: { decodedBytes: 10 } });
    small.begin(3, 5);
    expect(small.sendRaw(3, 1, encodedRun(7, 10), StreamFlag.Encoded, ERROR)).toBeUndefined();
    expect(small.sendRaw(5, 1, encodedRun(7, 11), StreamFlag.Encoded, ERROR)?.rule).toBe('9.1.22');
  });
});
