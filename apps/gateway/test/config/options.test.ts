import { DEFAULT_LIMITS } from '@wiremux/framing';
import { describe, expect, it } from 'vitest';
import { describeOptions } from '../../src/config/options.js';

describe('the table of options', () => {
  it('derives flag and variable from the name', () => {
    expect(describeOptions()).toContainEqual(
      expect.objectContaining({
        name: 'allowOrigin',
        flag: '--allow-origin',
        variable: 'WIREMUX_ALLOW_ORIGIN',
        form: 'list',
        placeholder: 'ORIGIN',
        default: [],
      }),
    );
  });

  it('has every limit of the protocol core, with its default, after everything else', () => {
    const options = describeOptions();
    const limits = Object.entries(DEFAULT_LIMITS);
    expect(options.slice(-limits.length).map(({ name, default: value }) => [name, value])).toEqual(limits);
    expect(options.map(({ name }) => name).indexOf('commands')).toBe(options.length - limits.length - 1);
  });

  it('says of each option what it does, once and in one sentence', () => {
    const about = describeOptions().map((option) => option.about);
    for (const sentence of about) expect(sentence).toMatch(/^[A-Z].*\.$/);
    expect(new Set(about).size).toBe(about.length);
  });
});
