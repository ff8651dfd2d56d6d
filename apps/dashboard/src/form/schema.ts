import { peek, peekItems, peekNumber, peekText } from '../state/peek.js';

interface FieldBase {
  /** The argument's name. */
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly required: boolean;
  /** What the field holds at first, as typed. */
  readonly initial: string;
}

/** One input of the form of a command. */
export type Field =
  | (FieldBase & {
      readonly kind: 'number';
      readonly isInteger: boolean;
      readonly min: number | undefined;
      readonly max: number | undefined;
    })
  | (FieldBase & {
      readonly kind: 'text';
      readonly minLength: number | undefined;
      readonly maxLength: number | undefined;
      readonly pattern: string | undefined;
    })
  /** On or off; with `isOptional` also neither. */
  | (FieldBase & { readonly kind: 'boolean'; readonly isOptional: boolean })
  /** One of a few values; typed is the value's index. */
  | (FieldBase & { readonly kind: 'choice'; readonly choices: readonly Choice[] })
  /** Anything, in the JSON form. */
  | (FieldBase & { readonly kind: 'json' })
  /** An object in the JSON form whose entries join the other arguments. */
  | (FieldBase & { readonly kind: 'rest' });

interface Choice {
  readonly value: unknown;
  readonly label: string;
}

/**
 * The inputs for a command's arguments, from their JSON Schema. Numbers, texts, booleans and enumerations of those get
 * inputs of their own, everything else a text area for JSON; a schema that lists no properties gets one for all.
 */
export function fieldsOf(schema: unknown): readonly Field[] {
  const properties = peek(schema, ['properties']);
  if (typeof properties !== 'object' || properties === null) {
    return peek(schema, ['additionalProperties']) === false ? [] : [restField('Arguments')];
  }
  const required = new Set(peekItems(schema, ['required']));
  const fields = Object.entries(properties).map(([name, property]) => fieldOf(name, property, required.has(name)));
  return takesMore(schema) ? [...fields, restField('Further arguments')] : fields;
}

/** Whether the schema says, rather than merely allows, that there may be other properties. */
function takesMore(schema: unknown): boolean {
  const additional = peek(schema, ['additionalProperties']);
  return additional === true || (typeof additional === 'object' && additional !== null);
}

function restField(label: string): Field {
  return { kind: 'rest', name: '', label, description: 'A JSON object.', required: false, initial: '' };
}

function fieldOf(name: string, schema: unknown, isRequired: boolean): Field {
  const preset = peek(schema, ['default']);
  const base = {
    name,
    label: peekText(schema, ['title']) || name,
    description: peekText(schema, ['description']),
    required: isRequired && preset === undefined,
    initial: isScalar(preset) ? String(preset) : '',
  };
  const choices = choicesOf(schema);
  if (choices !== undefined) {
    const index = choices.findIndex(({ value }) => value === preset);
    return { ...base, kind: 'choice', choices, initial: index < 0 ? '' : String(index) };
  }
  switch (peek(schema, ['type'])) {
    case 'integer':
    case 'number':
      return { ...base, kind: 'number', isInteger: peek(schema, ['type']) === 'integer', ...boundsOf(schema) };
    case 'string':
      return {
        ...base,
        kind: 'text',
        minLength: peekNumber(schema, ['minLength']) ?? undefined,
        maxLength: peekNumber(schema, ['maxLength']) ?? undefined,
        pattern: peekText(schema, ['pattern']) || undefined,
      };
    case 'boolean': {
      const isOptional = !isRequired && preset === undefined;
      return { ...base, kind: 'boolean', isOptional, initial: isOptional ? '' : String(preset === true) };
    }
    default:
      return { ...base, kind: 'json', initial: preset === undefined ? '' : JSON.stringify(preset) };
  }
}

/** Smallest and largest number; the edges of safe integers, which schema libraries add by themselves, say nothing. */
function boundsOf(schema: unknown): { min: number | undefined; max: number | undefined } {
  const isInteger = peek(schema, ['type']) === 'integer';
  const above = peekNumber(schema, ['exclusiveMinimum']);
  const below = peekNumber(schema, ['exclusiveMaximum']);
  const min = peekNumber(schema, ['minimum']) ?? (isInteger && above !== null ? Math.floor(above) + 1 : null);
  const max = peekNumber(schema, ['maximum']) ?? (isInteger && below !== null ? Math.ceil(below) - 1 : null);
  return {
    min: min === null || min <= Number.MIN_SAFE_INTEGER ? undefined : min,
    max: max === null || max >= Number.MAX_SAFE_INTEGER ? undefined : max,
  };
}

function choicesOf(schema: unknown): readonly Choice[] | undefined {
  const constant = peek(schema, ['const']);
  const values = constant === undefined ? peekItems(schema, ['enum']) : [constant];
  if (values.length === 0 || !values.every(isScalar)) return undefined;
  return values.map((value) => ({ value, label: String(value) }));
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
