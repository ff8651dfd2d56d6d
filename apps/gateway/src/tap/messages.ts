import type { DialectName, FrameFilter, KnownRequest } from '@wiremux/framing';

/** A tap, as the thread that describes frames is told of it. */
export interface TapDescription {
  /** Names the tap in all messages. */
  readonly tap: number;
  readonly connection: string;
  readonly dialect: DialectName;
  /** Requests that are open already. */
  readonly known: readonly KnownRequest[];
  readonly filter: FrameFilter;
}

/** What the thread that describes frames is told. */
export type ToThread =
  | ({ readonly kind: 'open' } & TapDescription)
  /** Messages that passed, as a batch. */
  | { readonly kind: 'passed'; readonly tap: number; readonly batch: Uint8Array }
  /** The viewer wants what there is, or what comes next. */
  | { readonly kind: 'take'; readonly tap: number }
  /** The connection is gone: no more batches follow. */
  | { readonly kind: 'ended'; readonly tap: number }
  | { readonly kind: 'close'; readonly tap: number }
  /** The requests of a connection that look at connections: all of them. */
  | { readonly kind: 'viewers'; readonly connection: string; readonly requests: readonly number[] };

/** What it tells. */
export type FromThread =
  /** It is done with so many bytes of batches. */
  | { readonly kind: 'described'; readonly tap: number; readonly bytes: number }
  /** The answer to `take`: one value of `gateway.frames`, encoded. `closed`: it is the last. */
  | { readonly kind: 'frames'; readonly tap: number; readonly value: Uint8Array; readonly closed: boolean };

/** What the thread is started with. */
export interface ThreadData {
  /** Names of the content encodings it decodes. */
  readonly encodings: readonly string[];
}
