import { effect, type Signal, signal } from '@preact/signals';

/** Which colours the page has: the system's choice, or the user's. */
export type Theme = 'system' | 'light' | 'dark';

const THEMES: readonly Theme[] = ['system', 'light', 'dark'];
const KEY = 'wiremux.theme';

/** The theme after this one, for a button that goes round. */
export function nextTheme(theme: Theme): Theme {
  return THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] as Theme;
}

/** The theme kept in `storage`, which changes the page and is kept again whenever it changes. */
export function keptTheme(root: HTMLElement, storage: () => Storage): Signal<Theme> {
  const theme = signal<Theme>(load(storage));
  effect(() => {
    if (theme.value === 'system') delete root.dataset['theme'];
    else root.dataset['theme'] = theme.value;
    save(storage, theme.value);
  });
  return theme;
}

function load(storage: () => Storage): Theme {
  try {
    const kept = storage().getItem(KEY);
    return THEMES.find((theme) => theme === kept) ?? 'system';
  } catch {
    return 'system';
  }
}

function save(storage: () => Storage, theme: Theme): void {
  try {
    storage().setItem(KEY, theme);
  } catch {
    // Storage may be forbidden or full: the choice then lasts as long as the page.
  }
}
