import { type Clock, WiremuxError } from '@wiremux/framing';
import type { Loss } from './line.js';
import type { Dial, DialedTransport } from './transport/dial.js';
import { within } from './within.js';

export type Token = string | (() => string | Promise<string>) | undefined;

/** One attempt to open a WebSocket. */
export interface Attempt {
  readonly url: string;
  readonly dialects: readonly string[];
  readonly dial: Dial;
  readonly token: Token;
  /** Time for the attempt, ms. */
  readonly timeout: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** What an attempt gives. */
export interface Dialed {
  readonly transport: DialedTransport;
  readonly token: string | undefined;
}

/**
 * Gets a token and dials, until the signal aborts or the time is over. A transport that opens too late is dropped.
 * Resolves with the loss where there is none; never rejects.
 */
export async function dialOnce(attempt: Attempt): Promise<Dialed | Loss> {
  try {
    return await within(attempt, (signal) => open(attempt, signal));
  } catch (cause) {
    return connectFailed(attempt.url, cause);
  }
}

async function open({ url, dialects, dial, token }: Attempt, signal: AbortSignal): Promise<Dialed> {
  const proof = await currentToken(token);
  signal.throwIfAborted();
  const transport = await dial(url, dialects, signal);
  if (signal.aborted) transport.terminate();
  return { transport, token: proof };
}

/** The token to use now. */
export async function currentToken(token: Token): Promise<string | undefined> {
  return typeof token === 'function' ? await token() : token;
}

/** The loss where an attempt did not lead to a connection. `cause`, an error, says why. */
export function connectFailed(url: string, cause: unknown): Loss {
  const { protocol, host, pathname } = new URL(url);
  const detail = sentence(cause);
  const message = `Could not connect to ${protocol}//${host}${pathname}: ${detail} Check the address, and that the gateway runs.`;
  return { error: new WiremuxError('connect-failed', message, { cause }), reconnect: true, detail };
}

function sentence(cause: unknown): string {
  const text = cause instanceof Error && cause.message !== '' ? cause.message : 'no reason was given';
  return text.endsWith('.') ? text : `${text}.`;
}
