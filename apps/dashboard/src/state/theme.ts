import { effect, type Signal, signal } from '@preact/signals';

/** Which colours the page has: the system's choice, or the user's. */
export type Theme = 'system' | 'light' | 'dark';

const THEMES: readonly Theme[] = ['system', 'light', 'dark'];
const KEY = 'wiremux.theme';

/** The theme after this one, for a button that goes round. */
export function nextTheme(theme: Theme): Theme {
  return THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] as Theme;
}

/** The theme kept in `storage`; kept again whenever it changes. Where storage is forbidden it lasts as long as the page. */
export function keptTheme(storage: () => Pick<Storage, 'getItem' | 'setItem'>): Signal<Theme> {
  const theme = signal<Theme>('system');
  try {
    const kept = storage().getItem(KEY);
    theme.value = THEMES.find((known) => known === kept) ?? 'system';
    effect(() => storage().setItem(KEY, theme.value));
  } catch {
    return theme;
  }
  return theme;
}

/** Has the page below `root` follow the theme. */
export function applyTheme(root: HTMLElement, theme: Theme): void {
  if (theme === 'system') delete root.dataset['theme'];
  else root.dataset['theme'] = theme;
}
