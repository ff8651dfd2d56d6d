import { type Clock, checkDeadline, type OutgoingRequest } from '@wiremux/framing';
import type { TraceSource } from './options.js';
import { offerOf } from './redirect/options.js';
import type { RunSpec } from './run-context.js';

/** How the answer of a run is to come. */
export interface AnswerForm {
  readonly bytePieces: boolean;
  readonly encodedValues: boolean;
}

/**
 * What is sent of a run that begins now, and the same again where it is sent once more.
 * @param defaultTrace asked where the request has no `trace` of its own
 * @throws {WiremuxError} `bad-arguments` for a deadline out of its range
 */
export function outgoingRequest(
  { name, args, options }: RunSpec,
  { bytePieces, encodedValues }: AnswerForm,
  clock: Clock,
  defaultTrace: TraceSource | undefined,
): OutgoingRequest {
  const { channel, credit, plain, data, slow, keep, deadline, idempotencyKey, redirect } = options;
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
    bytePieces,
    encodedValues,
    redirect: redirect === undefined ? undefined : offerOf(redirect),
  };
}
