import { describe, expect, it } from 'vitest';
import { initialDraft, readDraft } from '../../src/form/read.js';
import { fieldsOf } from '../../src/form/schema.js';

const fields = fieldsOf({
  properties: {
    count: { type: 'integer', minimum: 1, maximum: 10 },
    ratio: { type: 'number' },
    name: { type: 'string', maxLength: 3, pattern: '^[a-z]*$' },
    note: { type: 'string' },
    flag: { type: 'boolean' },
    size: { enum: [1, 'big'] },
    shape: { type: 'array' },
  },
  required: ['count', 'name'],
  additionalProperties: {},
});

const empty = { ...initialDraft(fields), count: '3' };

function faultsOf(draft: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const reading = readDraft(fields, { ...empty, ...draft });
  return reading.ok ? {} : reading.faults;
}

describe('readDraft', () => {
  it('leaves out what is optional and empty, and sends a required text even when it is empty', () => {
    expect(readDraft(fields, empty)).toEqual({ ok: true, args: { count: 3, name: '' } });
  });

  it('reads every kind', () => {
    const draft = {
      count: '10',
      ratio: '-2.5e3',
      name: 'abc',
      note: '  ',
      flag: 'false',
      size: '1',
      shape: '[{"$int":"9007199254740993"},{"$bytes":"AAE="}]',
      '': '{"more":{"$float":"NaN"},"$$price":1}',
    };
    expect(readDraft(fields, draft)).toEqual({
      ok: true,
      args: {
        count: 10,
        ratio: -2_500,
        name: 'abc',
        note: '  ',
        flag: false,
        size: 'big',
        shape: [9007199254740993n, new Uint8Array([0, 1])],
        more: Number.NaN,
        $price: 1,
      },
    });
  });

  it.each([
    [{ count: '' }, 'count', 'required'],
    [{ count: '0' }, 'count', 'at least 1'],
    [{ count: '11' }, 'count', 'at most 10'],
    [{ count: '1.5' }, 'count', 'whole number'],
    [{ count: '1e400' }, 'count', 'number'],
    [{ ratio: 'much' }, 'ratio', 'number'],
    [{ name: 'abcd' }, 'name', 'at most 3'],
    [{ name: 'A' }, 'name', 'match'],
    [{ size: '7' }, 'size', 'list'],
    [{ shape: '[1,' }, 'shape', 'not JSON'],
    [{ shape: '{"$bytes":1}' }, 'shape', 'base64'],
    [{ '': '[1]' }, '', 'JSON object'],
    [{ '': '{"$map":[]}' }, '', 'JSON object'],
    [{ '': '{' }, '', 'not JSON'],
  ])('says what is wrong with %o', (draft, name, mention) => {
    const faults = faultsOf(draft);
    expect(Object.keys(faults)).toEqual([name]);
    expect(faults[name]).toContain(mention);
  });

  it('leaves a pattern that no browser reads to the gateway', () => {
    const odd = fieldsOf({ properties: { x: { type: 'string', pattern: '(?P<x>' } } });
    expect(readDraft(odd, { x: 'anything' })).toEqual({ ok: true, args: { x: 'anything' } });
  });

  it('tells of all faults at once', () => {
    expect(Object.keys(faultsOf({ count: '', name: 'ABCD' }))).toEqual(['count', 'name']);
  });
});
