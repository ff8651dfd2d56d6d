import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WiremuxError } from '../../src/errors.js';
import { FrameBatch } from '../../src/frame/batch.js';
import type { FrameHeader } from '../../src/frame/frame.js';
import { encodeFrame } from '../../src/frame/header.js';
import { anyFrame } from './arbitraries.js';
import { toHex } from './vectors.js';

const header = { requestId: 3, streamId: 4, streamFlags: 1, type: 3, flags: 2 };

function joined(chunks: readonly Uint8Array[]): string {
  return chunks.map(toHex).join('');
}

function begin(batch: FrameBatch, header: FrameHeader, length: number): void {
  const { requestId, streamId, streamFlags, type, flags } = header;
  batch.begin(length, requestId, streamId, streamFlags, type, flags);
}

describe('SPEC 1 frames: batches', () => {
  it('collects small frames in one chunk', () => {
    const batch = new FrameBatch();
    const payloads = Array.from({ length: 1_000 }, (_, index) => new Uint8Array(index % 90).fill(index));
    for (const payload of payloads) batch.append(header, payload);
    const expected = payloads.map((payload) => toHex(encodeFrame(header, payload))).join('');
    expect(batch.size).toBe(expected.length / 2);
    const chunks = batch.take();
    expect(chunks.length).toBeLessThanOrEqual(4);
    expect(joined(chunks)).toBe(expected);
  });

  it('keeps parts of 4 KiB and more uncopied, and copies one byte less', () => {
    const batch = new FrameBatch();
    const large = new Uint8Array(4_096).fill(1);
    const small = new Uint8Array(4_095).fill(2);
    batch.append(header, large);
    batch.append(header, small);
    const expected = toHex(encodeFrame(header, large)) + toHex(encodeFrame(header, small));
    expect(batch.size).toBe(expected.length / 2);
    const chunks = batch.take();
    expect(chunks).toHaveLength(3);
    expect(chunks[1]?.buffer).toBe(large.buffer);
    expect(chunks[2]?.buffer).not.toBe(small.buffer);
    expect(joined(chunks)).toBe(expected);
  });

  it('writes a payload of several parts and ranges', () => {
    const batch = new FrameBatch();
    const bytes = Uint8Array.from({ length: 20_000 }, (_, index) => index);
    begin(batch, header, 10_000);
    batch.write(bytes, 10, 20);
    batch.write(bytes, 5_000, 14_000);
    batch.write(bytes, 0, 0);
    batch.write(bytes, 19_010, 20_000);
    batch.append(header, new Uint8Array(0));
    const payload = [...bytes.subarray(10, 20), ...bytes.subarray(5_000, 14_000), ...bytes.subarray(19_010)];
    const expected =
      toHex(encodeFrame(header, Uint8Array.from(payload))) + toHex(encodeFrame(header, new Uint8Array(0)));
    expect(joined(batch.take())).toBe(expected);
  });

  it('never touches a message again that was taken', () => {
    const batch = new FrameBatch();
    batch.append(header, new Uint8Array(10).fill(1));
    const first = batch.take();
    const before = joined(first);
    batch.append(header, new Uint8Array(10).fill(2));
    const second = batch.take();
    expect(joined(first)).toBe(before);
    expect(joined(second)).toBe(toHex(encodeFrame(header, new Uint8Array(10).fill(2))));
    expect(batch.size).toBe(0);
    expect(batch.take()).toEqual([]);
  });

  it('gives short messages memory that they share with none of another batch', () => {
    const batches = [new FrameBatch(), new FrameBatch()];
    const messages = Array.from({ length: 100 }, (_, index) => {
      const batch = batches[index % 2] as FrameBatch;
      batch.append(header, new Uint8Array(100).fill(index));
      return batch.take();
    });
    const [even, odd] = [0, 1].map((parity) => {
      const own = messages.filter((_, index) => index % 2 === parity);
      return new Set(own.map(([chunk]) => chunk?.buffer));
    }) as [Set<unknown>, Set<unknown>];
    expect(even.size).toBeLessThanOrEqual(8);
    expect([...even].some((buffer) => odd.has(buffer))).toBe(false);
    for (const [index, message] of messages.entries()) {
      expect(joined(message)).toBe(toHex(encodeFrame(header, new Uint8Array(100).fill(index))));
    }
  });

  it('gives batches that are written at the same time memory apart', () => {
    const one = new FrameBatch();
    const other = new FrameBatch();
    for (let frames = 0; frames < 10; frames++) {
      one.append(header, new Uint8Array(10).fill(1));
      other.append(header, new Uint8Array(10).fill(2));
    }
    expect(joined(one.take())).toBe(toHex(encodeFrame(header, new Uint8Array(10).fill(1))).repeat(10));
    expect(joined(other.take())).toBe(toHex(encodeFrame(header, new Uint8Array(10).fill(2))).repeat(10));
  });

  it('lets messages that are kept hold twice what they are long and 128 KiB at most, whatever others send', () => {
    const [batch, other] = [new FrameBatch(), new FrameBatch()];
    const held = new Set<ArrayBufferLike>();
    let bytes = 0;
    for (let messages = 0; messages < 3_000; messages++) {
      batch.append(header, new Uint8Array(messages % 100));
      for (const chunk of batch.take()) {
        held.add(chunk.buffer);
        bytes += chunk.length;
      }
      // Nobody keeps these.
      other.append(header, new Uint8Array(4_000));
      other.take();
    }
    const memory = [...held].reduce((sum, { byteLength }) => sum + byteLength, 0);
    expect(memory).toBeLessThanOrEqual(2 * bytes + 131_072);
    expect(bytes).toBeGreaterThan(131_072);
  });

  it('holds nothing once it rests, and then takes what a message like the last one needs', () => {
    const batch = new FrameBatch();
    const memory = (payload: number): number | undefined => {
      batch.append(header, new Uint8Array(payload));
      return batch.take()[0]?.buffer.byteLength;
    };
    memory(1_000);
    batch.rest();
    expect(memory(1_000)).toBe(1_260);
    expect(memory(1_000)).toBe(2_520);
    batch.rest();
    expect(memory(10)).toBe(1_260);
    batch.rest();
    expect(memory(10)).toBe(64);
    batch.append(header, new Uint8Array(10).fill(7));
    batch.rest();
    expect(joined(batch.take())).toBe(toHex(encodeFrame(header, new Uint8Array(10).fill(7))));
  });

  it('refuses more or less payload than a frame began with', () => {
    const batch = new FrameBatch();
    begin(batch, header, 4);
    expect(() => batch.write(new Uint8Array(5), 0, 5)).toThrow(WiremuxError);
    batch.write(new Uint8Array(3), 0, 3);
    expect(() => batch.take()).toThrow(WiremuxError);
    expect(() => begin(batch, header, 0)).toThrow(WiremuxError);
    batch.write(new Uint8Array(1), 0, 1);
    expect(joined(batch.take())).toBe('040000030004013200000000');
  });

  it('gives the bytes of its frames, whatever they are and however they are cut into messages', () => {
    const step = fc.record({ frame: anyFrame, padding: fc.constantFrom(0, 0, 100, 4_096, 5_000), take: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const batch = new FrameBatch();
        const taken: Uint8Array[] = [];
        let expected = '';
        let size = 0;
        for (const { frame, padding, take } of steps) {
          const pad = new Uint8Array(padding);
          begin(batch, frame, frame.payload.length + padding);
          batch.write(frame.payload, 0, frame.payload.length);
          batch.write(pad, 0, padding);
          expected += toHex(encodeFrame(frame, Uint8Array.from([...frame.payload, ...pad])));
          size += 8 + frame.payload.length + padding;
          expect(batch.size).toBe(size);
          if (!take) continue;
          taken.push(...batch.take());
          size = 0;
        }
        expect(joined([...taken, ...batch.take()])).toBe(expected);
      }),
    );
  });
});
