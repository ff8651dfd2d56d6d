import type { CancelResult, RedirectLocation, WiremuxError } from '@wiremux/framing';

/** How a request ended. */
export type RequestEnd =
  /** Its answer is complete. */
  | { readonly state: 'ended'; readonly how: 'completed' }
  | { readonly state: 'ended'; readonly how: 'failed'; readonly error: WiremuxError }
  /** Its answer is to be had there, and was not to be fetched; who reads its values gets the error `redirected`. */
  | { readonly state: 'ended'; readonly how: 'redirected'; readonly location: RedirectLocation }
  /**
   * It was cancelled, and what became of the command: `stopped`, `finished` before the cancel reached it, or `left`
   * running (or unknown, where the dialect cannot tell). `error` says why, unless its last subscriber just left.
   */
  | {
      readonly state: 'ended';
      readonly how: 'cancelled';
      readonly result: CancelResult;
      readonly error?: WiremuxError;
    };

/** Where a request is on its way (SPEC 8.4, as its client sees it). */
export type RequestState =
  /** Nobody has subscribed yet. */
  | { readonly state: 'idle' }
  /** It waits for the connection, or for an open request to end. */
  | { readonly state: 'queued' }
  | { readonly state: 'sent' }
  /**
   * It was lost with its connection, and waits to be sent once more, as its option `restart` says: its values may come
   * again.
   */
  | { readonly state: 'restarting'; readonly reason: WiremuxError }
  /** The command runs, and has begun to answer. */
  | { readonly state: 'answering' }
  /** Its answer is to be had there, and is fetched. */
  | { readonly state: 'following'; readonly location: RedirectLocation }
  /** It was cancelled; the gateway has not yet said that the command stopped. */
  | { readonly state: 'stopping' }
  | RequestEnd;

export const IDLE: RequestState = { state: 'idle' };
export const QUEUED: RequestState = { state: 'queued' };
export const SENT: RequestState = { state: 'sent' };
export const ANSWERING: RequestState = { state: 'answering' };
export const STOPPING: RequestState = { state: 'stopping' };
export const COMPLETED: RequestEnd = { state: 'ended', how: 'completed' };
