import { wellFormedCode } from './failure.js';
import { asFields, asProse, field, isUint } from './fields.js';
import type { FieldValue } from './write-field.js';

/** What a server says of the token it was given (SPEC 8.3.12). */
export interface TokenVerdict {
  /** Whether it is accepted. */
  readonly ok: boolean;
  /** Why it is not; of the form of error codes. */
  readonly code?: string | undefined;
  /** How long the token in force still holds, ms from now. */
  readonly expires?: number | undefined;
}

/** The value of the key `auth`. A part of a ms is dropped, and a code that has not its form left out. */
export function verdictField({ ok, code, expires }: TokenVerdict): FieldValue {
  return { code: wellFormedCode(code), expires: expires && Math.floor(expires), ok };
}

/** The value of the key `auth`; undefined where it is malformed. */
export function parseVerdict(value: unknown): TokenVerdict | undefined {
  const fields = asFields(value);
  if (fields === undefined) return undefined;
  const ok = field(fields, 'ok');
  const said = Object.hasOwn(fields, 'code') ? asProse(fields['code']) : '';
  const expires = field(fields, 'expires');
  if (typeof ok !== 'boolean' || said === undefined) return undefined;
  if (expires !== undefined && !isUint(expires, 0, Number.MAX_SAFE_INTEGER)) return undefined;
  return { ok, code: wellFormedCode(said), expires };
}
