import { WiremuxError } from '@wiremux/framing';

/**
 * The error of an answer that could not be had from where it is. Addresses may be secrets: name their host only.
 * @param why a sentence
 */
export function redirectFailed(why: string, cause?: unknown): WiremuxError {
  return new WiremuxError('redirect-failed', `The answer is to be had elsewhere, and was not taken: ${why}`, { cause });
}
