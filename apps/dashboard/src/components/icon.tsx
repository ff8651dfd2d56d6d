import type { JSX } from 'preact';

const PATHS = {
  mark: 'M3 5h4l5 7h9M3 12h18M3 19h4l5-7',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6L19 19M5 19l1.4-1.4M17.6 6.4L19 5',
  moon: 'M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z',
  contrast: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 3v18M12 8h7.8M12 13h9M12 18h6.5',
  pause: 'M8 5v14M16 5v14',
  play: 'M7 4l13 8-13 8z',
  close: 'M5 5l14 14M19 5L5 19',
  chevron: 'M9 5l7 7-7 7',
  frames: 'M3 6h18M3 12h12M3 18h15',
  clear: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13',
  in: 'M4 12h16M14 6l6 6-6 6',
  out: 'M20 12H4M10 6l-6 6 6 6',
  warning: 'M12 3l10 18H2zM12 10v5M12 18v.2',
} as const;

export type IconName = keyof typeof PATHS;

/** A drawing beside a text that says the same; screen readers pass over it. */
export function Icon({ name }: { readonly name: IconName }): JSX.Element {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
