import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MessageFilter } from '../../src/transport/message-filter.js';

const FIN = 0x80;

/** A frame as a server sends it. */
function frame(first: number, payload: Uint8Array, mask = 0): Buffer {
  const { length } = payload;
  if (length < 126) return Buffer.concat([Buffer.of(first, mask | length), payload]);
  const head = Buffer.alloc(length < 65_536 ? 4 : 10);
  head[0] = first;
  head[1] = mask | (length < 65_536 ? 126 : 127);
  if (length < 65_536) head.writeUInt16BE(length, 2);
  else head.writeUInt32BE(length, 6);
  return Buffer.concat([head, payload]);
}

const binary = (...payload: number[]): Buffer => frame(FIN | 2, Uint8Array.from(payload));

/** What a filter made of it, joined; `cut` says where the chunks end. */
function filtered(
  bytes: Uint8Array,
  cut: readonly number[] = [],
): { payload: Buffer; other: Buffer; broken: number[] } {
  const payload: Uint8Array[] = [];
  const other: Uint8Array[] = [];
  const broken: number[] = [];
  const filter = new MessageFilter({
    payload: (part) => payload.push(part),
    other: (part) => other.push(part),
    broken: (code) => broken.push(code),
  });
  const ends = [...cut.map((at) => at % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  let from = 0;
  for (const to of ends) {
    filter.push(bytes.subarray(from, to));
    from = to;
  }
  return { payload: Buffer.concat(payload), other: Buffer.concat(other), broken };
}

describe('SPEC 7.2 binary messages among the frames of a WebSocket', () => {
  it('are taken out, of every length and wherever the chunks are cut', () => {
    const length = fc.oneof(fc.nat(300), fc.constantFrom(125, 126, 65_535, 65_536, 70_000));
    const kind = fc.constantFrom('whole', 'pieces', 'ping', 'text');
    const cuts = fc.array(fc.nat(200_000), { maxLength: 20 });
    fc.assert(
      fc.property(fc.array(fc.tuple(kind, length), { maxLength: 5 }), cuts, (messages, cut) => {
        const wire: Buffer[] = [];
        const payload: Uint8Array[] = [];
        const other: Buffer[] = [];
        for (const [index, [what, size]] of messages.entries()) {
          const bytes = new Uint8Array(size).fill(index + 1);
          const ping = frame(FIN | 9, bytes.subarray(0, 125));
          const frames = {
            whole: [frame(FIN | 2, bytes)],
            pieces: [frame(2, bytes), ping, frame(0, bytes), frame(FIN, bytes)],
            ping: [ping],
            text: [frame(1, bytes), ping, frame(FIN, bytes)],
          }[what];
          wire.push(...frames);
          if (what === 'whole') payload.push(bytes);
          else if (what === 'pieces') payload.push(bytes, bytes, bytes);
          if (what === 'pieces') other.push(ping);
          else if (what !== 'whole') other.push(...frames);
        }
        const found = filtered(Buffer.concat(wire), cut);
        expect(found.payload.equals(Buffer.concat(payload))).toBe(true);
        expect(found.other.equals(Buffer.concat(other))).toBe(true);
        expect(found.broken).toEqual([]);
      }),
    );
  });

  it('are taken as views of what came', () => {
    const bytes = binary(1, 2, 3);
    const views: Uint8Array[] = [];
    new MessageFilter({
      payload: (part) => views.push(part),
      other: () => undefined,
      broken: () => undefined,
    }).push(bytes);
    expect(views.map(({ buffer }) => buffer === bytes.buffer)).toEqual([true]);
  });

  it('end with the close frame', () => {
    const close = frame(FIN | 8, Uint8Array.of(3, 232));
    expect(filtered(Buffer.concat([binary(1), close, binary(2), frame(FIN | 9, Uint8Array.of())]))).toEqual({
      payload: Buffer.of(1),
      other: close,
      broken: [],
    });
    const bare = frame(FIN | 8, Uint8Array.of());
    expect(filtered(Buffer.concat([bare, binary(2)]))).toMatchObject({ payload: Buffer.alloc(0), other: bare });
  });

  it.each([
    ['is masked', frame(FIN | 2, Uint8Array.of(0, 0, 0, 0, 1), 0x80)],
    ['has a reserved bit', frame(FIN | 0x40 | 2, Uint8Array.of(1))],
    ['continues nothing', frame(FIN, Uint8Array.of(1))],
    ['has a reserved opcode', frame(FIN | 3, Uint8Array.of(1))],
  ])('leave to others what %s', (_, bytes) => {
    expect(filtered(bytes)).toMatchObject({ payload: Buffer.alloc(0), broken: [] });
    expect(filtered(bytes).other.subarray(0, 2)).toEqual(bytes.subarray(0, 2));
  });

  it.each([
    ['a binary one', frame(FIN | 2, Uint8Array.of(2))],
    ['a text', frame(FIN | 1, Uint8Array.of(2))],
    ['a masked continuation', frame(FIN, Uint8Array.of(0, 0, 0, 0, 1), 0x80)],
  ])('break with 1002 where %s begins inside one', (_, bytes) => {
    const wire = Buffer.concat([frame(2, Uint8Array.of(1)), bytes, binary(3)]);
    expect(filtered(wire)).toEqual({ payload: Buffer.of(1), other: Buffer.alloc(0), broken: [1002] });
  });

  it('SPEC 7.3 break with 1009 past 1 MiB + 64 KiB, from the head alone, in one frame and in several', () => {
    const most = new Uint8Array(1_114_112);
    const outcome = (bytes: Uint8Array): [taken: number, broken: number[]] => {
      const { payload, broken } = filtered(bytes);
      return [payload.length, broken];
    };
    expect(outcome(frame(FIN | 2, most))).toEqual([most.length, []]);
    expect(outcome(frame(FIN | 2, new Uint8Array(1_114_113)).subarray(0, 10))).toEqual([0, [1009]]);
    expect(outcome(Buffer.concat([frame(2, most), frame(FIN, Uint8Array.of(1))]))).toEqual([most.length, [1009]]);
    expect(outcome(Buffer.concat([frame(FIN | 2, most), binary(1)]))).toEqual([most.length + 1, []]);
  });
});
