import type { JSX } from 'preact';
import type { FrameFilter } from '../state/frames.js';
import { usePage } from './page-context.js';

type Change = { readonly currentTarget: { readonly value: string } };

/** What narrows the list of frames. */
export function FrameFilters(): JSX.Element {
  const { frames } = usePage();
  const filter = frames.filter.value;
  const set =
    (name: keyof FrameFilter) =>
    ({ currentTarget }: Change): void => {
      frames.filter.value = { ...filter, [name]: currentTarget.value };
    };
  const types =
    filter.type === '' || frames.types.value.includes(filter.type)
      ? frames.types.value
      : [filter.type, ...frames.types.value];
  return (
    <fieldset class="frame-filters">
      <legend class="visually-hidden">Which frames to show</legend>
      <label>
        Direction
        <select value={filter.direction} data-testid="frames-direction" onChange={set('direction')}>
          <option value="">both</option>
          <option value="in">from the client</option>
          <option value="out">to the client</option>
        </select>
      </label>
      <label>
        Type
        <select value={filter.type} data-testid="frames-type" onChange={set('type')}>
          <option value="">all</option>
          {types.map((type) => (
            <option key={type} value={type}>
              {type}
            </option>
          ))}
        </select>
      </label>
      <label class="frame-filter-id">
        Request
        <input
          type="text"
          inputMode="numeric"
          value={filter.request}
          placeholder="all"
          data-testid="frames-request"
          onInput={set('request')}
        />
      </label>
      <label class="frame-filter-id">
        Stream
        <input
          type="text"
          inputMode="numeric"
          value={filter.stream}
          placeholder="all"
          data-testid="frames-stream"
          onInput={set('stream')}
        />
      </label>
      <label class="frame-filter-text">
        Text
        <input
          type="search"
          value={filter.text}
          placeholder="command, payload, flag …"
          data-testid="frames-text"
          onInput={set('text')}
        />
      </label>
    </fieldset>
  );
}
