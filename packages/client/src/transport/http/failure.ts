import { CloseCode, WiremuxError } from '@wiremux/framing';
import { closeMeaning } from '../../close-codes.js';
import { connectFailed } from '../../dialing.js';
import type { Loss } from '../../line.js';
import type { PostFailure } from './post.js';

/** HTTP statuses that mean more than that there is no answer. */
export const HttpStatus = { NotAuthenticated: 401, TooLarge: 413, UnknownMediaType: 415 } as const;

/** What the requests of an exchange are told when its POST fails. */
export function failureError(failure: PostFailure): WiremuxError {
  const { kind, detail } = failure;
  if (kind === 'too-big') return new WiremuxError('too-big', detail);
  if (kind === 'broken')
    return new WiremuxError('connection-lost', `The exchange over HTTP broke: ${detail}. Ask again.`);
  switch (failure.status) {
    case HttpStatus.NotAuthenticated:
      return notAuthenticated(detail);
    case HttpStatus.TooLarge:
      return new WiremuxError('too-big', `The gateway, or a proxy, does not take as much at once: ${detail}.`);
    default:
      return new WiremuxError('connect-failed', `The gateway was asked over HTTP: ${detail}. Check the address.`);
  }
}

/** What the failure of a POST says of those to come; undefined: nothing. */
export function failureLoss(url: string, failure: PostFailure): Loss | undefined {
  const { kind, detail } = failure;
  if (kind === 'too-big' || (kind === 'broken' && failure.answered)) return undefined;
  if (kind === 'broken' || failure.status !== HttpStatus.NotAuthenticated) {
    const isAboutOne = kind === 'refused' && failure.status === HttpStatus.TooLarge;
    return isAboutOne ? undefined : connectFailed(url, new Error(detail));
  }
  return { error: notAuthenticated(detail), reconnect: 'new-token', detail };
}

function notAuthenticated(detail: string): WiremuxError {
  const { code, message } = closeMeaning(CloseCode.NotAuthenticated);
  return new WiremuxError(code, `${message} (Over HTTP ${detail}.)`);
}
