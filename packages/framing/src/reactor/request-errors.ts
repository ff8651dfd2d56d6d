import { WiremuxError } from '../errors.js';
import type { CancelReason } from '../message/control.js';
import { MAX_DEADLINE } from '../message/request.js';

/**
 * The deadline given, ms.
 * @throws {WiremuxError} `bad-arguments` for one out of its range (SPEC 8.11.5)
 */
export function checkDeadline(deadline: number): number {
  if (Number.isInteger(deadline) && deadline >= 1 && deadline <= MAX_DEADLINE) return deadline;
  throw new WiremuxError('bad-arguments', `The deadline is ${deadline}; use whole milliseconds, 1 to ${MAX_DEADLINE}.`);
}

/** A request that its caller aborted, for this reason. */
export function requestAborted(reason: unknown): WiremuxError {
  return new WiremuxError('aborted', 'The caller aborted the request.', { cause: reason });
}

/** A request whose deadline, ms, has passed at its caller. */
export function requestTimedOut(name: string, deadline: number): WiremuxError {
  return new WiremuxError('timeout', `"${name}" did not end within its deadline of ${deadline} ms and was cancelled.`);
}

/** A request whose time is over at its answerer (SPEC 8.11.7). */
export function outOfTime(): WiremuxError {
  return new WiremuxError('deadline', 'The time that the request had is over.');
}

/** A command that held up others: it did not read the data that had come for it (SPEC 5.8). */
export function uploadStalled(): WiremuxError {
  return new WiremuxError('slow-reader', 'The command did not read its data while other requests waited.');
}

/** A request of a half-duplex exchange that ended too early (SPEC 7.7). */
export function inputCutOff(what: 'arguments' | 'data'): WiremuxError {
  return new WiremuxError('protocol', `The input ended before the ${what} of the request (SPEC 7.7).`);
}

/** The longest of the answers that waited together for the end of the input, over `most` bytes (SPEC 7.8). */
export function heldTooLong(most: number): WiremuxError {
  const message = `Over ${most} bytes of answers waited for the end of the input, and this was the longest.`;
  return new WiremuxError('too-big', message);
}

/**
 * What the answerer is told of a cancel: to it a timeout of the caller's is the request's deadline (SPEC 8.11.6). Other
 * messages may hold what is private to the caller.
 */
export function cancelReason({ code, message }: WiremuxError): CancelReason {
  return code === 'timeout' ? { code: 'deadline', message } : { code };
}

/** Why a request cannot be opened: arguments that cannot be encoded are refused as such. */
export function requestRefused(thrown: unknown): WiremuxError {
  if (thrown instanceof WiremuxError) return thrown;
  return new WiremuxError('bad-arguments', thrown instanceof Error ? thrown.message : String(thrown), {
    cause: thrown,
  });
}

/** A request whose data cannot be had, because its source threw this. */
export function uploadFailed(thrown: unknown): WiremuxError {
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return new WiremuxError('upload-failed', `The source of the data to upload failed: ${detail}`, { cause: thrown });
}
