import { type Clock, checkDeadline, type OutgoingRequest } from '@wiremux/framing';
import type { TraceSource } from './options.js';
import type { RunSpec } from './run-context.js';

/**
 * What is sent of a run that begins now, and the same again where it is sent once more; all but what few runs have.
 * @param encodedValues values of the answer are to come as they are encoded
 * @param defaultTrace asked where the request has no `trace` of its own
 * @throws {WiremuxError} `bad-arguments` for a deadline out of its range
 */
export function outgoingRequest(
  { name, args, options }: RunSpec,
  encodedValues: boolean,
  clock: Clock,
  defaultTrace: TraceSource | undefined,
): OutgoingRequest {
  const { channel, credit, plain, data, slow, keep, deadline, idempotencyKey } = options;
  if (deadline !== undefined) checkDeadline(deadline);
  const trace = options.trace ?? defaultTrace;
  return {
    name,
    args,
    hasData: data !== undefined,
    channel,
    credit,
    plain,
    deadlineAt: deadline === undefined ? undefined : clock.now() + deadline,
    idem: idempotencyKey === undefined ? undefined : new TextEncoder().encode(idempotencyKey),
    trace: typeof trace === 'function' ? trace() : trace,
    slow,
    keep,
    encodedValues,
  };
}
