/** What a page tells of itself. */
export interface PageListener {
  /** It is being put away, for good or to be brought back. */
  readonly hidden: () => void;
  /** The user has turned to it. */
  readonly front: () => void;
}

/** The part of a window that is used. */
export interface PageEvents {
  addEventListener(type: 'pagehide' | 'focus', listener: () => void): void;
  removeEventListener(type: 'pagehide' | 'focus', listener: () => void): void;
  readonly document?: { hasFocus(): boolean };
}

/** Listens to the page until the result is called; where there is none, nothing happens. */
export function watchPage(page: PageEvents | undefined, { hidden, front }: PageListener): () => void {
  page?.addEventListener('pagehide', hidden);
  page?.addEventListener('focus', front);
  if (page?.document?.hasFocus() === true) front();
  return () => {
    page?.removeEventListener('pagehide', hidden);
    page?.removeEventListener('focus', front);
  };
}
