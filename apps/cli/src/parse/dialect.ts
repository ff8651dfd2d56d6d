import { DIALECT_NAMES, type DialectName } from '@wiremux/framing';
import { usageError } from '../exit-status.js';

/** Spoken and printed unless `--dialect` says otherwise. */
export const DEFAULT_DIALECT: DialectName = 'wiremux.1';

const SHORT_PREFIX = 'exp-framing-';

/** A dialect from its name or the digits an `exp-framing` one ends in; `names` are those to choose from. Throws `usage`. */
export function parseDialect(text: string, names: readonly DialectName[] = DIALECT_NAMES): DialectName {
  const found = names.find((name) => name === text || name === SHORT_PREFIX + text);
  if (found !== undefined) return found;
  throw usageError(`"${text}" is not a dialect known here; choose one of ${names.join(', ')}.`);
}
