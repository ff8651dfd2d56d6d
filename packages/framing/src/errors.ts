/**
 * Every error code wiremux itself gives (SPEC 3.9): what has happened, and what its reader can do about it. `ERRORS.md`
 * is generated from this table. Codes a command gives for itself are free, as long as they have the same form.
 */
export const ERROR_CODES = {
  'unknown-command': {
    means: 'The peer has no command of that name.',
    remedy: 'Call `capabilities` for the list of commands, and check the spelling.',
  },
  'bad-arguments': {
    means: "The arguments do not fit the command's contract.",
    remedy: 'The message names each argument at fault; `capabilities` has the schema.',
  },
  'not-allowed': {
    means: 'The principal may not do this.',
    remedy: 'Connect as somebody who may, or have the permission granted.',
  },
  'not-authenticated': {
    means: 'The gateway wants a token and got none, or one it does not accept.',
    remedy: 'Pass a valid token when connecting.',
  },
  deadline: {
    means: "The request's deadline passed before its answer ended.",
    remedy: 'Allow more time, or ask for less.',
  },
  'too-many-requests': {
    means: 'More requests are open than the peer allows.',
    remedy: 'Wait until some have ended, or raise the limit `openRequests` on the peer.',
  },
  'too-big': {
    means: 'Something was larger than the receiver accepts; the message names the limit.',
    remedy:
      'Send less at once (stream it as data), take a long byte string in pieces (`bytes$`, `wiremux call --output`), or raise that limit on the receiver.',
  },
  unsupported: {
    means: 'The dialect or the peer cannot do what was asked.',
    remedy: 'Use the dialect `wiremux.1`, or leave the feature out.',
  },
  duplicate: {
    means: 'A request with the same idempotency key is running or has run.',
    remedy: 'Wait for `retry` ms and ask again, or take the answer you already have.',
  },
  'idem-mismatch': {
    means: 'The idempotency key was used before with other arguments.',
    remedy: 'Use a fresh key for a different request.',
  },
  draining: {
    means: 'The gateway is shutting down and did not start the request.',
    remedy: 'Send it again; the client does so by itself.',
  },
  'slow-reader': {
    means: 'Values came faster than their reader took them, and more waited than the limit allows.',
    remedy:
      "Read faster, ask for less, have the command wait (a generator does), or take the newest only (`slow: 'latest'`).",
  },
  'command-failed': {
    means: 'The command failed.',
    remedy: "See its message; the gateway's log has the cause.",
  },
  'wrong-length': {
    means: 'A byte stream of the answer gave more or fewer bytes than the command had said.',
    remedy: 'Mend the command: have it give the right length, or none.',
  },
  'upstream-lost': {
    means: 'The server behind the gateway that ran the request went away.',
    remedy: 'Try again; the command may or may not have run.',
  },
  protocol: {
    means: 'A peer broke the protocol.',
    remedy: 'One side has a bug or is not speaking this dialect; the message names the SPEC rule.',
  },
  internal: {
    means: 'The peer met an error of its own.',
    remedy: "See the gateway's log.",
  },
  'connection-lost': {
    means: 'The connection ended before the answer did.',
    remedy: 'Ask again once `status$` says `open`; the command may or may not have run.',
  },
  'connect-failed': {
    means: 'No connection could be made.',
    remedy: 'Check the address, and that the gateway runs and allows this origin.',
  },
  'not-loaded': {
    means: 'A part of the client that a page loads when it first needs it could not be loaded.',
    remedy: 'Check that the chunks of the page are still where it was loaded from, and ask again.',
  },
  'session-lost': {
    means: 'The session ended before the answer did.',
    remedy: 'Ask again; the command may or may not have run.',
  },
  closed: {
    means: 'The client was closed.',
    remedy: 'Make a new one with `connect()`.',
  },
  timeout: {
    means: 'The time the caller allowed ran out; the command was cancelled.',
    remedy: 'Allow more time, or ask for less.',
  },
  aborted: {
    means: 'The caller aborted the request.',
    remedy: 'Nothing to mend: this is what was asked for.',
  },
  'bad-encoding': {
    means: 'Bytes given as an encoded value are not one CBOR value within the limits.',
    remedy: 'See the offset in the message, and encode the value anew.',
  },
  'upload-failed': {
    means: 'The source of the data to upload failed; the command was cancelled.',
    remedy: 'See its `cause`, mend the source and ask again.',
  },
  redirected: {
    means: 'The answer is to be had elsewhere, and the client was not told to fetch it.',
    remedy: 'Fetch it from the location in its `data`, or have the client follow: `redirect: { follow: true }`.',
  },
  'redirect-failed': {
    means: 'The answer was to be had elsewhere, and could not be fetched from there or is not what was promised.',
    remedy: 'See its message; ask again without `redirect` to be answered by the gateway itself.',
  },
  'remote-error': {
    means: 'The peer answered with an error without a code, as older dialects do.',
    remedy: 'See its message.',
  },
} as const;

/** A code of {@link ERROR_CODES}. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** What a {@link WiremuxError} may carry beside code and message. */
export interface WiremuxErrorOptions {
  /** Details for programs, at most 4 KiB encoded. */
  readonly data?: unknown;
  /** When to try again, ms from now. */
  readonly retry?: number;
  /** The error behind this one; stays in this process. */
  readonly cause?: unknown;
}

/** The one error class of wiremux: a code for programs, a sentence for people (SPEC 3.9). */
export class WiremuxError extends Error {
  /** A code of {@link ERROR_CODES}, or the application's own. */
  readonly code: ErrorCode | (string & {});
  readonly data?: unknown;
  readonly retry?: number;

  constructor(code: ErrorCode | (string & {}), message: string, options: WiremuxErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'WiremuxError';
    this.code = code;
    if (options.data !== undefined) this.data = options.data;
    if (options.retry !== undefined) this.retry = options.retry;
  }

  /** What `JSON.stringify` writes: everything a program can use, and the message, which errors hide from it. */
  toJSON(): { readonly code: string; readonly message: string; readonly data?: unknown; readonly retry?: number } {
    const { code, message, data, retry } = this;
    return { code, message, ...(data === undefined ? {} : { data }), ...(retry === undefined ? {} : { retry }) };
  }
}

/** WebSocket close codes wiremux uses (SPEC 9.2). */
export const CloseCode = {
  Normal: 1000,
  Protocol: 1002,
  TextMessage: 1003,
  Policy: 1008,
  TooBig: 1009,
  Internal: 1011,
  Restart: 1012,
  TryLater: 1013,
  NotAuthenticated: 4401,
  ProtocolFromBrowser: 4402,
  NotAllowed: 4403,
  HandshakeTimeout: 4408,
  TakenOver: 4409,
  GivenUp: 4410,
  TooMany: 4429,
} as const;
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode];

/**
 * How a connection breaks a rule: what to tell the peer and how to close. A value, never thrown: peer input does not
 * throw out of the core.
 */
export interface ProtocolFault {
  /** The SPEC rule broken, e.g. `4.3`. */
  readonly rule: string;
  /** What was wrong, for the error frame and the log. */
  readonly message: string;
  readonly closeCode: CloseCode;
  /** The other side found it and said so: it is not told again. */
  readonly reported?: boolean;
}

/** Makes a {@link ProtocolFault} that closes with 1002 unless told otherwise. */
export function fault(rule: string, message: string, closeCode: CloseCode = CloseCode.Protocol): ProtocolFault {
  return { rule, message, closeCode };
}
