import { type Mux, WiremuxError } from '@wiremux/client';
import { implement } from '@wiremux/server';
import { Random } from '../../../packages/framing/test/model/random.js';
import { type chaosContract, pageContract, pieces, series } from './commands.js';
import { BytesCheck, isViolation, SeriesCheck, Violation } from './series.js';

export type ChaosMux = Mux<typeof chaosContract>;

/** One request, and the check of all that comes of it. */
export interface Job {
  readonly label: string;
  readonly kind: keyof typeof KINDS;
  readonly count: number;
  readonly size: number;
}

/** How a job ended: its answer was complete, or an error ended it behind a prefix of what was due. */
export interface Outcome {
  readonly job: Job;
  readonly error: WiremuxError | undefined;
}

type Run = (mux: ChaosMux, job: Job) => Promise<void>;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Bytes that compressed would be too few to break anything. */
const PLAIN = { plain: true } as const;

/** What the jobs do. Each throws a {@link Violation} as soon as something is not as it was sent. */
const KINDS = {
  rows: (mux, job) => takeSeries(mux.iterate('chaos.rows', job), job),
  /** A consumer that is slower than the network. */
  slowRows: (mux, job) => takeSeries(mux.iterate('chaos.rows', job), job, turn),
  /** A consumer that is told, and cannot be waited for. */
  pushedRows: async (mux, job) => {
    const check = new SeriesCheck(job.label, job.size);
    await mux.call('chaos.rows', job).forEach((value) => {
      check.take(value);
    });
    check.end(job.count);
  },
  bytes: async (mux, { label, size }) => {
    const check = new BytesCheck(label);
    for await (const piece of mux.request('chaos.bytes', { label, size }, PLAIN).bytes()) check.take(piece);
    check.end(size);
  },
  upload: async (mux, { label, size }) => {
    const run = mux.request('chaos.upload', { label, size }, { data: pieces(label, size) });
    let last = 0;
    run.progress$.subscribe(({ pos }) => {
      if (pos < last) throw new Violation(label, `progress went back from ${last} to ${pos}.`);
      last = pos;
    });
    for await (const bytes of run) if (bytes !== size) throw new Violation(label, `${bytes} of ${size} bytes came.`);
  },
  mirror: async (mux, { label, size }) => {
    const check = new BytesCheck(label);
    for await (const piece of mux.iterate('chaos.mirror', { label, size }, { ...PLAIN, data: pieces(label, size) })) {
      check.take(piece);
    }
    check.end(size);
  },
  ask: (mux, job) => takeSeries(mux.iterate('chaos.ask', job), job),
  /** A consumer that has enough after half of it: the rest is cancelled. */
  half: async (mux, job) => {
    const check = new SeriesCheck(job.label, job.size);
    const enough = Math.ceil(job.count / 2);
    for await (const value of mux.iterate('chaos.rows', job)) {
      check.take(value);
      if (check.count === enough) break;
    }
    check.end(enough);
  },
} as const satisfies Readonly<Record<string, Run>>;

async function takeSeries(
  values: AsyncIterable<unknown>,
  { label, count, size }: Job,
  pause?: () => Promise<void>,
): Promise<void> {
  const check = new SeriesCheck(label, size);
  for await (const value of values) {
    check.take(value);
    await pause?.();
  }
  check.end(count);
}

/** Jobs of all kinds, drawn from `seed`; `scale` is how much each moves, 1 for about 100 KB. */
export function drawJobs(seed: number, count: number, scale = 1): Job[] {
  const random = new Random(seed);
  const kinds = Object.keys(KINDS) as Job['kind'][];
  return Array.from({ length: count }, (_, at) => {
    const kind = kinds[at % kinds.length] as Job['kind'];
    const isSeries = kind === 'ask' || kind === 'half' || kind.toLowerCase().endsWith('rows');
    const size = isSeries ? random.integer(0, 400) : Math.round(random.integer(0, 200_000) * scale);
    const rows = isSeries ? Math.round(random.integer(0, 800) * scale) : 0;
    return { label: `${seed}.${at} ${kind}`, kind, count: rows, size };
  });
}

/** Runs a job to its end. A {@link Violation} is thrown; every other failure is an outcome. */
export async function runJob(mux: ChaosMux, job: Job): Promise<Outcome> {
  try {
    await KINDS[job.kind](mux, job);
    return { job, error: undefined };
  } catch (error) {
    if (error instanceof WiremuxError && !isViolation(error)) return { job, error };
    throw error;
  }
}

/** Has the gateway ask it for `page.rows`. */
export function servePage(mux: ChaosMux): void {
  mux.handle(implement(pageContract, { 'page.rows': ({ label, count, size }) => series(label, count, size) }));
}
