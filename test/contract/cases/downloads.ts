import { lastValueFrom, toArray } from 'rxjs';
import type { ContractCase } from '../contract-case.js';
import { isPattern } from './pattern.js';

const SIZE = 300_000;

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** Byte strings that come whole or in pieces. */
export const downloads: readonly ContractCase[] = [
  {
    title: 'SPEC 3.4.9 a byte string that was sent in pieces comes whole as a value',
    run: async (mux) => {
      const values = await lastValueFrom(mux.call('download', { name: 'file', size: SIZE }).pipe(toArray()));
      return values.map((value) => (value instanceof Uint8Array ? [value.length, isPattern(value)] : value));
    },
    expected: ['file', [SIZE, true], SIZE],
  },
  {
    title: 'SPEC 3.4.8 a byte string comes in pieces where they are asked for, in its place',
    run: async (mux) => {
      const pieces: Uint8Array[] = [];
      const places: unknown[] = [];
      for await (const part of mux.request('download', { name: 'file', size: SIZE }).parts()) {
        if (part.kind === 'value') places.push(part.value);
        else pieces.push(part.bytes);
        if (part.kind === 'bytes' && part.last) places.push('end');
      }
      return { places, many: pieces.length > 1, length: joined(pieces).length, same: isPattern(joined(pieces)) };
    },
    expected: { places: ['file', 'end', SIZE], many: true, length: SIZE, same: true },
  },
  ...[true, false].map(
    (sized): ContractCase => ({
      title: `SPEC 3.4.8, 3.4.9 bytes$ joins the pieces of a byte string ${sized ? 'of known length' : 'in chunks'}`,
      run: async (mux) => {
        const { bytes$ } = mux.request('pour', { pieces: 10, piece: 30_000, sized });
        const bytes = joined(await lastValueFrom(bytes$.pipe(toArray())));
        return [bytes.length, bytes.every((byte, at) => byte === ((at % 30_000) & 255))];
      },
      expected: [300_000, true],
    }),
  ),
];
