import type { ComponentChildren, JSX } from 'preact';

export interface ScrollAreaProps {
  readonly label: string;
  readonly testId: string;
  readonly children: ComponentChildren;
}

/** A part of the page that scrolls by itself, also by keyboard. */
export function ScrollArea({ label, testId, children }: ScrollAreaProps): JSX.Element {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: in browsers that do not focus scroll areas, the keyboard could not scroll it
    <section class="scroll-area" aria-label={label} data-testid={testId} tabIndex={0}>
      {children}
    </section>
  );
}
