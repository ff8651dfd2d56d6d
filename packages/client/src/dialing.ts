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
 * Gets a token and dials. Calls `done` or `failed`, once, unless the cancellation it returns is called before; a
 * transport that opens too late is dropped.
 */
export function dialOnce(
  attempt: Attempt,
  done: (dialed: Dialed) => void,
  failed: (error: WiremuxError) => void,
): () => void {
  const { url, timeout, clock } = attempt;
  const abort = new AbortController();
  let over = false;
  const settle = (report: () => void): void => {
    if (over) return;
    over = true;
    stopTimer();
    report();
  };
  const cancel = (): void => settle(() => abort.abort());
  const stopTimer = clock.timer(timeout, () => {
    if (over) return;
    cancel();
    failed(connectFailed(url, `It did not answer within ${timeout} ms.`));
  });
  open(attempt, abort.signal).then(
    (dialed) => {
      if (over) dialed.transport.terminate();
      settle(() => done(dialed));
    },
    (cause: unknown) => settle(() => failed(connectFailed(url, cause instanceof Error ? cause.message : '', cause))),
  );
  return cancel;
}

async function open({ url, dialects, dial, token }: Attempt, signal: AbortSignal): Promise<Dialed> {
  const proof = typeof token === 'function' ? await token() : token;
  return { transport: await dial(url, dialects, signal), token: proof };
}

/** The error of an attempt that did not lead to a connection. */
export function connectFailed(url: string, detail: string, cause?: unknown): WiremuxError {
  const { host, pathname } = new URL(url);
  return new WiremuxError('connect-failed', `Could not connect to ${host}${pathname}. ${detail}`.trim(), { cause });
}
