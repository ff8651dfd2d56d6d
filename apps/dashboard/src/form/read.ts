import { fromJsonForm } from '@wiremux/client/json';
import { problemOf } from '../state/problem.js';
import type { Field } from './schema.js';

/** What has been typed, by field name. */
export type Draft = Readonly<Record<string, string>>;

/** The arguments a draft stands for, or what is wrong with it, by field name. */
export type Reading =
  | { readonly ok: true; readonly args: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly faults: Readonly<Record<string, string>> };

/** A field's value, nothing (`left out`), or a sentence that says what is wrong. */
type Outcome = { readonly value: unknown } | { readonly fault: string } | undefined;

/** The draft a form starts with. */
export function initialDraft(fields: readonly Field[]): Draft {
  return Object.fromEntries(fields.map(({ name, initial }) => [name, initial]));
}

/** Reads a draft. An optional field left empty is left out, so that the command's own default holds. */
export function readDraft(fields: readonly Field[], draft: Draft): Reading {
  const entries: [string, unknown][] = [];
  const faults: [string, string][] = [];
  for (const field of fields) {
    const outcome = readField(field, draft[field.name] ?? '');
    if (outcome === undefined) continue;
    if ('fault' in outcome) faults.push([field.name, outcome.fault]);
    else if (field.kind === 'rest') entries.push(...Object.entries(outcome.value as object));
    else entries.push([field.name, outcome.value]);
  }
  if (faults.length > 0) return { ok: false, faults: Object.fromEntries(faults) };
  return { ok: true, args: Object.fromEntries(entries) };
}

function readField(field: Field, typed: string): Outcome {
  if (typed.trim() === '' && !(field.kind === 'text' && (field.required || typed !== ''))) {
    return field.required ? { fault: 'This argument is required.' } : undefined;
  }
  switch (field.kind) {
    case 'number':
      return readNumber(field, Number(typed));
    case 'text':
      return readText(field, typed);
    case 'boolean':
      return { value: typed === 'true' };
    case 'choice': {
      const choice = field.choices[Number(typed)];
      return choice === undefined ? { fault: 'Choose one of the list.' } : { value: choice.value };
    }
    case 'json':
      return readJson(typed);
    case 'rest': {
      const outcome = readJson(typed);
      const isObject = outcome !== undefined && 'value' in outcome && isPlainObject(outcome.value);
      return isObject || (outcome !== undefined && 'fault' in outcome)
        ? outcome
        : { fault: 'Write a JSON object, as in {"key": 1}.' };
    }
  }
}

function readNumber({ isInteger, min, max }: Extract<Field, { kind: 'number' }>, value: number): Outcome {
  if (!Number.isFinite(value)) return { fault: 'Write a number.' };
  if (isInteger && !Number.isSafeInteger(value)) return { fault: 'Write a whole number.' };
  if (min !== undefined && value < min) return { fault: `Must be at least ${min}.` };
  if (max !== undefined && value > max) return { fault: `Must be at most ${max}.` };
  return { value };
}

function readText({ minLength, maxLength, pattern }: Extract<Field, { kind: 'text' }>, value: string): Outcome {
  const length = Array.from(value).length;
  if (minLength !== undefined && length < minLength) return { fault: `Must have at least ${minLength} characters.` };
  if (maxLength !== undefined && length > maxLength) return { fault: `Must have at most ${maxLength} characters.` };
  if (pattern !== undefined && !matches(pattern, value)) return { fault: `Must match ${pattern}.` };
  return { value };
}

/** A pattern this browser cannot read is the gateway's to check. */
function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(value);
  } catch {
    return true;
  }
}

function readJson(typed: string): Outcome {
  let json: unknown;
  try {
    json = JSON.parse(typed);
  } catch (error) {
    return { fault: `This is not JSON: ${(error as SyntaxError).message}.` };
  }
  try {
    return { value: fromJsonForm(json) };
  } catch (error) {
    return { fault: problemOf(error).message };
  }
}

function isPlainObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.prototype.toString.call(value) === '[object Object]';
}
