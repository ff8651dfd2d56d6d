import { HttpStatus } from './failure.js';
import { readRefusal } from './fetch-refusal.js';
import type { PostFailure } from './post.js';

/**
 * Asks whether frames of a media type are taken at `url`, for dialects without settings: those have no exchange that runs
 * nothing. The answer is the failure, if there is one.
 */
export async function askFor(url: string, mediaType: string, signal: AbortSignal): Promise<PostFailure | undefined> {
  let response: Response;
  try {
    response = await fetch(url, { method: 'OPTIONS', signal, cache: 'no-store', redirect: 'manual' });
  } catch (error) {
    const { cause = error } = error as Error;
    return { kind: 'broken', answered: false, detail: (cause as Error).message };
  }
  const { ok, status } = response;
  if (!ok) return { kind: 'refused', status, detail: await readRefusal(response) };
  const taken = response.headers.get('accept-post');
  // To a page of another origin the header may be hidden: then the status must do.
  if (taken === null || taken.includes(mediaType)) return undefined;
  return { kind: 'refused', status: HttpStatus.UnknownMediaType, detail: `it takes ${taken}, not ${mediaType}` };
}
