import type { JSX } from 'preact';
import { formatBytes, formatCount, NO_VALUE } from '../format/units.js';
import type { ChannelRow, RequestRow } from '../state/connections.js';
import { Elapsed } from './elapsed.jsx';

/** The channels of a connection: which streams it has, and what went over them. */
export function ChannelTable({ channels }: { readonly channels: readonly ChannelRow[] }): JSX.Element {
  return (
    <table class="data inner" data-testid="channels">
      <caption>Channels</caption>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col" class="number">
            Stream
          </th>
          <th scope="col">Direction</th>
          <th scope="col">Encoding</th>
          <th scope="col" class="number">
            Frames
          </th>
          <th scope="col" class="number">
            Bytes
          </th>
          <th scope="col" class="number">
            Queued
          </th>
        </tr>
      </thead>
      <tbody>
        {channels.map(({ stream, direction, name, encoding, frames, bytes, queued }) => (
          <tr key={`${direction} ${stream}`}>
            <th scope="row">{name || NO_VALUE}</th>
            <td class="number" data-label="Stream">
              {stream ?? NO_VALUE}
            </td>
            <td data-label="Direction">{direction}</td>
            <td data-label="Encoding">{encoding}</td>
            <td class="number" data-label="Frames">
              {count(frames)}
            </td>
            <td class="number" data-label="Bytes">
              {bytesOf(bytes)}
            </td>
            <td class="number" data-label="Queued">
              {bytesOf(queued)}
            </td>
          </tr>
        ))}
        {channels.length === 0 && <NoRows columns={7} />}
      </tbody>
    </table>
  );
}

/** The requests that run on a connection. */
export function RequestTable({ requests }: { readonly requests: readonly RequestRow[] }): JSX.Element {
  return (
    <table class="data inner" data-testid="requests">
      <caption>Running requests</caption>
      <thead>
        <tr>
          <th scope="col">Command</th>
          <th scope="col" class="number">
            Id
          </th>
          <th scope="col">Channel</th>
          <th scope="col">Since</th>
          <th scope="col">State</th>
          <th scope="col" class="number">
            Answered
          </th>
        </tr>
      </thead>
      <tbody>
        {requests.map(({ id, command, channel, since, state, bytes }) => (
          <tr key={id}>
            <th scope="row">{command || NO_VALUE}</th>
            <td class="number" data-label="Id">
              {id}
            </td>
            <td data-label="Channel">{channel}</td>
            <td data-label="Since">
              <Elapsed since={since} />
            </td>
            <td data-label="State">{state}</td>
            <td class="number" data-label="Answered">
              {bytesOf(bytes)}
            </td>
          </tr>
        ))}
        {requests.length === 0 && <NoRows columns={6} />}
      </tbody>
    </table>
  );
}

function NoRows({ columns }: { readonly columns: number }): JSX.Element {
  return (
    <tr>
      <td class="empty" colSpan={columns}>
        None.
      </td>
    </tr>
  );
}

function count(value: number | null): string {
  return value === null ? NO_VALUE : formatCount(value);
}

function bytesOf(value: number | null): string {
  return value === null ? NO_VALUE : formatBytes(value);
}
