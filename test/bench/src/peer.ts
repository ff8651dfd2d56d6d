/** The record that calls echo and rows carry: 69 bytes as JSON, 56 as CBOR. */
export interface Row {
  readonly id: number;
  readonly symbol: string;
  readonly price: number;
  readonly size: number;
  readonly side: string;
}

export function rowOf(id: number): Row {
  return { id, symbol: 'ACME', price: 101.25, size: 100 + (id % 900), side: id % 2 === 0 ? 'buy' : 'sell' };
}

/** Bytes of one piece of the bulk stream. */
export const PIECE_BYTES = 32_768;

/** A server of one peer, in a process of its own. */
interface Served {
  readonly port: number;
  /** Sends one update to everybody who subscribed. */
  publish(update: Row): void;
}

/** One connection of one peer. What a peer cannot do is absent: its cell in the table stays empty. */
export interface Session {
  /** One small call and its answer. */
  echo(row: Row): Promise<Row>;
  /** Streams rows; `onRow` gets each as a decoded object, one at a time. Resolves after the last. */
  rows(count: number, onRow: (row: Row) => void): Promise<void>;
  /** Streams byte strings of {@link PIECE_BYTES}; `onPiece` gets the length of each. Resolves after the last. */
  bulk(pieces: number, onPiece: (bytes: number) => void): Promise<void>;
  /** Hears every update that the server publishes from then on; resolves once that is sure. */
  subscribe?(onUpdate: () => void): Promise<void>;
  /** Opens a request that is never answered; resolves once the server has it. */
  hold?(): Promise<void>;
  close(): void;
}

/**
 * How small messages are compressed: with a context that lives on from one to the next, or each by itself, as servers with
 * many connections do to spare the memory of the contexts.
 */
export type Compression = 'contexts' | 'messages';

/** How a peer is started; works that need more than the defaults say so. Without `compress` nothing is. */
export interface PeerOptions {
  readonly compress?: Compression | undefined;
}

/** One contender: its server and its client, each used as its documentation says. */
export interface Peer {
  readonly name: string;
  /** How it was used, for the table's reader. */
  readonly about: string;
  /** Packages whose versions are printed. */
  readonly packages: readonly string[];
  serve(options: PeerOptions): Promise<Served>;
  connect(port: number, options: PeerOptions): Promise<Session>;
}
