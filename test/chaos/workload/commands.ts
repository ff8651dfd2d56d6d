import { byteStream, type CommandSet, command, defineCommands, implement } from '@wiremux/server';
import { z } from 'zod';
import { BytesCheck, bytesOf, SeriesCheck, type SeriesValue, seriesValue } from './series.js';

const whole = z.number().int().nonnegative();
const Series = z.object({ label: z.string(), count: whole, size: whole });
const Bytes = z.object({ label: z.string(), size: whole });

/** Pieces that bytes are sent in, either way. */
export const PIECE = 20_000;

/** Commands whose values, and whose data, can be checked one by one. */
export const chaosContract = defineCommands({
  'chaos.rows': command({ about: 'Yields a series.', args: Series, yields: z.custom<SeriesValue>() }),
  'chaos.bytes': command({ about: 'Yields one byte string.', args: Bytes, yields: z.custom<Uint8Array>() }),
  'chaos.upload': command({
    about: 'Checks its data, tells its progress, and yields how many bytes it was.',
    args: Bytes,
    takesData: true,
    yields: z.number(),
  }),
  'chaos.mirror': command({
    about: 'Yields its data, piece by piece, as it comes.',
    args: Bytes,
    takesData: true,
    yields: z.custom<Uint8Array>(),
  }),
  'chaos.ask': command({
    about: 'Has its caller run `page.rows`, checks what that yields, and yields it.',
    args: Series,
    yields: z.custom<SeriesValue>(),
  }),
  'chaos.runs': command({
    about: 'How often a command has been run for each label.',
    yields: z.record(z.string(), z.number()),
  }),
});

/** What the client of {@link chaosContract} serves. */
export const pageContract = defineCommands({
  'page.rows': command({ args: Series, yields: z.custom<SeriesValue>() }),
});

export function* series(label: string, count: number, size: number): Generator<SeriesValue> {
  for (let n = 0; n < count; n += 1) yield seriesValue(label, n, size);
}

/** The bytes of a label in pieces of {@link PIECE}. */
export function* pieces(label: string, size: number): Generator<Uint8Array> {
  for (let at = 0; at < size; at += PIECE) yield bytesOf(label, at, Math.min(PIECE, size - at));
}

/** The handlers, with a count of their own. */
export function makeChaosCommands(): CommandSet {
  const runs: Record<string, number> = {};
  const count = (label: string): void => {
    runs[label] = (runs[label] ?? 0) + 1;
  };
  return implement(chaosContract, {
    *'chaos.rows'({ label, count: rows, size }) {
      count(label);
      yield* series(label, rows, size);
    },
    'chaos.bytes': ({ label, size }) => {
      count(label);
      return byteStream(pieces(label, size), { length: size });
    },
    async 'chaos.upload'({ label, size }, { data, progress }) {
      count(label);
      const check = new BytesCheck(label);
      for await (const piece of data) {
        check.take(piece);
        progress({ topic: label, pos: check.count, total: size });
      }
      check.end(size);
      return check.count;
    },
    async *'chaos.mirror'({ label, size }, { data }) {
      count(label);
      const check = new BytesCheck(label);
      for await (const piece of data) {
        check.take(piece);
        yield piece;
      }
      check.end(size);
    },
    async *'chaos.ask'({ label, count: rows, size }, { client }) {
      count(label);
      const check = new SeriesCheck(label, size);
      for await (const value of client.as<typeof pageContract>().iterate('page.rows', { label, count: rows, size })) {
        check.take(value);
        yield value;
      }
      check.end(rows);
    },
    'chaos.runs': () => ({ ...runs }),
  });
}

/** For `wiremux serve --commands`. */
export const commands: CommandSet = makeChaosCommands();
