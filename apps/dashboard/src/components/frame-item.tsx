import type { JSX } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { formatMillisecond } from '../format/time.js';
import { formatBytes, formatCount } from '../format/units.js';
import { type FrameRow, lineOf } from '../state/frames.js';
import { Icon } from './icon.jsx';

export interface FrameItemProps {
  readonly frame: FrameRow;
  readonly isOpen: boolean;
  /** The one row that the Tab key stops at; the arrow keys go to the others. */
  readonly isStop: boolean;
  readonly onToggle: () => void;
}

/** Characters of what a frame says that its row has room for. */
const ROW_TEXT = 200;

/** One frame: a row, and when opened all that is known of it. */
export function FrameItem({ frame, isOpen, isStop, onToggle }: FrameItemProps): JSX.Element {
  const detailsId = useId();
  const details = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (isOpen) details.current?.scrollIntoView({ block: 'nearest' });
  }, [isOpen]);
  const { direction, request, stream, type, flags, command, bytes, problem } = frame;
  return (
    <li data-testid="frame" data-seq={frame.seq} data-direction={direction} data-problem={problem !== ''}>
      <button
        type="button"
        class="frame-row"
        tabIndex={isStop ? 0 : -1}
        aria-expanded={isOpen}
        aria-controls={detailsId}
        onClick={onToggle}
      >
        <span class="frame-time">{formatMillisecond(frame.time)}</span>
        <span class={`frame-direction frame-${direction}`}>
          <Icon name={direction === 'in' ? 'in' : 'out'} />
          <span class="visually-hidden">{direction === 'in' ? 'from the client' : 'to the client'}</span>
        </span>
        <span class="frame-ids" title="Request and stream">
          {request}
          <span class="frame-stream">/{stream}</span>
        </span>
        <span class="frame-type">
          {type}
          {flags !== '0' && <span class="frame-flags"> {flags}</span>}
        </span>
        <span class="frame-command">{command}</span>
        <span class="frame-bytes">{formatBytes(bytes)}</span>
        <code class="frame-preview">{(problem || textOf(frame)).slice(0, ROW_TEXT)}</code>
      </button>
      <div id={detailsId} ref={details} class="frame-details" data-testid="frame-details" hidden={!isOpen}>
        {isOpen && <FrameDetails frame={frame} />}
      </div>
    </li>
  );
}

function FrameDetails({ frame }: { readonly frame: FrameRow }): JSX.Element {
  const { streamFlags, command, bytes, plainBytes, encoding, values, moreValues, problem, note } = frame;
  return (
    <>
      {problem !== '' && <p class="frame-problem">{problem}</p>}
      <dl>
        <Fact name="Request" value={command === '' ? frame.request : `${frame.request}, ${command}`} />
        <Fact name="Stream" value={streamFlags === '0' ? frame.stream : `${frame.stream}, ${streamFlags}`} />
        <Fact name="Payload" value={sizeOf(bytes, plainBytes, encoding)} />
        {note !== '' && <Fact name="Note" value={note} />}
      </dl>
      {values.length > 0 && (
        <>
          <h3>{values.length === 1 && moreValues === 0 ? 'Value' : 'Values'}</h3>
          <ol class="frame-values" data-testid="frame-values">
            {values.map((value, index) => (
              <li key={`${index} ${value.slice(0, 20)}`}>
                <code>{value}</code>
              </li>
            ))}
          </ol>
          {moreValues > 0 && <p class="frame-more">and {formatCount(moreValues)} more, or too long to be shown</p>}
        </>
      )}
      <h3>Text form</h3>
      <code class="frame-line">{lineOf(frame)}</code>
    </>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function sizeOf(bytes: number, plainBytes: number | null, encoding: string): string {
  if (encoding === '') return formatBytes(bytes);
  if (plainBytes === null) return `${formatBytes(bytes)}, encoded`;
  return `${formatBytes(bytes)} as ${encoding}, ${formatBytes(plainBytes)} decoded`;
}

/** What it says: its values, why there is nothing to see, or what is shown of its payload. */
function textOf({ values, encoding, plainBytes, note, payload }: FrameRow): string {
  if (values.length > 0) return values.join(' ');
  return encoding !== '' && plainBytes === null && note !== '' ? note : payload;
}
