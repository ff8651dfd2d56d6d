import { describe, expect, it } from 'vitest';
import {
  DEFAULT_LIMITS,
  type Limits,
  PRINCIPAL_KEYS,
  PROCESS_CONTEXTS,
  PROCESS_KEPT_BYTES,
  PROCESS_KEY_BYTES,
} from '../src/index.js';
import { resolveLimits } from '../src/limits.js';
import { MAX_KEEP, slowPolicy } from '../src/message/slow.js';
import { specTable } from './spec.js';

const KiB = 1_024;
const MiB = 1_024 * KiB;

describe('SPEC 9.1 limits', () => {
  it('are by default what the table says', () => {
    const table = new Map(specTable('### 9.1').map(([id, , value]) => [id?.replaceAll('*', ''), value]));
    const keep = slowPolicy('drop')?.keep ?? 0;
    const keepLatest = slowPolicy('latest')?.keep ?? 0;
    const said: Readonly<Record<string, string>> = {
      '9.1.1': `${DEFAULT_LIMITS.framePayload.toLocaleString('en')}; at most 1 MiB`,
      '9.1.2': `${DEFAULT_LIMITS.requestMap / MiB} MiB`,
      '9.1.3': `${DEFAULT_LIMITS.requestMaps / MiB} MiB`,
      '9.1.4': `${DEFAULT_LIMITS.openingRequests}`,
      '9.1.5': DEFAULT_LIMITS.openRequests.toLocaleString('en'),
      '9.1.6': `${DEFAULT_LIMITS.openStreams}`,
      '9.1.7': `${DEFAULT_LIMITS.cborDepth}; at most 512`,
      '9.1.8': DEFAULT_LIMITS.cborItems.toLocaleString('en'),
      '9.1.9': `${DEFAULT_LIMITS.valueBytes / MiB} MiB; no limit for a result that is taken in pieces (3.1.9)`,
      '9.1.10': `${DEFAULT_LIMITS.grantedBytes / MiB} MiB`,
      '9.1.11': `${DEFAULT_LIMITS.settingsBytes / KiB} KiB`,
      '9.1.12': `${DEFAULT_LIMITS.settingsTimeout / 1_000} s`,
      '9.1.19': `${DEFAULT_LIMITS.tokenInterval / 1_000} s; at most that`,
      '9.1.13': `${DEFAULT_LIMITS.textQueue / KiB} KiB, ${DEFAULT_LIMITS.progressTopics}`,
      '9.1.14': `${DEFAULT_LIMITS.controlBudget.toLocaleString('en')}, refilled by ${DEFAULT_LIMITS.controlRefill} a second`,
      '9.1.15': `${DEFAULT_LIMITS.pausedBytes / MiB} MiB`,
      '9.1.20': `${DEFAULT_LIMITS.contexts}`,
      '9.1.21': PROCESS_CONTEXTS.toLocaleString('en'),
      '9.1.22': `${DEFAULT_LIMITS.decodedBytes / MiB} MiB; 4.15`,
      '9.1.23': `${DEFAULT_LIMITS.decodedRatio}; 4.15`,
      '9.1.24': `${DEFAULT_LIMITS.decodeQueue / MiB} MiB`,
      '9.1.25': `${DEFAULT_LIMITS.heldAnswers / MiB} MiB`,
      '9.1.26': `${DEFAULT_LIMITS.sendWindow / MiB} MiB`,
      '9.1.27': PRINCIPAL_KEYS.toLocaleString('en'),
      '9.1.28': `${PROCESS_KEY_BYTES / MiB} MiB`,
      '9.1.29': `${PROCESS_KEPT_BYTES / MiB} MiB`,
      '9.1.31': `${keep.toLocaleString('en')}, with \`latest\` ${keepLatest}; 1 … ${MAX_KEEP.toLocaleString('en')} as the request says`,
      '9.1.18': `${DEFAULT_LIMITS.sendQueue / MiB} MiB`,
    };
    expect(Object.fromEntries(table)).toEqual(said);
  });

  it('are the defaults where nothing else is given', () => {
    expect(resolveLimits()).toEqual(DEFAULT_LIMITS);
    expect(resolveLimits({ cborDepth: 3 })).toEqual({ ...DEFAULT_LIMITS, cborDepth: 3 });
  });

  it.each([
    ['framePayload', 65_535, MiB],
    ['openStreams', 1, 127],
    ['tokenInterval', 0, 10_000],
    ['answerCredit', KiB, 16 * MiB],
    ['uploadWindow', 0, 16 * MiB],
    ['cborDepth', 0, 512],
    ['valueBytes', 0, 1_024 * MiB - 1],
  ] satisfies [keyof Limits, number, number][])(
    'SPEC 8.3.4, 8.3.11, 8.5.7 keep `%s` between %i and %i',
    (name, least, most) => {
      expect(resolveLimits({ [name]: least })[name]).toBe(least);
      expect(resolveLimits({ [name]: most })[name]).toBe(most);
      for (const value of [least - 1, most + 1]) {
        expect(() => resolveLimits({ [name]: value })).toThrow(
          expect.objectContaining({ code: 'unsupported', message: expect.stringContaining(`\`${name}\` is ${value}`) }),
        );
      }
    },
  );

  it.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('are whole numbers: not %s', (value) => {
    expect(() => resolveLimits({ requestMap: value })).toThrow(expect.objectContaining({ code: 'unsupported' }));
  });
});
