import { type Mux, type RedirectOptions, WiremuxError } from '@wiremux/client';
import { firstValueFrom } from 'rxjs';
import type { RequestOptions } from './options.js';

/**
 * What the command line says of redirects; undefined: nothing. To follow them without a target named is to follow them
 * to all that the gateway has, which it is asked for.
 */
export async function redirectOptions(
  mux: Mux,
  { redirectTarget = [], followRedirects = false, output, timeout }: RequestOptions,
  signal: AbortSignal,
): Promise<RedirectOptions | undefined> {
  if (redirectTarget.length === 0 && !followRedirects) return undefined;
  const targets =
    redirectTarget.length > 0
      ? redirectTarget
      : targetsIn(await firstValueFrom(mux.call('capabilities', {}, { signal, deadline: timeout })));
  return { targets, follow: followRedirects && followOptions(output) };
}

/** What goes to a file is of any length, and so is not held until it has been verified. */
function followOptions(output: string | undefined): RedirectOptions['follow'] {
  return output === undefined ? true : { verify: 'after', maxBytes: Number.MAX_SAFE_INTEGER };
}

/** The names in an answer to `capabilities`; a gateway without redirects may say nothing of them. */
function targetsIn(capabilities: unknown): string[] {
  const { redirects } = (capabilities ?? {}) as { readonly redirects?: unknown };
  if (!Array.isArray(redirects)) return [];
  return redirects
    .map((target: unknown) => (target as { readonly name?: unknown } | null)?.name)
    .filter((name) => typeof name === 'string');
}

/** Where the answer is to be had, of the error that says so. */
export function locationIn(error: unknown): unknown {
  return error instanceof WiremuxError && error.code === 'redirected' ? error.data : undefined;
}
