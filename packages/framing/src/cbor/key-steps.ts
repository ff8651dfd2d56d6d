import { SHORT_TEXT, sameText } from './short-text.js';

/** Ways on from one step that are known at once: a map that has others is more of a table than of a record. */
const MOST_WAYS = 8;
/** Steps known and ways not found before all are forgotten: it bounds what peers can make them hold, and lets go of the old. */
const MOST_STEPS = 4_096;

/**
 * A key of a record, and which came behind it. Most maps have the keys of one before them, in their order: then each key is
 * known from its bytes, and as no step leads to a key twice none has to be looked for among the others.
 */
export class KeyStep {
  readonly key: string;
  /** The first keys of maps that are its value, or are in it. */
  #inner: KeyStep | undefined;
  /** Keys that came behind it, as a list, the newest first. */
  #next: KeyStep | undefined;
  #ways = 0;
  /** The next of the list this step is in. */
  #sibling: KeyStep | undefined;

  constructor(key: string) {
    this.key = key;
  }

  /** Where a map of `size` entries begins that is no part of another. */
  static first(size: number): KeyStep {
    const at = size & (FIRST_STEPS - 1);
    firstSteps[at] ??= new KeyStep('');
    return firstSteps[at];
  }

  /** Where the maps begin that are, or are in, the value of this key. */
  get inner(): KeyStep {
    this.#inner ??= new KeyStep('');
    return this.#inner;
  }

  /** The step to the key that is `length` bytes from `at`; undefined if none such came here. */
  find(bytes: Uint8Array, at: number, length: number): KeyStep | undefined {
    for (let step = this.#next; step !== undefined; step = step.#sibling) {
      if (step.key.length === length && sameText(step.key, bytes, at)) return step;
    }
    return undefined;
  }

  /** The step to a key that did not come here before, nor anywhere on the way; undefined if it is not to be known. */
  learn(key: string): KeyStep | undefined {
    if (++learnt > MOST_STEPS) forgetAll();
    if (this.#ways === MOST_WAYS || key.length > SHORT_TEXT || key === '__proto__') return undefined;
    const step = new KeyStep(asName(key));
    step.#sibling = this.#next;
    this.#next = step;
    this.#ways++;
    return step;
  }
}

/** A power of two: maps of so many sizes begin apart. */
const FIRST_STEPS = 32;
const firstSteps: (KeyStep | undefined)[] = [];
let learnt = 0;

function forgetAll(): void {
  firstSteps.length = 0;
  learnt = 0;
}

/** The string that the engine itself has for this property name: to set one by it takes no search. */
function asName(key: string): string {
  return Object.keys({ [key]: 0 })[0] as string;
}
