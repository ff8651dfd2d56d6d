import { describe, expect, it } from 'vitest';
import { implement, mergeCommands } from '../src/command-set.js';
import { type Commands, command, defineCommands } from '../src/contract.js';
import type { Handlers } from '../src/handler.js';

const commands = defineCommands({ b: command({ about: 'B.' }), a: command() });
const handlers = { a: () => 1, b: () => 2 };

describe('implement', () => {
  it('joins each contract with its handler, in the order of the contract', () => {
    const set = implement(commands, handlers);
    expect([...set.keys()]).toEqual(['b', 'a']);
    expect(set.get('b')).toEqual({ name: 'b', contract: commands.b, handler: handlers.b });
  });

  it('knows no command that every object inherits', () => {
    expect(implement(commands, handlers).has('constructor')).toBe(false);
  });

  it('names a command without a handler', () => {
    const lacking = { a: () => 1 } as unknown as Handlers<typeof commands>;
    expect(() => implement(commands, lacking)).toThrow('The command `b` has no handler.');
  });

  it('names a handler without a command', () => {
    const surplus: Handlers<typeof commands> & Record<string, () => number> = { ...handlers, c: () => 3 };
    expect(() => implement<Commands>(commands, surplus)).toThrow('The handler `c` has no command in the contract.');
  });
});

describe('mergeCommands', () => {
  it('joins sets', () => {
    const more = implement(defineCommands({ c: command() }), { c: () => 3 });
    expect([...mergeCommands(implement(commands, handlers), more).keys()]).toEqual(['b', 'a', 'c']);
  });

  it('names a command that two sets have', () => {
    const again = implement(defineCommands({ a: command() }), { a: () => 3 });
    expect(() => mergeCommands(implement(commands, handlers), again)).toThrow(/`a` is defined twice/);
  });
});
