import { setTimeout as delay } from 'node:timers/promises';
import { WiremuxError } from '@wiremux/framing';
import { byteStream, type CommandSet, command, defineCommands, implement } from '@wiremux/server';
import { firstValueFrom, from, lastValueFrom, type Observable, ReplaySubject } from 'rxjs';
import { z } from 'zod';

const whole = z.number().int().nonnegative();
const Aborted = z.object({ label: z.string(), code: z.string() });
export type Aborted = z.infer<typeof Aborted>;

/** Commands whose answers a test can foretell, and two that tell what became of others. */
export const contract = defineCommands({
  count: command({ about: 'Yields 0, 1, 2 … below `to`.', args: z.object({ to: whole }), yields: z.number() }),
  nothing: command({ about: 'Answers without a value.' }),
  same: command({ about: 'Yields its arguments.' }),
  greet: command({ about: 'Greets.', args: z.object({ name: z.string() }), yields: z.string() }),
  repeat: command({
    about: 'Yields one string of `size` letters.',
    args: z.object({ letter: z.string().length(1), size: whole }),
    yields: z.string(),
  }),
  fail: command({
    about: 'Yields `after` values, then fails with `code`.',
    args: z.object({ code: z.string(), after: whole }),
    yields: z.number(),
  }),
  crash: command({ about: 'Throws what is no error of wiremux.' }),
  narrate: command({
    about: 'Prints, tells its progress, and yields once.',
    args: z.object({ steps: whole }),
    yields: z.number(),
  }),
  measure: command({ about: 'Counts the bytes of its data.', takesData: true, yields: z.number() }),
  taste: command({
    about: 'Reads the first `bytes` of its data at least, and answers how many it read.',
    args: z.object({ bytes: whole }),
    takesData: true,
    yields: z.number(),
  }),
  mirror: command({ about: 'Yields each piece of its data.', takesData: true, yields: z.custom<Uint8Array>() }),
  pour: command({
    about:
      'Yields one byte string of `pieces` pieces, byte n of each n modulo 256, which says its length if it is told to.',
    args: z.object({ pieces: whole, piece: whole, sized: z.boolean() }),
    yields: z.custom<Uint8Array>(),
  }),
  download: command({
    about: 'Yields a name, one byte string of `size` bytes and how many they were; byte n is n modulo 251.',
    args: z.object({ name: z.string(), size: whole }),
    yields: z.union([z.string(), z.custom<Uint8Array>(), z.number()]),
  }),
  told: command({
    about: 'What the request says of itself.',
    yields: z.object({ hasTime: z.boolean(), trace: z.string().nullable() }),
  }),
  ran: command({
    about: 'How many requests of this command have run, this one included.',
    args: z.object({ label: z.string() }),
    yields: z.number(),
  }),
  hang: command({ about: 'Yields its label, then nothing, until cancelled.', args: z.object({ label: z.string() }) }),
  stubborn: command({ about: 'Yields once, then neither ends nor stops.', yields: z.null() }),
  flood: command({
    about: 'Yields strings of `size` letters until cancelled, as fast as they are taken.',
    args: z.object({ label: z.string(), size: whole }),
    yields: z.string(),
  }),
  flooded: command({
    about: 'How many strings the flood of that label has yielded.',
    args: z.object({ label: z.string() }),
    yields: z.number(),
  }),
  ticks: command({
    about: 'Yields 10,000 numbered values a second, `count` of them, each with `size` letters.',
    args: z.object({ label: z.string(), count: whole, size: whole }),
    yields: z.object({ seq: z.number(), text: z.string() }),
  }),
  ticked: command({
    about: 'How many values the ticks of that label have yielded.',
    args: z.object({ label: z.string() }),
    yields: z.number(),
  }),
  callable: command({ about: 'Whether its caller can be called.', yields: z.boolean() }),
  ask: command({
    about: 'Yields what a command of its caller yields, sending it `pieces` pieces of 10,000 bytes if there are any.',
    args: z.object({ name: z.string(), args: z.record(z.string(), z.unknown()), pieces: whole.default(0) }),
  }),
  askFirst: command({
    about: 'Yields the first value that a command of its caller yields, and has it stop.',
    args: z.object({ name: z.string(), args: z.record(z.string(), z.unknown()) }),
  }),
  askOften: command({
    about: 'Calls `double` of its caller with 0, 1, 2 … below `times`, all at once, and yields the sum.',
    args: z.object({ times: whole }),
    yields: z.number(),
  }),
  asked: command({ about: 'How many pieces `ask` has read for its caller so far.', yields: z.number() }),
  aborts: command({ about: 'Every abort of a `hang` or `flood`, those before included.', yields: Aborted }),
});

/** Commands of a page, any of which may take data. */
const anyCommand = command({ takesData: true });
type AnyPage = Readonly<Record<string, typeof anyCommand>>;

/** The handlers of {@link contract}, with a memory of their own. */
export function makeCommands(): CommandSet {
  const aborts = new ReplaySubject<Aborted>(100);
  const floods = new Map<string, number>();
  const ticks = new Map<string, number>();
  let piecesRead = 0;
  async function* piecesOf(count: number): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < count; at += 1) {
      piecesRead += 1;
      yield new Uint8Array(10_000);
    }
  }
  let ran = 0;
  const tellAbort = (label: string, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        aborts.next({ label, code: (signal.reason as WiremuxError).code });
        resolve();
      });
    });

  return implement(contract, {
    *count({ to }) {
      for (let at = 0; at < to; at += 1) yield at;
    },
    nothing: () => undefined,
    same: (args) => args,
    greet: ({ name }) => `Hello ${name}!`,
    repeat: ({ letter, size }) => letter.repeat(size),
    *fail({ code, after }) {
      for (let at = 0; at < after; at += 1) yield at;
      throw new WiremuxError(code, 'It fails as it was told to.', { data: { after }, retry: 250 });
    },
    crash: () => {
      throw new TypeError('It crashes as it was told to.');
    },
    narrate: ({ steps }, { print, progress }) => {
      print('%s steps to go', steps);
      for (let pos = 0; pos <= steps; pos += 1) progress({ topic: 'steps', pos, total: steps, label: 'steps' });
      progress({ topic: 'steps', pos: -1, total: steps });
      print({ text: 'done', args: [], labels: ['success'] });
      return steps;
    },
    async measure(_, { data }) {
      let bytes = 0;
      for await (const piece of data) bytes += piece.length;
      return bytes;
    },
    async taste({ bytes }, { data }) {
      let read = 0;
      for await (const piece of data) {
        read += piece.length;
        if (read >= bytes) break;
      }
      return read;
    },
    async *mirror(_, { data }) {
      for await (const piece of data) yield piece;
    },
    pour: ({ pieces, piece, sized }) => byteStream(pour(pieces, piece), { length: sized ? pieces * piece : undefined }),
    async *download({ name, size }) {
      yield name;
      const whole = Uint8Array.from({ length: size }, (_, at) => at % 251);
      yield byteStream([whole.subarray(0, size / 3), whole.subarray(size / 3)]);
      yield size;
    },
    told: (_, { timeLeft, trace = null }) => ({ hasTime: timeLeft() !== undefined, trace }),
    ran: () => ++ran,
    async *hang({ label }, { signal }) {
      const aborted = tellAbort(label, signal);
      yield label;
      await aborted;
    },
    async *stubborn() {
      yield null;
      await new Promise(() => undefined);
    },
    async *flood({ label, size }, { signal }) {
      void tellAbort(label, signal);
      const value = 'x'.repeat(size);
      for (let sent = 1; !signal.aborted; sent += 1) {
        floods.set(label, sent);
        yield value;
      }
    },
    flooded: ({ label }) => floods.get(label) ?? 0,
    async *ticks({ label, count, size }) {
      const text = 'x'.repeat(size);
      const began = performance.now();
      for (let seq = 0; seq < count; ) {
        await delay(1);
        const due = Math.min(count, Math.floor((performance.now() - began) * 10));
        for (; seq < due; seq += 1) {
          ticks.set(label, seq + 1);
          yield { seq, text };
        }
      }
    },
    ticked: ({ label }) => ticks.get(label) ?? 0,
    callable: (_, { client }) => client.supported,
    ask: ({ name, args, pieces }, { client }) =>
      client.as<AnyPage>().iterate(name, args, pieces > 0 ? { data: piecesOf(pieces) } : {}),
    askFirst: ({ name, args }, { client }) => firstValueFrom(client.call(name, args)),
    askOften: async ({ times }, { client }) => {
      const calls = Array.from({ length: times }, (_, n) => lastValueFrom(client.call('double', { n })));
      return (await Promise.all(calls)).reduce<number>((sum, doubled) => sum + Number(doubled), 0);
    },
    asked: () => piecesRead,
    aborts: (): Observable<Aborted> => from(aborts),
  });
}

async function* pour(pieces: number, piece: number): AsyncGenerator<Uint8Array> {
  // One buffer serves every piece: they are only read.
  const bytes = Uint8Array.from({ length: piece }, (_, at) => at);
  for (let count = 0; count < pieces; count += 1) yield bytes;
}

/** For `wiremux serve --commands`. */
export const commands: CommandSet = makeCommands();
