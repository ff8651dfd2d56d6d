import { peekItems, peekNumber, peekText, peekTime } from './peek.js';

/** A connection of the gateway, as `gateway.connections` tells it. */
export interface ConnectionRow {
  readonly id: string;
  /** Ms since the epoch. */
  readonly since: number | null;
  readonly dialect: string;
  readonly principal: string;
  readonly remote: string;
  readonly channels: readonly ChannelRow[];
  readonly requests: readonly RequestRow[];
}

export interface ChannelRow {
  readonly stream: number | null;
  readonly direction: string;
  readonly name: string;
  readonly encoding: string;
  readonly frames: number | null;
  readonly bytes: number | null;
  readonly queued: number | null;
}

export interface RequestRow {
  readonly id: string;
  readonly command: string;
  readonly channel: string;
  /** Ms since the epoch. */
  readonly since: number | null;
  readonly state: string;
  readonly bytes: number | null;
}

/** Reads one value of `gateway.connections`; what is missing from it is left empty. */
export function readConnections(value: unknown): readonly ConnectionRow[] {
  return peekItems(value, []).map((item) => ({
    id: peekText(item, ['id']),
    since: peekTime(item, ['since']),
    dialect: peekText(item, ['dialect']),
    principal: peekText(item, ['principal']),
    remote: peekText(item, ['remote']),
    channels: peekItems(item, ['channels']).map(readChannel),
    requests: peekItems(item, ['requests']).map(readRequest),
  }));
}

function readChannel(item: unknown): ChannelRow {
  return {
    stream: peekNumber(item, ['stream']),
    direction: peekText(item, ['direction']),
    name: peekText(item, ['name']),
    encoding: peekText(item, ['encoding']),
    frames: peekNumber(item, ['frames']),
    bytes: peekNumber(item, ['bytes']),
    queued: peekNumber(item, ['queued']),
  };
}

function readRequest(item: unknown): RequestRow {
  return {
    id: peekText(item, ['id']),
    command: peekText(item, ['command']),
    channel: peekText(item, ['channel']),
    since: peekTime(item, ['since']),
    state: peekText(item, ['state']),
    bytes: peekNumber(item, ['bytes']),
  };
}

/** The connections in which some text of their own, or a command they run, contains `filter`, whatever its case. */
export function filterConnections(rows: readonly ConnectionRow[], filter: string): readonly ConnectionRow[] {
  const wanted = filter.trim().toLowerCase();
  if (wanted === '') return rows;
  return rows.filter(({ id, dialect, principal, remote, requests }) =>
    [id, dialect, principal, remote, ...requests.map(({ command }) => command)].some((text) =>
      text.toLowerCase().includes(wanted),
    ),
  );
}
