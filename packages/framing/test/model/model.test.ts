import { describe, expect, it } from 'vitest';
import { DIALECTS, WiremuxError } from '../../src/index.js';
import { peerStats } from '../../src/reactor/stats.js';
import { Encodings } from './encodings.js';
import { problems } from './problems.js';
import { Random } from './random.js';
import { runSession } from './session.js';

const SEEDS = Number(process.env['WIREMUX_SEEDS'] ?? 60);
const FIRST_SEED = Number(process.env['WIREMUX_SEED'] ?? 1);

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
        let dropped = 0;
        let tooSlow = 0;
        for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
          const random = new Random(seed);
          const encodings = encoded ? new Encodings(random) : undefined;
          const { ends, mayRefuse, quiet } = await runSession(dialect, random, encodings);
          const found = ends.flatMap((end) => problems(end, mayRefuse));
          if (!quiet) found.push('the session did not come to rest');
          const opened = ends.flatMap((end) => [...end.opened.values()]);
          requests += opened.length;
          dropped += opened.reduce((sum, request) => sum + request.dropped, 0);
          tooSlow += opened.filter(({ how }) => how === 'failed slow-reader').length;
          const stats = ends.flatMap(({ peer }) => peer.inspect(peerStats).streams);
          streams += stats.filter(({ encoding, direction }) => encoding !== 'identity' && direction === 'in').length;
          for (const { peer } of ends)
            peer.transportClosed(new WiremuxError('connection-lost', 'The session is over.'));
          if ((encodings?.contexts.taken ?? 0) !== 0) found.push('a context was not given back');
          if (encodings?.codecs.some((codec) => codec.encoders + codec.decoders > 0)) found.push('a context lives on');
          expect(found, `seed ${seed} (set WIREMUX_SEED=${seed} to begin with it)`).toEqual([]);
        }
        expect(requests).toBeGreaterThan(SEEDS);
        if (dialect.extended) expect(dropped).toBeGreaterThan(SEEDS);
        if (dialect.extended) expect(tooSlow).toBeGreaterThan(SEEDS / 10);
        if (encoded && dialect.encodings) expect(streams).toBeGreaterThan(SEEDS / 2);
      },
      1_200 * SEEDS,
    );
  });
}
