import { OnDemand } from './on-demand.js';
import type { DataOptions } from './options.js';

/** What sends the data of requests. */
export const UPLOADS: OnDemand<typeof import('./upload/outgoing-data.js')> = new OnDemand(
  () => import('./upload/outgoing-data.js'),
);

/** What offers redirects, and fetches what comes of them. */
export const REDIRECTS: OnDemand<typeof import('./redirect/following.js')> = new OnDemand(
  () => import('./redirect/following.js'),
);

/** What reads byte strings piece by piece. */
export const BYTE_PIECES: OnDemand<typeof import('./byte-pieces.js')> = new OnDemand(() => import('./byte-pieces.js'));

/** What sends a newer token before one expires. Without it the gateway ends the connection, and the next begins with one. */
export const TOKENS: OnDemand<typeof import('./token-refresh.js')> = new OnDemand(() => import('./token-refresh.js'));

/**
 * What moves to another line while the one there is still works: away from a gateway that leaves, or back to a WebSocket.
 * Without it the client goes on as it is, until the line is lost.
 */
export const MOVING: OnDemand<typeof import('./moving.js')> = new OnDemand(() => import('./moving.js'));

/** The parts that a run with these options needs before it is sent; of most there are none. */
export function partsOf(
  { data, redirect }: DataOptions,
  bytePieces: boolean,
): readonly OnDemand<unknown>[] | undefined {
  if (data === undefined && redirect === undefined && !bytePieces) return undefined;
  const parts: OnDemand<unknown>[] = [];
  if (data !== undefined) parts.push(UPLOADS);
  if (redirect !== undefined) parts.push(REDIRECTS);
  if (bytePieces) parts.push(BYTE_PIECES);
  return parts;
}
