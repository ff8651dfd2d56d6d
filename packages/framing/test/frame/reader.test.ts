import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CloseCode } from '../../src/errors.js';
import type { Frame } from '../../src/frame/frame.js';
import { encodeFrame } from '../../src/frame/header.js';
import { EMPTY_PAYLOAD, FrameReader, type FrameSink } from '../../src/frame/reader.js';
import { cutAt, everyChunking } from '../../src/testing/chunking.js';
import { anyFrame } from './arbitraries.js';
import { type FrameRow, fromHex, toHex, vectors } from './vectors.js';

const LIMIT = 65_535;

/** A sink that keeps copies of what it is given. */
function collector(): { frames: Frame[]; sink: FrameSink } {
  const frames: Frame[] = [];
  return {
    frames,
    sink: (header, payload) => {
      frames.push({ ...header, payload: Uint8Array.from(payload) });
      return true;
    },
  };
}

function join(frames: readonly Frame[]): Uint8Array {
  return Uint8Array.from(frames.flatMap((frame) => [...encodeFrame(frame, frame.payload)]));
}

function framesOf(count: number, payloadSize: number): Frame[] {
  return Array.from({ length: count }, (_, index) => ({
    requestId: 2 * index + 1,
    streamId: 3,
    streamFlags: 0,
    type: 3,
    flags: 1,
    payload: new Uint8Array(payloadSize).fill(index),
  }));
}

describe('SPEC 1 frames: reading', () => {
  const rows = vectors<FrameRow>('frames.jsonl');

  it.each(rows)(
    'reads row $requestId/$streamId under every chunking',
    ({ frame, payload, requestId, streamId, streamFlags, type, flags }) => {
      for (const chunks of everyChunking(fromHex(frame))) {
        const reader = new FrameReader(LIMIT);
        const { frames, sink } = collector();
        for (const chunk of chunks) expect(reader.push(chunk, sink)).toBeUndefined();
        expect(frames).toEqual([{ requestId, streamId, streamFlags, type, flags, payload: fromHex(payload) }]);
        expect(reader.pending).toBe(0);
      }
    },
  );

  it('SPEC 1.6 reads all rows as one byte stream under every chunking', () => {
    const bytes = fromHex(rows.map((row) => row.frame).join(''));
    for (const chunks of everyChunking(bytes)) {
      const reader = new FrameReader(LIMIT);
      const { frames, sink } = collector();
      for (const chunk of chunks) reader.push(chunk, sink);
      expect(frames.map((frame) => toHex(encodeFrame(frame, frame.payload)))).toEqual(rows.map((row) => row.frame));
    }
  });

  it('gives the same frames for any frames and cuts', () => {
    fc.assert(
      fc.property(fc.array(anyFrame, { maxLength: 6 }), fc.array(fc.nat(400), { maxLength: 10 }), (frames, cuts) => {
        const bytes = join(frames);
        const edges = cuts.map((cut) => Math.min(cut, bytes.length)).sort((left, right) => left - right);
        const reader = new FrameReader(LIMIT);
        const { frames: got, sink } = collector();
        for (const chunk of cutAt(bytes, edges)) reader.push(chunk, sink);
        expect(got).toEqual(frames);
      }),
    );
  });

  it('SPEC 1.2 reads a frame of 70,000 bytes where it is allowed', () => {
    const frame = {
      requestId: 1,
      streamId: 1,
      streamFlags: 1,
      type: 2,
      flags: 2,
      payload: new Uint8Array(70_000).fill(7),
    };
    const bytes = encodeFrame(frame, frame.payload);
    for (const chunks of everyChunking(bytes)) {
      const reader = new FrameReader(70_000);
      const { frames, sink } = collector();
      for (const chunk of chunks) reader.push(chunk, sink);
      expect(frames).toHaveLength(1);
      expect(frames[0]?.payload.length).toBe(70_000);
    }
  });

  it('reads any bytes without throwing', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 5 }), (chunks) => {
        const reader = new FrameReader(100);
        for (const chunk of chunks) {
          const fault = reader.push(chunk, (_, payload) => payload.length <= 100);
          if (fault !== undefined) expect(fault.rule).toBe('1.5');
        }
      }),
    );
  });
});

describe('SPEC 1.5 payload limit', () => {
  const header = { requestId: 1, streamId: 1, streamFlags: 0, type: 2, flags: 1 };
  const atLimit = encodeFrame(header, new Uint8Array(1_000));
  const pastLimit = encodeFrame(header, new Uint8Array(1_001));

  it('takes a payload at the limit', () => {
    const reader = new FrameReader(1_000);
    const { frames, sink } = collector();
    expect(reader.push(atLimit, sink)).toBeUndefined();
    expect(frames).toHaveLength(1);
  });

  it('refuses one past it from the header alone, wherever it is cut', () => {
    for (const chunks of everyChunking(pastLimit.subarray(0, 8))) {
      const reader = new FrameReader(1_000);
      const { frames, sink } = collector();
      const whole = chunks.findIndex(
        (_, index) => chunks.slice(0, index + 1).reduce((sum, { length }) => sum + length, 0) === 8,
      );
      const faults = chunks.map((chunk) => reader.push(chunk, sink));
      expect(faults.findIndex((fault) => fault !== undefined)).toBe(whole);
      expect(faults[whole]).toMatchObject({ rule: '1.5', closeCode: CloseCode.Protocol });
      expect(frames).toEqual([]);
      expect(reader.pending).toBe(0);
    }
  });

  it('delivers what came before the fault, and nothing after it', () => {
    const reader = new FrameReader(1_000);
    const { frames, sink } = collector();
    const fault = reader.push(Uint8Array.from([...atLimit, ...pastLimit, ...atLimit]), sink);
    expect(fault?.rule).toBe('1.5');
    expect(reader.push(atLimit, sink)).toBe(fault);
    expect(reader.resume(sink)).toBe(fault);
    expect(frames).toHaveLength(1);
  });

  it('applies a new limit from the next header on', () => {
    const reader = new FrameReader(1_000);
    const { frames, sink } = collector();
    reader.push(atLimit.subarray(0, 500), sink);
    reader.setMaxPayload(10);
    expect(reader.push(atLimit.subarray(500), sink)).toBeUndefined();
    expect(frames).toHaveLength(1);
    expect(reader.push(atLimit.subarray(0, 8), sink)?.rule).toBe('1.5');
  });

  it('applies a limit that the sink raises to the very next frame', () => {
    const reader = new FrameReader(1_000);
    const { frames, sink } = collector();
    const fault = reader.push(Uint8Array.from([...atLimit, ...pastLimit]), (header, payload) => {
      reader.setMaxPayload(1_001);
      return sink(header, payload);
    });
    expect(fault).toBeUndefined();
    expect(frames.map((frame) => frame.payload.length)).toEqual([1_000, 1_001]);
  });
});

describe('SPEC 1 frames: memory', () => {
  it('gives a view of the chunk for a frame inside it, also of a Buffer', () => {
    const [frame] = framesOf(1, 10);
    if (frame === undefined) throw new Error('no frame');
    const chunk = Buffer.from(encodeFrame(frame, frame.payload));
    const payloads: Uint8Array[] = [];
    new FrameReader(LIMIT).push(chunk, (_, payload) => payloads.push(payload) > 0);
    expect(payloads[0]?.buffer).toBe(chunk.buffer);
    expect(payloads[0]?.constructor).toBe(Uint8Array);
  });

  it('gives memory of exactly its size for a frame that is cut', () => {
    const bytes = join(framesOf(1, 100));
    const reader = new FrameReader(LIMIT);
    const payloads: Uint8Array[] = [];
    const sink: FrameSink = (_, payload) => payloads.push(payload) > 0;
    reader.push(bytes.slice(0, 50), sink);
    expect(reader.pending).toBe(50);
    reader.push(bytes.slice(50, 60), sink);
    expect(reader.pending).toBe(60);
    reader.push(bytes.slice(60), sink);
    expect(payloads).toEqual([new Uint8Array(100)]);
    expect(payloads[0]?.buffer.byteLength).toBe(100);
    expect(reader.pending).toBe(0);
  });

  it('does not copy a frame cut between chunks that continue each other in memory', () => {
    const bytes = join(framesOf(2, 100));
    for (const cuts of everyChunking(bytes)) {
      const reader = new FrameReader(LIMIT);
      const payloads: Uint8Array[] = [];
      for (const chunk of cuts) reader.push(chunk, (_, payload) => payloads.push(payload) > 0);
      expect(payloads.map((payload) => payload.buffer === bytes.buffer)).toEqual([true, true]);
      expect(payloads).toEqual([bytes.subarray(8, 108), bytes.subarray(116)]);
    }
  });

  it('copies one whose later chunks lie elsewhere', () => {
    const bytes = join(framesOf(1, 100));
    const reader = new FrameReader(LIMIT);
    const payloads: Uint8Array[] = [];
    const sink: FrameSink = (_, payload) => payloads.push(payload) > 0;
    reader.push(bytes.subarray(0, 30), sink);
    reader.push(bytes.subarray(30, 40), sink);
    expect(reader.pending).toBe(40);
    reader.push(bytes.slice(40), sink);
    expect(payloads).toEqual([bytes.subarray(8)]);
    expect(payloads[0]?.buffer.byteLength).toBe(100);
  });

  it('shares one empty payload and one header object', () => {
    const bytes = join(framesOf(3, 0));
    const seen = new Set<unknown>();
    new FrameReader(LIMIT).push(bytes, (header, payload) => {
      seen.add(header);
      expect(payload).toBe(EMPTY_PAYLOAD);
      return true;
    });
    expect(seen.size).toBe(1);
  });
});

describe('SPEC 8.3.2 a reader that is stopped', () => {
  it('holds the rest until it is resumed, one frame at a time, under every chunking', () => {
    const frames = framesOf(5, 9);
    for (const chunks of everyChunking(join(frames))) {
      const reader = new FrameReader(LIMIT);
      const { frames: got, sink } = collector();
      const one: FrameSink = (header, payload) => {
        sink(header, payload);
        return false;
      };
      for (const chunk of chunks) reader.push(chunk, one);
      expect(got).toHaveLength(1);
      expect(reader.pending).toBe(4 * 17);
      for (let count = 2; count <= 5; count++) {
        reader.resume(one);
        expect(got).toHaveLength(count);
        expect(reader.pending).toBe((5 - count) * 17);
      }
      expect(got).toEqual(frames);
    }
  });

  it('reads on by itself after a resume that was not stopped', () => {
    const frames = framesOf(4, 3);
    const bytes = join(frames);
    const reader = new FrameReader(LIMIT);
    const { frames: got, sink } = collector();
    reader.push(bytes.subarray(0, 15), (header, payload) => {
      sink(header, payload);
      return false;
    });
    expect(reader.resume(sink)).toBeUndefined();
    reader.push(bytes.subarray(15), sink);
    expect(got).toEqual(frames);
    expect(reader.pending).toBe(0);
  });

  it('finds the fault in held bytes only when it gets there', () => {
    const bytes = Uint8Array.from([...join(framesOf(2, 5)), ...join(framesOf(1, 6))]);
    const reader = new FrameReader(5);
    expect(reader.push(bytes, () => false)).toBeUndefined();
    expect(reader.resume(() => true)?.rule).toBe('1.5');
    expect(reader.pending).toBe(0);
  });

  it('SPEC 1.5 gives nothing of what is held behind a fault', () => {
    const reader = new FrameReader(5);
    const { frames, sink } = collector();
    reader.push(join(framesOf(1, 5)), () => false);
    reader.push(join(framesOf(1, 6)), sink);
    reader.push(join(framesOf(1, 5)), sink);
    expect(reader.resume(sink)?.rule).toBe('1.5');
    expect([frames, reader.pending]).toEqual([[], 0]);
  });

  it('can be stopped and resumed again and again', () => {
    const frames = framesOf(6, 3);
    const reader = new FrameReader(LIMIT);
    const { frames: got, sink } = collector();
    const one: FrameSink = (header, payload) => {
      sink(header, payload);
      return false;
    };
    for (let count = 0; count < 6; count += 2) {
      reader.push(join(frames.slice(count, count + 2)), one);
      reader.resume(sink);
      expect([got.length, reader.pending]).toEqual([count + 2, 0]);
    }
    expect(got).toEqual(frames);
  });
});
