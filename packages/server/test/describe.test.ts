import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { implement } from '../src/command-set.js';
import { type Command, command, defineCommands } from '../src/contract.js';
import { describeCommands } from '../src/describe.js';
import { schemaOf } from './support/schemas.js';

function describeOne(contract: Command) {
  return describeCommands(implement(defineCommands({ one: contract }), { one: () => undefined }))[0];
}

describe('describeCommands', () => {
  it('says what a caller needs to know', () => {
    const contract = command({
      args: z.object({ every: z.number().default(1_000) }),
      about: 'Counts.',
      channel: 'bulk',
      takesData: true,
      restartable: true,
    });
    const commands = defineCommands({ count: contract });
    expect(describeCommands(implement(commands, { count: () => undefined }))).toEqual([
      {
        name: 'count',
        about: 'Counts.',
        args: { type: 'object', properties: { every: { default: 1_000, type: 'number' } } },
        takesData: true,
        channel: 'bulk',
        restartable: true,
      },
    ]);
  });

  it('says default where the contract says nothing', () => {
    expect(describeOne(command())).toEqual({
      name: 'one',
      about: '',
      args: { type: 'object' },
      takesData: false,
      channel: 'default',
      restartable: false,
    });
  });

  it('says any map of a schema that does not describe itself', () => {
    const args = schemaOf<{ a: number }>(() => ({ value: { a: 1 } }));
    expect(describeOne(command({ args }))?.args).toEqual({ type: 'object' });
  });

  it('says any map of a schema that fails to describe itself', () => {
    const fails = () => {
      throw new Error('not in this draft');
    };
    const plain = schemaOf<{ a: number }>(() => ({ value: { a: 1 } }));
    const args = { '~standard': { ...plain['~standard'], jsonSchema: { input: fails, output: fails } } };
    expect(describeOne(command({ args }))?.args).toEqual({ type: 'object' });
  });

  it('leaves open what JSON Schema cannot say, and says the rest', () => {
    const args = z.object({ big: z.bigint(), bytes: z.instanceof(Uint8Array), name: z.string() });
    const described = describeOne(command({ args }))?.args;
    expect(described).toMatchObject({ properties: { big: {}, bytes: {}, name: { type: 'string' } } });
  });

  it('gives plain data only', () => {
    const described = describeOne(command({ args: z.object({ a: z.string() }) }))?.args ?? {};
    expect(Reflect.ownKeys(described)).toEqual(['type', 'properties', 'required']);
  });
});
