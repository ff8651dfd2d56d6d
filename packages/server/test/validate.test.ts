import { encodeValue, WiremuxError } from '@wiremux/framing';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ImplementedCommand } from '../src/command-set.js';
import { type ArgsSchema, command } from '../src/contract.js';
import { validateArgs } from '../src/validate.js';
import { schemaOf } from './support/schemas.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function commandWith(args?: ArgsSchema): ImplementedCommand {
  const contract = args === undefined ? command() : command({ args });
  return { name: 'test', contract, handler: () => undefined };
}

async function refusal(args: ArgsSchema, given: Record<string, unknown>, textAsBytes = false): Promise<WiremuxError> {
  try {
    await validateArgs(commandWith(args), given, textAsBytes);
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(WiremuxError);
    expect((thrown as WiremuxError).code).toBe('bad-arguments');
    return thrown as WiremuxError;
  }
  throw new Error('The arguments were accepted.');
}

describe('validateArgs', () => {
  it('passes any map on where the contract has no schema', () => {
    const args = { any: [1, bytes('x')] };
    expect(validateArgs(commandWith(), args, true)).toBe(args);
  });

  it('gives what the schema makes of the arguments, at once', () => {
    const schema = z.object({ every: z.number().default(1_000) });
    expect(validateArgs(commandWith(schema), { more: 1 }, false)).toEqual({ every: 1_000 });
  });

  it('waits for a schema that takes its time', async () => {
    const schema = z.object({ a: z.number().refine(async (a) => Promise.resolve(a > 1), 'too small') });
    expect(await validateArgs(commandWith(schema), { a: 2 }, false)).toEqual({ a: 2 });
    expect((await refusal(schema, { a: 1 })).message).toBe(
      'The arguments do not fit the command `test`: `a`: too small.',
    );
  });

  it('names each argument at fault and what was expected', async () => {
    const schema = z.object({ every: z.number(), rows: z.array(z.object({ price: z.number() })), ok: z.boolean() });
    const error = await refusal(schema, { every: 'x', rows: [{ price: null }], ok: true });
    expect(error.message).toBe(
      'The arguments do not fit the command `test`: `every`: Invalid input: expected number, received string; ' +
        '`rows[0].price`: Invalid input: expected number, received null.',
    );
    expect(error.data).toEqual([
      { path: ['every'], message: 'Invalid input: expected number, received string' },
      { path: ['rows', 0, 'price'], message: 'Invalid input: expected number, received null' },
    ]);
  });

  it('reads issues of any vendor', async () => {
    const issues = [{ message: 'Nothing fits.' }, { message: 'odd', path: [{ key: 'a' }, Symbol('s')] }];
    const error = await refusal(
      schemaOf(() => ({ issues })),
      {},
    );
    expect(error.message).toBe('The arguments do not fit the command `test`: Nothing fits.; `a.Symbol(s)`: odd.');
    expect(error.data).toEqual([
      { path: [], message: 'Nothing fits.' },
      { path: ['a', 'Symbol(s)'], message: 'odd' },
    ]);
  });

  it('does not end with two full stops', async () => {
    const error = await refusal(
      schemaOf(() => ({ issues: [{ message: 'Nothing fits.' }] })),
      {},
    );
    expect(error.message).toBe('The arguments do not fit the command `test`: Nothing fits.');
  });

  it('lets the error of a schema that throws pass', () => {
    const schema = schemaOf(() => {
      throw new RangeError('broken schema');
    });
    expect(() => validateArgs(commandWith(schema), {}, false)).toThrow(RangeError);
  });
});

describe('SPEC 3.9.1 data of bad-arguments', () => {
  it('tells 16 issues, and how many more there are', async () => {
    const schema = z.object({ list: z.array(z.number()) });
    const full = await refusal(schema, { list: Array(16).fill('x') });
    expect(full.data).toHaveLength(16);
    expect(full.message).not.toContain('more');
    const over = await refusal(schema, { list: Array(17).fill('x') });
    expect(over.data).toHaveLength(16);
    expect(over.message).toMatch(/; 1 more\.$/);
  });

  it.each([200, 201, 100_000])('stays within 4 KiB when messages have %i characters', async (length) => {
    const issues = Array.from({ length: 16 }, () => ({ message: 'ü'.repeat(length), path: ['k'.repeat(length)] }));
    const error = await refusal(
      schemaOf(() => ({ issues })),
      {},
    );
    expect(encodeValue(error.data).length).toBeLessThanOrEqual(4_096);
    expect(error.data).not.toHaveLength(0);
    expect(error.message).toMatch(/ more\.$/);
  });
});

describe('SPEC 3.1.3 text that came as bytes', () => {
  const accepts = async (schema: ArgsSchema, given: Record<string, unknown>): Promise<unknown> =>
    await validateArgs(commandWith(schema), given, true);

  it('is taken where the schema asks for a string', async () => {
    const schema = z.object({ name: z.string(), tags: z.array(z.string()), raw: z.instanceof(Uint8Array) });
    const given = { name: bytes('ä'), tags: [bytes('b')], raw: bytes('c') };
    expect(await accepts(schema, given)).toEqual({ name: 'ä', tags: ['b'], raw: bytes('c') });
  });

  it('is not taken in dialects that have text', async () => {
    await refusal(z.object({ name: z.string() }), { name: bytes('a') });
  });

  it('is taken level by level where a choice hangs on a text', async () => {
    const schema = z.object({
      shape: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('circle'), label: z.string() }),
        z.object({ kind: z.literal('square'), side: z.number() }),
      ]),
    });
    const given = { shape: { kind: bytes('circle'), label: bytes('big') } };
    expect(await accepts(schema, given)).toEqual({ shape: { kind: 'circle', label: 'big' } });
  });

  it('is taken within a choice that names no single place', async () => {
    const schema = z.object({ either: z.union([z.object({ a: z.string() }), z.object({ b: z.string() })]) });
    expect(await accepts(schema, { either: { b: bytes('x') } })).toEqual({ either: { b: 'x' } });
  });

  it('is taken in sets', async () => {
    const schema = z.object({ set: z.set(z.string()) });
    expect(await accepts(schema, { set: new Set([bytes('x')]) })).toEqual({ set: new Set(['x']) });
  });

  it('is refused if it is not UTF-8', async () => {
    const error = await refusal(z.object({ name: z.string() }), { name: Uint8Array.of(0xff) }, true);
    expect(error.message).toContain('`name`');
  });

  it('is refused for what is wrong with the text', async () => {
    const error = await refusal(
      z.object({ name: z.enum(['a', 'b']), n: z.number() }),
      { name: bytes('c'), n: 1 },
      true,
    );
    expect(error.data).toMatchObject([{ path: ['name'] }]);
  });

  it('is asked about with schemas that take their time', async () => {
    const schema = z.object({ name: z.string().refine(async (name) => Promise.resolve(name === 'a'), 'wrong name') });
    expect(await accepts(schema, { name: bytes('a') })).toEqual({ name: 'a' });
    expect((await refusal(schema, { name: bytes('b') }, true)).message).toContain('wrong name');
  });
});
