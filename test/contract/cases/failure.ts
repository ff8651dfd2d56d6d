import { WiremuxError } from '@wiremux/client';

/** What is known of an error, whichever side it came from. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly data?: unknown;
  readonly retry?: number;
}

/** What a promise fails with, which must be an error of wiremux. */
export async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  const error = await promise.then(
    (value) => new Error(`It did not fail, but gave ${String(value)}.`),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof WiremuxError)) throw error;
  const { code, message, data, retry } = error;
  return { code, message, ...(data === undefined ? {} : { data }), ...(retry === undefined ? {} : { retry }) };
}
