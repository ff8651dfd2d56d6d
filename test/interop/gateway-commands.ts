import { encodeValue, precompressed, preEncoded, WiremuxError } from '@wiremux/framing';
import { type CommandSet, command, defineCommands, implement } from '@wiremux/server';
import type { Random } from '../../packages/framing/test/model/random.js';
import type { ScriptedRequest } from './requests.js';
import type { Tally } from './tally.js';
import { fingerprint } from './values.js';

/** A request the gateway is to get: its handler looks it up by the argument `script`. */
export interface Expected {
  readonly request: ScriptedRequest;
  readonly random: Random;
  readonly tally: Tally;
  /** Whether the handler reads the data, or leaves it. */
  readonly reads: boolean;
  /** What arrived otherwise than it was sent; the session fails with it. */
  difference: string | undefined;
}

const contract = defineCommands({
  scripted: command({ about: 'Answers as its script says.' }),
  'scripted-data': command({ about: 'Reads its data, and answers as its script says.', takesData: true }),
});

/** Commands that check what they get against a script, and answer by it. */
export class ScriptedCommands {
  readonly set: CommandSet;
  readonly #expected = new Map<number, Expected>();
  #next = 0;

  constructor() {
    const run = (args: Readonly<Record<string, unknown>>, data: AsyncIterable<Uint8Array>) =>
      answer(this.#expected.get(Number(args['script'])), args, data);
    this.set = implement(contract, {
      scripted: (args, { data }) => run(args, data),
      'scripted-data': (args, { data }) => run(args, data),
    });
  }

  /** Prepares for a request; returns its `script`. */
  expect(expected: Expected): number {
    this.#next += 1;
    this.#expected.set(this.#next, expected);
    return this.#next;
  }

  forget(script: number): void {
    this.#expected.delete(script);
  }
}

async function* answer(
  expected: Expected | undefined,
  { script: _, ...args }: Readonly<Record<string, unknown>>,
  data: AsyncIterable<Uint8Array>,
): AsyncGenerator<unknown, void, undefined> {
  if (expected === undefined) throw new Error('Nobody expects this request.');
  const { request, random, reads, tally } = expected;
  if (fingerprint(args) !== fingerprint(request.args, true)) expected.difference = 'The arguments arrived as others.';
  if (reads) {
    const pieces: Uint8Array[] = [];
    for await (const piece of data) pieces.push(piece);
    if (!Buffer.concat(pieces).equals(request.data ?? Buffer.alloc(0)))
      expected.difference = 'The data arrived as other.';
  }
  const { answer: script } = request;
  if (script.kind === 'command-error')
    throw new WiremuxError('not-found', `no ${script.args[0]} in ${script.args[1]}: 100%`);
  if (script.kind === 'server-error') throw new WiremuxError('internal', script.message);
  if (script.kind === 'redirect') throw new Error('Nobody is redirected here.');
  for (const value of script.values) {
    if (random.chance(0.2)) await new Promise(setImmediate);
    if (value instanceof Uint8Array && random.chance(0.1)) {
      yield precompressed(value);
    } else if (random.chance(0.1)) {
      tally.reach('3.1.10');
      yield preEncoded(encodeValue(value));
    } else {
      yield value;
    }
  }
  if (script.kind === 'late-error') throw new WiremuxError('gave-up', script.message);
}
