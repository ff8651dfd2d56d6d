import { firstValueFrom, from, lastValueFrom } from 'rxjs';
import type { ContractCase } from '../contract-case.js';
import { failureOf } from './failure.js';
import { isPattern, pattern } from './pattern.js';

const KiB = 1024;

/** Data on its way to a command. */
export const uploads: readonly ContractCase[] = [
  {
    title: 'SPEC 3.3.1 data of every kind of source arrives whole',
    run: (mux) => {
      const size = 300 * KiB + 7;
      const bytes = pattern(size);
      const pieces = [bytes.subarray(0, 5), bytes.subarray(5, 100_000), bytes.subarray(100_000)];
      const sources = [
        bytes,
        bytes.slice().buffer,
        new Blob([bytes.slice().buffer]),
        new Blob([bytes.slice().buffer]).stream(),
        pieces,
        from(pieces),
        new Uint8Array(0),
      ];
      return Promise.all(sources.map((data) => firstValueFrom(mux.call('measure', {}, { data }))));
    },
    expected: [...Array.from({ length: 6 }, () => 300 * KiB + 7), 0],
  },
  {
    title: 'SPEC 5.7 a command answers while its data is still on its way',
    needs: 'duplex',
    run: async (mux) => {
      let finish = (): void => undefined;
      const finished = new Promise<void>((resolve) => {
        finish = resolve;
      });
      async function* data(): AsyncGenerator<Uint8Array> {
        yield pattern(10);
        await finished;
        yield pattern(20);
      }
      let bytes = 0;
      const sizes: number[] = [];
      for await (const piece of mux.iterate('mirror', {}, { data: data() })) {
        bytes += piece.length;
        sizes.push(bytes);
        if (bytes === 10) finish();
      }
      return sizes;
    },
    expected: [10, 30],
  },
  {
    title: 'SPEC 3.3.1 bytes come back as they were sent',
    run: async (mux) => {
      const data = pattern(251 * 2_000);
      const pieces: Uint8Array[] = [];
      for await (const piece of mux.iterate('mirror', {}, { data })) pieces.push(piece.slice());
      const size = pieces.reduce((sum, piece) => sum + piece.length, 0);
      const whole = new Uint8Array(await new Blob(pieces.map((piece) => piece.slice().buffer)).arrayBuffer());
      return { size, same: isPattern(whole) };
    },
    expected: { size: 251 * 2_000, same: true },
  },
  {
    title: 'SPEC 8.6.5 a command that wants no more data stops its source and answers',
    needs: 'duplex',
    run: async (mux) => {
      let returned = false;
      async function* endless(): AsyncGenerator<Uint8Array> {
        try {
          for (;;) yield pattern(8 * KiB);
        } finally {
          returned = true;
        }
      }
      const read = await firstValueFrom(mux.call('taste', { bytes: 100 * KiB }, { data: endless() }));
      return { enough: read >= 100 * KiB, returned };
    },
    expected: { enough: true, returned: true },
  },
  {
    title: 'SPEC 8.6.1 a source that fails fails the request',
    needs: 'extended',
    run: async (mux) => {
      async function* broken(): AsyncGenerator<Uint8Array> {
        yield pattern(10);
        throw new RangeError('The disk is gone.');
      }
      const failure = await failureOf(lastValueFrom(mux.call('measure', {}, { data: broken() })));
      return { code: failure.code, told: failure.message.includes('The disk is gone.') };
    },
    expected: { code: 'upload-failed', told: true },
  },
];
