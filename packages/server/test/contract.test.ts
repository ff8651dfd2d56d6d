import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { command, defineCommands } from '../src/contract.js';

describe('command', () => {
  it('fills in what is left out', () => {
    expect(command()).toEqual({
      args: undefined,
      yields: undefined,
      takesData: false,
      channel: undefined,
      plain: false,
      restartable: false,
      about: '',
    });
  });

  it('keeps what it is given', () => {
    const options = {
      args: z.object({}),
      yields: z.number(),
      takesData: true,
      channel: 'bulk',
      plain: true,
      restartable: true,
      about: 'Counts.',
    };
    expect(command(options)).toEqual(options);
  });

  it.each(['a', 'c'.repeat(64), 'ä'.repeat(32)])('takes the channel %s', (channel) => {
    expect(command({ channel }).channel).toBe(channel);
  });

  it.each(['', 'c'.repeat(65), 'ä'.repeat(33)])('refuses the channel "%s"', (channel) => {
    expect(() => command({ channel })).toThrow(/has 1 to 64 bytes/);
  });

  it('refuses the channel control', () => {
    expect(() => command({ channel: 'control' })).toThrow(/takes no answers/);
  });
});

describe('defineCommands', () => {
  it('returns what it was given', () => {
    const commands = { a: command(), ['n'.repeat(255)]: command() };
    expect(defineCommands(commands)).toBe(commands);
  });

  it('refuses an empty name', () => {
    expect(() => defineCommands({ '': command() })).toThrow(/must not be empty/);
  });

  it.each(['n'.repeat(256), 'ä'.repeat(128)])('refuses a name over 255 bytes', (name) => {
    expect(() => defineCommands({ [name]: command() })).toThrow(/longer than 255 bytes/);
  });
});
