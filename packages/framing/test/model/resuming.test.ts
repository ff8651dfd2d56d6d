import { describe, expect, it } from 'vitest';
import { WIREMUX_1 } from '../../src/index.js';
import { Encodings } from './encodings.js';
import { problems } from './problems.js';
import { Random } from './random.js';
import { runResuming } from './resuming.js';

const SEEDS = Number(process.env['WIREMUX_SEEDS'] ?? 100);
const FIRST_SEED = Number(process.env['WIREMUX_SEED'] ?? 1);

describe('SPEC 8.8: random sessions of two peers over transports that are cut anywhere', () => {
  it.each([
    ['', false, 0],
    [' with encodings', true, 0],
    [' with encodings and a server that forgets', true, 0.2],
  ])(
    `${SEEDS} sessions%s end every request once, with its values in order, and break no rule`,
    async (_, encoded, forgets) => {
      let requests = 0;
      let resumed = 0;
      let lost = 0;
      for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
        const random = new Random(seed);
        const encodings = encoded ? new Encodings(random) : undefined;
        const cuts = random.pick([0.01, 0.05, 0.2]);
        const { ends, mayRefuse, quiet, resumes, losses, kept } = await runResuming(
          WIREMUX_1,
          random,
          { cuts, forgets },
          encodings,
        );
        const found = ends.flatMap((end) => problems(end, mayRefuse, losses > 0));
        if (!quiet) found.push('the session did not come to rest');
        requests += ends.reduce((sum, { opened, done }) => sum + opened.size + done.length, 0);
        resumed += resumes;
        lost += losses;
        if (kept.bytes !== 0) found.push('bytes are kept for nobody');
        if ((encodings?.contexts.taken ?? 0) !== 0) found.push('a context was not given back');
        if (encodings?.codecs.some((codec) => codec.encoders + codec.decoders > 0)) found.push('a context lives on');
        expect(found, `seed ${seed} (set WIREMUX_SEED=${seed} to begin with it)`).toEqual([]);
      }
      expect(requests).toBeGreaterThan(SEEDS);
      expect(resumed).toBeGreaterThan(SEEDS);
      if (forgets > 0) expect(lost).toBeGreaterThan(SEEDS / 10);
    },
    1_200 * SEEDS,
  );
});
