import { describe, expect, it } from 'vitest';
import { keptTheme, nextTheme } from '../../src/state/theme.js';

function memory(): Pick<Storage, 'getItem' | 'setItem'> {
  const kept = new Map<string, string>();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) };
}

describe('theme', () => {
  it('goes round', () => {
    expect(nextTheme('system')).toBe('light');
    expect(nextTheme('light')).toBe('dark');
    expect(nextTheme('dark')).toBe('system');
  });

  it('is the same the next time', () => {
    const storage = memory();
    const theme = keptTheme(() => storage);
    expect(theme.value).toBe('system');
    theme.value = 'dark';
    expect(keptTheme(() => storage).value).toBe('dark');
  });

  it("is the system's where something odd or nothing can be kept", () => {
    const storage = memory();
    storage.setItem('wiremux.theme', 'purple');
    expect(keptTheme(() => storage).value).toBe('system');
    const theme = keptTheme(() => {
      throw new Error('Storage is forbidden.');
    });
    theme.value = 'light';
    expect(theme.value).toBe('light');
  });
});
