import { type Clock, WiremuxError } from '@wiremux/framing';
import type { Dial, DialedTransport } from './transport/dial.js';

export type Token = string | (() => string | Promise<string>) | undefined;

/** One attempt to connect. */
export interface Attempt {
  readonly url: string;
  readonly dialects: readonly string[];
  readonly dial: Dial;
  readonly token: Token;
  /** Time for the attempt, ms. */
  readonly timeout: number;
  readonly clock: Clock;
}

/** What an attempt gives. */
export interface Dialed {
  readonly transport: DialedTransport;
  readonly token: string | undefined;
}

/**
 * Gets a token and dials, until `abort` aborts or the time is over. A transport that opens too late is dropped.
 * Rejects with a WiremuxError `connect-failed`.
 */
export async function dialOnce(attempt: Attempt, abort: AbortController): Promise<Dialed> {
  const { url, timeout, clock } = attempt;
  const { signal } = abort;
  const gaveUp = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });
  const stopTimer = clock.timer(timeout, () => abort.abort(new Error(`it did not answer within ${timeout} ms.`)));
  try {
    return await Promise.race([open(attempt, signal), gaveUp]);
  } catch (cause) {
    throw connectFailed(url, sentence(cause), cause);
  } finally {
    stopTimer();
  }
}

async function open({ url, dialects, dial, token }: Attempt, signal: AbortSignal): Promise<Dialed> {
  const proof = typeof token === 'function' ? await token() : token;
  signal.throwIfAborted();
  const transport = await dial(url, dialects, signal);
  if (signal.aborted) transport.terminate();
  return { transport, token: proof };
}

/** The error of an attempt that did not lead to a connection. */
export function connectFailed(url: string, detail: string, cause?: unknown): WiremuxError {
  const { protocol, host, pathname } = new URL(url);
  return new WiremuxError(
    'connect-failed',
    `Could not connect to ${protocol}//${host}${pathname}: ${detail} Check the address, and that the gateway runs.`,
    { cause },
  );
}

function sentence(cause: unknown): string {
  const text = cause instanceof Error && cause.message !== '' ? cause.message : 'no reason was given';
  return text.endsWith('.') ? text : `${text}.`;
}
