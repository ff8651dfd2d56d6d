import type { ReadonlySignal, Signal } from '@preact/signals';
import { type Context, createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Palette } from '../plots/palette.js';
import type { Page } from '../state/page.js';
import type { Theme } from '../state/theme.js';

/** What every component may use. */
export interface PageContext extends Page {
  readonly theme: Signal<Theme>;
  readonly palette: ReadonlySignal<Palette>;
}

export const PageContext: Context<PageContext | undefined> = createContext<PageContext | undefined>(undefined);

/** The page a component is on. */
export function usePage(): PageContext {
  const page = useContext(PageContext);
  if (page === undefined) throw new Error('This component is outside of its page.');
  return page;
}
