import { ContextBudget } from '../../src/index.js';
import { FakeCodec } from '../stream/fake-codec.js';
import type { Random } from './random.js';
import type { ModelEncodings } from './session.js';

/** Encodings whose work leaves the event loop now and then, and may end in any order. */
export class Encodings implements ModelEncodings {
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
