import { describe, expect, it } from 'vitest';
import { type Field, fieldsOf } from '../../src/form/schema.js';

function fieldFor(property: unknown, required = false): Field {
  const [field] = fieldsOf({ type: 'object', properties: { x: property }, required: required ? ['x'] : [] });
  return field as Field;
}

describe('fieldsOf', () => {
  it('makes an input for each property, in order, with label, description and default', () => {
    const fields = fieldsOf({
      type: 'object',
      properties: {
        every: { type: 'integer', minimum: 50, maximum: 3_600_000, default: 1_000, description: 'Milliseconds.' },
        name: { type: 'string', title: 'Name', minLength: 1, maxLength: 9, pattern: '^a' },
      },
      required: ['name', 'every'],
      additionalProperties: false,
    });
    expect(fields).toEqual([
      {
        kind: 'number',
        name: 'every',
        label: 'every',
        description: 'Milliseconds.',
        required: false,
        initial: '1000',
        isInteger: true,
        min: 50,
        max: 3_600_000,
      },
      {
        kind: 'text',
        name: 'name',
        label: 'Name',
        description: '',
        required: true,
        initial: '',
        minLength: 1,
        maxLength: 9,
        pattern: '^a',
      },
    ]);
  });

  it('takes the edges of safe integers for no bound, and exclusive ones of integers for the next', () => {
    const { MIN_SAFE_INTEGER, MAX_SAFE_INTEGER } = Number;
    expect(fieldFor({ type: 'integer', minimum: MIN_SAFE_INTEGER, maximum: MAX_SAFE_INTEGER })).toMatchObject({
      min: undefined,
      max: undefined,
    });
    expect(fieldFor({ type: 'integer', exclusiveMinimum: 0, exclusiveMaximum: 10 })).toMatchObject({ min: 1, max: 9 });
    expect(fieldFor({ type: 'number', minimum: 0.5 })).toMatchObject({ isInteger: false, min: 0.5, max: undefined });
  });

  it('makes a switch of a boolean, with a third way where nothing says what it is', () => {
    expect(fieldFor({ type: 'boolean', default: true })).toMatchObject({ isOptional: false, initial: 'true' });
    expect(fieldFor({ type: 'boolean' }, true)).toMatchObject({ isOptional: false, initial: 'false' });
    expect(fieldFor({ type: 'boolean' })).toMatchObject({ isOptional: true, initial: '' });
  });

  it('makes a choice of an enumeration or constant', () => {
    expect(fieldFor({ type: 'string', enum: ['md5', 'sha256'], default: 'sha256' })).toMatchObject({
      kind: 'choice',
      initial: '1',
      choices: [
        { value: 'md5', label: 'md5' },
        { value: 'sha256', label: 'sha256' },
      ],
    });
    expect(fieldFor({ enum: [1, false, 'x'] })).toMatchObject({ kind: 'choice', initial: '' });
    expect(fieldFor({ const: 7 })).toMatchObject({ kind: 'choice', choices: [{ value: 7, label: '7' }] });
    expect(fieldFor({ enum: [1, { deep: true }] })).toMatchObject({ kind: 'json' });
  });

  it.each([
    [{}],
    [true],
    [{ type: 'array', items: { type: 'string' } }],
    [{ type: ['string', 'null'] }],
    [{ anyOf: [{ type: 'string' }, { type: 'number' }] }],
    [{ $ref: '#/$defs/x' }],
    [{ type: 'object', properties: {} }],
  ])('makes a text area for JSON of %o', (property) => {
    expect(fieldFor(property)).toMatchObject({ kind: 'json', initial: '' });
  });

  it('starts a JSON field with its default', () => {
    expect(fieldFor({ type: 'array', default: [1, 2] })).toMatchObject({ kind: 'json', initial: '[1,2]' });
  });

  it.each([
    [undefined],
    [null],
    [{}],
    [{ type: 'object' }],
    [{ type: 'object', additionalProperties: {} }],
    [{ anyOf: [] }],
  ])('makes one field for all arguments of %o', (schema) => {
    expect(fieldsOf(schema)).toMatchObject([{ kind: 'rest', name: '', label: 'Arguments' }]);
  });

  it('adds a field for further arguments where the schema asks for them, and none where it does not', () => {
    const properties = { a: { type: 'string' } };
    expect(fieldsOf({ properties, additionalProperties: { type: 'number' } })).toMatchObject([
      { name: 'a' },
      { kind: 'rest', label: 'Further arguments' },
    ]);
    expect(fieldsOf({ properties })).toHaveLength(1);
    expect(fieldsOf({ properties: {}, additionalProperties: false })).toEqual([]);
    expect(fieldsOf({ type: 'object', additionalProperties: false })).toEqual([]);
  });
});
