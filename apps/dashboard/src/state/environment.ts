import { type ReadonlySignal, signal } from '@preact/signals';

/** The time in ms since the epoch, set anew every `period` ms. */
export function tickingClock(period: number): ReadonlySignal<number> {
  const now = signal(Date.now());
  setInterval(() => {
    now.value = Date.now();
  }, period);
  return now;
}

/** Whether somebody may be looking at the page. */
export function visibility(document: Document): ReadonlySignal<boolean> {
  const isVisible = signal(!document.hidden);
  document.addEventListener('visibilitychange', () => {
    isVisible.value = !document.hidden;
  });
  return isVisible;
}

/** Whether a media query holds. */
export function mediaQuery(query: string): ReadonlySignal<boolean> {
  const list = matchMedia(query);
  const holds = signal(list.matches);
  list.addEventListener('change', () => {
    holds.value = list.matches;
  });
  return holds;
}
