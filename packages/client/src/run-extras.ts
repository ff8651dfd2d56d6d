import { type Clock, checkDeadline } from '@wiremux/framing';
import type { RequestOptions, TraceSource } from './options.js';

/** What a request says of itself beside its command (SPEC 8.11). */
export interface RunExtras {
  /** When its time is over, by the client's clock, ms. */
  readonly deadlineAt?: number | undefined;
  /** Its idempotency key. */
  readonly idem?: Uint8Array | undefined;
  /** A W3C `traceparent`. */
  readonly trace?: string | undefined;
}

/**
 * What a run that begins now says of itself.
 * @param defaultTrace asked where the request has no `trace` of its own
 * @throws {WiremuxError} `bad-arguments` for a deadline out of its range
 */
export function runExtras(
  { deadline, idempotencyKey, trace }: RequestOptions,
  clock: Clock,
  defaultTrace: TraceSource | undefined,
): RunExtras {
  if (deadline !== undefined) checkDeadline(deadline);
  const source = trace ?? defaultTrace;
  const traceparent = typeof source === 'function' ? source() : source;
  return {
    deadlineAt: deadline === undefined ? undefined : clock.now() + deadline,
    idem: idempotencyKey === undefined ? undefined : new TextEncoder().encode(idempotencyKey),
    trace: traceparent,
  };
}
