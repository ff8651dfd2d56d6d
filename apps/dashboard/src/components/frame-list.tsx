import { useSignal } from '@preact/signals';
import type { JSX, TargetedKeyboardEvent } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { formatCount } from '../format/units.js';
import type { FrameRow } from '../state/frames.js';
import { FrameItem } from './frame-item.jsx';
import { usePage } from './page-context.js';

/** Rows in the page at once, the newest. */
const MAX_ROWS = 300;
/** This near to its end, in pixels, the list follows what comes. */
const AT_END = 24;

/** The frames that pass the filter, the newest last; it follows them while it is scrolled to its end. */
export function FrameList(): JSX.Element {
  const { frames } = usePage();
  const open = useSignal<number | undefined>(undefined);
  const list = useRef<HTMLElement>(null);
  const isFollowing = useRef(true);
  const all = frames.shown.value;
  const rows = rowsOf(all, open.value);
  const stop = rows.some(({ seq }) => seq === open.value) ? open.value : rows.at(-1)?.seq;
  useLayoutEffect(() => {
    const element = list.current;
    if (element !== null && isFollowing.current) element.scrollTop = element.scrollHeight;
  }, [rows.at(-1)?.seq, rows.length]);
  return (
    <section
      class="frame-list"
      aria-label="Frames, the newest last"
      data-testid="frame-list"
      ref={list}
      onScroll={({ currentTarget }) => {
        const { scrollTop, scrollHeight, clientHeight } = currentTarget;
        isFollowing.current = scrollHeight - scrollTop - clientHeight < AT_END;
      }}
      onKeyDown={moveFocus}
    >
      {all.length > rows.length && (
        <p class="empty">
          The newest {formatCount(rows.length)} of {formatCount(all.length)}. Filter to find others.
        </p>
      )}
      {rows.length === 0 && <p class="empty">{emptyText(frames.counts.value.total)}</p>}
      <ol>
        {rows.map((frame) => (
          <FrameItem
            key={frame.seq}
            frame={frame}
            isOpen={open.value === frame.seq}
            isStop={frame.seq === stop}
            onToggle={() => {
              isFollowing.current = false;
              open.value = open.value === frame.seq ? undefined : frame.seq;
            }}
          />
        ))}
      </ol>
    </section>
  );
}

/** The newest rows, and with them the one that is open, for as long as it is kept. */
function rowsOf(all: readonly FrameRow[], open: number | undefined): readonly FrameRow[] {
  const newest = all.slice(-MAX_ROWS);
  const opened = all.find(({ seq }) => seq === open);
  return opened === undefined || newest.includes(opened) ? newest : [opened, ...newest];
}

function emptyText(total: number): string {
  return total === 0 ? 'No frame has passed yet.' : 'No frame matches the filter.';
}

/** The arrow keys go from frame to frame, from the newest where none has the focus. */
function moveFocus(event: TargetedKeyboardEvent<HTMLElement>): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  const buttons = [...event.currentTarget.querySelectorAll<HTMLButtonElement>('.frame-row')];
  const at = buttons.findIndex((button) => button.contains(document.activeElement));
  const next = at < 0 ? buttons.at(-1) : buttons[event.key === 'ArrowDown' ? at + 1 : at - 1];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}
