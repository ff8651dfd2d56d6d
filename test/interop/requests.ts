import type { OutputAtom, ProgressUpdate, RedirectLocation, RedirectOffer } from '@wiremux/framing';
import type { Random } from '../../packages/framing/test/model/random.js';
import { randomBytes, randomOwnValue, randomValue } from './values.js';

/** How a request is to be answered. */
type Answer =
  | { readonly kind: 'values'; readonly values: readonly unknown[] }
  /** Fails after these values: an error frame (SPEC 3.4.6). */
  | { readonly kind: 'late-error'; readonly values: readonly unknown[]; readonly message: string }
  /** An error status: `%s` in the message stands for the arguments. */
  | { readonly kind: 'command-error'; readonly message: string; readonly args: readonly string[] }
  /** An error frame in the place of an answer. */
  | { readonly kind: 'server-error'; readonly message: string }
  | { readonly kind: 'redirect'; readonly location: RedirectLocation };

/** A request of a session, and the answer it gets: both sides know it, and compare. */
export interface ScriptedRequest {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly data: Uint8Array | undefined;
  /** Where it may be answered instead. */
  readonly redirect: RedirectOffer | undefined;
  readonly answer: Answer;
  /** Text and progress on the way. */
  readonly asides: readonly Aside[];
}

export type Aside =
  | { readonly kind: 'output'; readonly atoms: readonly OutputAtom[] }
  | { readonly kind: 'progress'; readonly update: ProgressUpdate };

/** Frame payloads that both sides cut requests and data at (SPEC 3.2.2, 3.3.2). */
const FRAME = 32_768;

const PROBABILITY = {
  error: 0.15,
  longAnswer: 0.35,
  data: 0.35,
  longData: 0.45,
  longArgs: 0.02,
  asides: 0.1,
  offer: 0.1,
} as const;

/** What one side of a session can do, or bear. */
export interface Abilities {
  /** Values may be text, floats and objects. */
  readonly ownValues: boolean;
  /** Answers may be empty: the reference sends nothing for those, not even an end. */
  readonly emptyAnswers: boolean;
  /** The server redirects clients that let it. */
  readonly redirects: boolean;
  /** The other side bears text and progress frames. */
  readonly asides: boolean;
}

export function randomRequest(random: Random, abilities: Abilities): ScriptedRequest {
  const redirect = random.chance(PROBABILITY.offer)
    ? { targets: ['mirror', 'größe'], hashes: ['sha256', 'sha1'] }
    : undefined;
  const redirected = redirect !== undefined && abilities.redirects && random.chance(0.5);
  return {
    name: random.pick(['echo', 'host.metrics', 'über', `command-${random.integer(0, 999)}`]),
    args: randomArgs(random),
    data: random.chance(PROBABILITY.data) ? randomData(random) : undefined,
    redirect,
    answer: redirected ? { kind: 'redirect', location: randomLocation(random) } : randomAnswer(random, abilities),
    asides: abilities.asides && random.chance(PROBABILITY.asides) ? randomAsides(random) : [],
  };
}

function randomLocation(random: Random): RedirectLocation {
  const bytes = (): Uint8Array => randomBytes(random, random.integer(1, 400));
  return {
    url: `https://mirror.example/${random.integer(0, 999)}`,
    mediaType: 'application/mercurial-exp-framing-0006',
    ...(random.chance(0.5) ? { size: random.integer(0, 2 ** 40) } : {}),
    ...(random.chance(0.5) ? { fullHashes: [['sha256', randomBytes(random, 32)]] } : {}),
    ...(random.chance(0.3) ? { fullHashSeed: bytes() } : {}),
    ...(random.chance(0.3) ? { serverDerCerts: [bytes(), bytes()] } : {}),
    ...(random.chance(0.3) ? { serverCaDerCerts: [bytes()] } : {}),
  };
}

/** One whose answer is more than a receiver holds for a slow consumer (SPEC 5.9). */
export function hugeRequest(random: Random): ScriptedRequest {
  const zeros = random.chance(0.3);
  const values = zeros ? [new Uint8Array(3 << 20)] : Array.from({ length: 60 }, () => randomBytes(random, 40_000));
  return {
    name: 'blob',
    args: {},
    data: undefined,
    redirect: undefined,
    answer: { kind: 'values', values },
    asides: [],
  };
}

function randomArgs(random: Random): Record<string, unknown> {
  const args: Record<string, unknown> = {};
  const count = random.pick([0, 1, 2, 5]);
  for (let index = 0; index < count; index++)
    args[random.pick(['a', 'every', 'größe', `n${index}`])] = randomValue(random);
  if (random.chance(PROBABILITY.longArgs)) args['long'] = randomBytes(random, random.integer(FRAME - 100, 3 * FRAME));
  return args;
}

function randomData(random: Random): Uint8Array {
  if (random.chance(PROBABILITY.longData)) {
    return randomBytes(random, random.pick([FRAME + 1, 2 * FRAME, random.integer(FRAME + 1, 80_000)]));
  }
  return randomBytes(random, random.pick([0, 1, FRAME, random.integer(2, 4_000)]));
}

function randomAnswer(random: Random, { ownValues, emptyAnswers }: Abilities): Answer {
  const few = (least: number): unknown[] =>
    Array.from({ length: random.integer(least, 4) }, () => (ownValues ? randomOwnValue(random) : randomValue(random)));
  if (random.chance(PROBABILITY.error)) {
    const message = random.pick(['It failed.', 'Größe unbekannt', 'x'.repeat(500)]);
    switch (random.integer(0, 2)) {
      case 0:
        return { kind: 'late-error', values: random.chance(0.3) ? longValues(random) : few(1), message };
      case 1:
        return { kind: 'command-error', message: 'no %s in %s: 100%%', args: ['key', 'größe'] };
      default:
        return { kind: 'server-error', message };
    }
  }
  if (random.chance(PROBABILITY.longAnswer)) return { kind: 'values', values: longValues(random) };
  return { kind: 'values', values: few(emptyAnswers ? 0 : 1) };
}

/** More than one frame of results: one long value, some of middle length, or many short ones. */
function longValues(random: Random): unknown[] {
  const compressible = random.chance(0.15);
  switch (random.integer(0, 2)) {
    case 0:
      return [randomBytes(random, random.integer(66_000, 90_000), compressible)];
    case 1: {
      const size = random.integer(1_000, 9_000);
      return Array.from({ length: Math.ceil(70_000 / size) }, () => randomBytes(random, size, compressible));
    }
    default: {
      const piece = random.integer(200, 400);
      const rows = Array.from({ length: 20 }, () => randomBytes(random, piece, compressible));
      return Array.from(
        { length: Math.ceil(70_000 / (20 * piece)) },
        (_, index) => new Map<unknown, unknown>([[index, rows]]),
      );
    }
  }
}

function randomAsides(random: Random): Aside[] {
  const output: Aside = {
    kind: 'output',
    atoms: [
      { text: 'pulling %s of %s\n', args: ['changes', 'größe'], labels: ['status', 'ui.note'] },
      { text: '100%% done', args: [], labels: [] },
    ],
  };
  const pos = random.integer(0, 70_000);
  const update: Aside = {
    kind: 'progress',
    update: { topic: 'files', pos, total: 70_000, item: 'a/b', label: 'files' },
  };
  const end: Aside = { kind: 'progress', update: { topic: 'files', pos: -1, total: 70_000 } };
  return random.chance(0.5) ? [output] : [output, update, end];
}

/** `bytes` cut at random places, views; a few of them empty where `holes` is given. */
export function randomCuts(random: Random, bytes: Uint8Array): Uint8Array[] {
  const longest = random.pick([1, 9, 4_000, 40_000, 200_000]);
  // One byte at a time takes long for long ones, and says no more than for short ones.
  const most = bytes.length > 2_000 ? Math.max(longest, 1_000) : longest;
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(bytes.length, at + random.integer(1, most));
    pieces.push(bytes.subarray(at, end));
    at = end;
  }
  return pieces;
}
