import type { Compression, Peer, Session } from './peer.js';

/** One figure that a work gives. */
export interface Metric {
  /** Key in the results, unique among all works. */
  readonly key: string;
  readonly title: string;
  readonly unit: string;
  readonly better: 'higher' | 'lower';
  /** What wiremux is to reach: its figure divided by that of the peer named, of the same metric unless another is named. */
  readonly goal?: { readonly peer: string; readonly ratio: number; readonly metric?: string };
}

/** How long a work goes on, ms, where it goes on for a time. */
export interface Times {
  /** Unmeasured, until what is compiled is compiled: a connection lasts for longer than that takes. */
  readonly warmFor: number;
  readonly measureFor: number;
}

/** What a work has at hand, in the client's process. */
interface WorkContext extends Times {
  readonly peer: Peer;
  readonly port: number;
  /** @param compress unless given, as the work asks for */
  connect(port?: number, compress?: Compression): Promise<Session>;
  /** Has the server send one update to all subscribers. */
  publish(): void;
  /** Resident memory of the server's process after a collection, bytes. */
  serverMemory(): Promise<number>;
}

/** One kind of work that every peer is given. */
export interface Work {
  readonly name: string;
  readonly metrics: readonly Metric[];
  /** Both ends compress, as the peer does it best. */
  readonly compress?: Compression;
  /** Does it once; undefined for what this peer cannot do. */
  run(context: WorkContext): Promise<Readonly<Record<string, number>> | undefined>;
}
