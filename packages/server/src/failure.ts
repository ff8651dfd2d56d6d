import { WiremuxError } from '@wiremux/framing';
import type { Logger } from './logger.js';

/** What identifies a request in the log. No arguments and no data: they may be secret. */
export interface RequestLabels {
  readonly requestId: number;
  readonly command: string;
  /** The principal's name. */
  readonly principal: string;
  /** The W3C `traceparent` it came with. */
  readonly trace?: string;
}

/** An error as the log gets it: none of the properties that libraries hang on their errors, which may be secret. */
export interface DescribedError {
  readonly type: string;
  readonly message: string;
  readonly stack?: string;
  readonly cause?: DescribedError;
}

/** Causes of causes that are described at most: an error may be its own cause. */
const CAUSES = 4;

/**
 * The error that answers a request whose handler threw this. A `WiremuxError` passes as it is; the message of any other
 * error goes to the caller, its stack and its causes never do.
 */
export function answerError(thrown: unknown): WiremuxError {
  if (thrown instanceof WiremuxError) return thrown;
  const message = messageOf(thrown);
  return new WiremuxError('command-failed', message === '' ? 'The command failed without a message.' : message, {
    cause: thrown,
  });
}

/** Logs that a handler threw this: its own refusals briefly, anything unforeseen with stack and causes. */
export function logFailure(log: Logger, request: RequestLabels, thrown: unknown): void {
  if (!(thrown instanceof WiremuxError) || thrown.cause !== undefined) {
    log.error({ ...request, err: describeError(thrown) }, 'The command failed.');
  } else if (thrown.code === 'bad-arguments') {
    // Without its message, in which a schema may repeat the arguments.
    log.info({ ...request, code: thrown.code }, "The arguments do not fit the command's contract.");
  } else {
    log.info({ ...request, code: thrown.code }, `The command answered with an error: ${thrown.message}`);
  }
}

/** Whether a cancelled handler threw this only because it was cancelled. */
export function isAbort(thrown: unknown, reason: WiremuxError | undefined): boolean {
  return thrown === reason || (thrown instanceof Error && thrown.name === 'AbortError');
}

/** What the log may hold of anything thrown. */
export function describeError(thrown: unknown, causes: number = CAUSES): DescribedError {
  if (!(thrown instanceof Error)) return { type: typeof thrown, message: messageOf(thrown) };
  const { name, stack, cause } = thrown;
  return {
    type: name,
    message: messageOf(thrown),
    ...(stack === undefined ? {} : { stack }),
    ...(cause === undefined || causes === 0 ? {} : { cause: describeError(cause, causes - 1) }),
  };
}

function messageOf(thrown: unknown): string {
  if (typeof thrown === 'string') return thrown;
  if (thrown instanceof Error) return String(thrown.message);
  return 'The command threw something that is not an error.';
}
