/** Colours of the plots, as a canvas takes them. */
export interface Palette {
  /** Of the series, in order; used again from the start where there are more. */
  readonly series: readonly string[];
  /** Of a series to compare others with. */
  readonly quiet: string;
  readonly text: string;
  readonly grid: string;
}

/** Colours for series in the style sheet: the classes `ink-1` to `ink-8`. */
const SERIES_COLOURS = 8;

/** The class whose `color` is that of a series. */
export function inkOf(series: number, isQuiet: boolean): string {
  return isQuiet ? 'ink-quiet' : `ink-${(series % SERIES_COLOURS) + 1}`;
}

/** Reads the colours of the page as they are now: the style sheet is where they are set. */
export function readPalette(root: HTMLElement): Palette {
  const probe = root.ownerDocument.createElement('span');
  probe.hidden = true;
  root.append(probe);
  const colourOf = (className: string): string => {
    probe.className = className;
    return getComputedStyle(probe).color;
  };
  const palette = {
    series: Array.from({ length: SERIES_COLOURS }, (_, series) => colourOf(inkOf(series, false))),
    quiet: colourOf(inkOf(0, true)),
    text: colourOf('ink-axis'),
    grid: colourOf('ink-grid'),
  };
  probe.remove();
  return palette;
}
