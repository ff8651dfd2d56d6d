import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import { NO_VALUE } from '../format/units.js';
import type { ConnectionRow } from '../state/connections.js';
import { ChannelTable, RequestTable } from './connection-details.jsx';
import { Elapsed } from './elapsed.jsx';
import { Icon } from './icon.jsx';
import { usePage } from './page-context.js';

/** A connection's row and, when opened, its channels and requests below. */
export function ConnectionRows({ row }: { readonly row: ConnectionRow }): JSX.Element {
  const { frames } = usePage();
  const isOpen = useSignal(false);
  const detailsId = useId();
  return (
    <tbody data-testid="connection" data-id={row.id}>
      <tr>
        <th scope="row">
          <button
            type="button"
            class="disclosure"
            aria-expanded={isOpen.value}
            aria-controls={detailsId}
            onClick={() => {
              isOpen.value = !isOpen.value;
            }}
          >
            <Icon name="chevron" />
            <span class="id">{row.id}</span>
          </button>
        </th>
        <td data-label="Principal">{row.principal || NO_VALUE}</td>
        <td data-label="Remote">{row.remote || NO_VALUE}</td>
        <td data-label="Dialect">{row.dialect || NO_VALUE}</td>
        <td data-label="Since">
          <Elapsed since={row.since} />
        </td>
        <td data-label="Channels" class="number">
          {row.channels.length}
        </td>
        <td data-label="Requests" class="number">
          {row.requests.length}
        </td>
      </tr>
      <tr class="details" id={detailsId} hidden={!isOpen.value}>
        {isOpen.value && (
          <td colSpan={7}>
            <p class="connection-actions">
              <button
                type="button"
                data-testid="watch-frames"
                aria-pressed={frames.connection.value === row.id}
                onClick={() => frames.start(row.id)}
              >
                <Icon name="frames" />
                Watch frames
              </button>
            </p>
            <ChannelTable channels={row.channels} />
            <RequestTable requests={row.requests} />
          </td>
        )}
      </tr>
    </tbody>
  );
}
