import type { RedirectLocation } from '@wiremux/framing';

/** What is to be had elsewhere: the location (SPEC 3.4.10), and its address whole or behind the target's prefix. */
export type RedirectTo = Omit<RedirectLocation, 'url'> &
  (
    | { readonly url: string; readonly path?: never }
    /** Put behind the target's prefix as it stands: escape what stands for itself. */
    | { readonly path: string; readonly url?: never }
  );

/** An answer that is to be had elsewhere; see {@link redirect}. */
export class Redirect {
  readonly target: string;
  readonly to: RedirectTo;

  constructor(target: string, to: RedirectTo) {
    this.target = target;
    this.to = to;
  }
}

/**
 * What a handler returns, or yields as its first and only value, to have its caller fetch the answer itself (SPEC
 * 3.4.10). Ask `context.redirects.has(target)` before: a caller that does not list the target gets `unsupported`. An
 * address outside the target is not sent: the request fails with `internal`, and the log says why.
 *
 * Give the digests of what is there (`fullHashes`): a client follows without them only if it was told to.
 */
export function redirect(target: string, to: RedirectTo): Redirect {
  return new Redirect(target, to);
}
