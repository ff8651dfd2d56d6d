import { describe, expect, it } from 'vitest';
import { ContextBudget, DIALECTS, WiremuxError } from '../../src/index.js';
import { FakeCodec } from '../stream/fake-codec.js';
import { Random } from './random.js';
import { type ModelEncodings, type ModelEnd, runSession } from './session.js';

const SEEDS = 150;
const FIRST_SEED = Number(process.env['WIREMUX_SEED'] ?? 1);

/** Byte strings are filled with one byte: their length and ends tell them apart. */
function same(got: unknown, sent: unknown): boolean {
  if (!(got instanceof Uint8Array && sent instanceof Uint8Array)) return JSON.stringify(got) === JSON.stringify(sent);
  return got.length === sent.length && got[0] === sent[0] && got.at(-1) === sent.at(-1);
}

const REFUSED = /^failed (too-many-requests|remote-error)$/;

function problems(end: ModelEnd, mayRefuse: boolean): string[] {
  const found = [...end.faults];
  for (const [id, request] of end.opened) {
    const { plan, values, ends, afterEnd, how, cancelled } = request;
    if (ends !== 1) found.push(`request ${id} ended ${ends} times`);
    if (afterEnd > 1) found.push(`request ${id} had ${afterEnd - 1} events after its end`);
    if (!values.every((value, index) => same(value, plan.values[index]))) found.push(`request ${id} got other values`);
    if (cancelled || (mayRefuse && values.length === 0 && REFUSED.test(how))) continue;
    if (values.length !== plan.values.length) found.push(`request ${id} got ${values.length} of ${plan.values.length}`);
    const planned = plan.ending === 'fail' ? 'failed' : 'ended';
    if (!how.startsWith(planned)) found.push(`request ${id} was ${how}, not ${planned}`);
  }
  for (const { plan, bytes } of end.uploads) {
    const sent = (plan.upload ?? []).reduce((sum, piece) => sum + piece.length, 0);
    const got = bytes.reduce((sum, size) => sum + size, 0);
    if (got > sent) found.push(`an upload of ${sent} bytes arrived as ${got}`);
  }
  if (end.peer.stats().requests.length > 0) found.push('a request was not forgotten by its answerer');
  return found;
}

/** Encodings whose work leaves the event loop now and then, and may end in any order. */
class Encodings implements ModelEncodings {
  readonly codecs: readonly FakeCodec[];
  readonly contexts: ContextBudget = new ContextBudget();
  readonly options: ModelEncodings['options'];

  constructor(random: Random) {
    const often = random.pick([0, 0.3, 0.9]);
    const leaves = (): boolean => random.chance(often);
    const breaks = random.chance(0.1) ? 0.05 : 0;
    const fails = (): boolean => random.chance(breaks);
    this.codecs = [
      new FakeCodec({ name: 'first', leaves, fails, grow: random.pick([0, 50]) }),
      new FakeCodec({ name: 'second', leaves, fails, decodesOnly: random.chance(0.2) }),
    ];
    const channels = [
      { name: 'default', weight: 4, ...random.pick([{}, { encodings: ['second', 'first'] }]) },
      { name: 'bulk', weight: 1, ...random.pick([{}, { encodings: [] }, { encodings: ['identity', 'first'] }]) },
    ];
    this.options = { codecs: this.codecs, contexts: this.contexts, channels };
  }

  async work(random: Random): Promise<void> {
    for (const codec of this.codecs) {
      while (codec.jobs.length > 0 && random.chance(0.8)) await codec.finish(random.integer(0, codec.jobs.length - 1));
    }
  }
}

for (const dialect of DIALECTS) {
  describe(`SPEC 5, 8.4 to 8.7: random sessions of two peers in ${dialect.name}`, () => {
    it.each([
      ['', false],
      [' with encodings', true],
    ])(
      `${SEEDS} sessions%s end every request once, with its values in order, and break no rule`,
      async (_, encoded) => {
        let requests = 0;
        let streams = 0;
        for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
          const random = new Random(seed);
          const encodings = encoded ? new Encodings(random) : undefined;
          const { ends, mayRefuse, quiet } = await runSession(dialect, random, encodings);
          const found = ends.flatMap((end) => problems(end, mayRefuse));
          if (!quiet) found.push('the session did not come to rest');
          requests += ends[0].opened.size + ends[1].opened.size;
          const stats = ends.flatMap(({ peer }) => peer.stats().streams);
          streams += stats.filter(({ encoding, direction }) => encoding !== 'identity' && direction === 'in').length;
          for (const { peer } of ends)
            peer.transportClosed(new WiremuxError('connection-lost', 'The session is over.'));
          if ((encodings?.contexts.taken ?? 0) !== 0) found.push('a context was not given back');
          if (encodings?.codecs.some((codec) => codec.encoders + codec.decoders > 0)) found.push('a context lives on');
          expect(found, `seed ${seed} (set WIREMUX_SEED=${seed} to begin with it)`).toEqual([]);
        }
        expect(requests).toBeGreaterThan(SEEDS);
        if (encoded && dialect.encodings) expect(streams).toBeGreaterThan(SEEDS / 2);
      },
      60_000,
    );
  });
}
