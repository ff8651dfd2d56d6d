import { CloseCode, type ErrorCode } from '@wiremux/framing';

/** What a closed connection means to the client. */
export interface CloseMeaning {
  /** Whether to connect again: `new-token` only where a new token can be had. */
  readonly reconnect: boolean | 'new-token';
  /** The error of what cannot be sent any more, where the close is final. */
  readonly code: ErrorCode;
  /** What happened and what to do, in a sentence each. */
  readonly message: string;
}

const lost = (message: string): CloseMeaning => ({ reconnect: true, code: 'connection-lost', message });
const final = (code: ErrorCode, message: string): CloseMeaning => ({ reconnect: false, code, message });

const PROTOCOL = final(
  'protocol',
  'The two sides do not understand each other. Check that client and gateway are of versions that fit.',
);

/** SPEC 9.2: what each close does. A code that is not listed means what 1006 does. */
const MEANINGS: Readonly<Record<number, CloseMeaning>> = {
  [CloseCode.Normal]: final('connection-lost', 'The gateway ended the connection. Connect again when you need it.'),
  1001: lost('The gateway is going away.'),
  [CloseCode.Protocol]: PROTOCOL,
  [CloseCode.TextMessage]: PROTOCOL,
  1005: lost('The gateway closed the connection without saying why.'),
  1006: lost('The connection broke.'),
  1007: PROTOCOL,
  [CloseCode.Policy]: final('not-allowed', 'The gateway does not allow this connection. Ask who runs it.'),
  [CloseCode.TooBig]: final('too-big', 'A message was over the limit of its receiver. Send less at once.'),
  [CloseCode.Internal]: lost('The gateway met an error of its own.'),
  [CloseCode.Restart]: lost('The gateway restarts.'),
  [CloseCode.TryLater]: lost('The gateway has no room for this connection now.'),
  [CloseCode.NotAuthenticated]: {
    reconnect: 'new-token',
    code: 'not-authenticated',
    message: 'The gateway wants a token and got none that it accepts. Pass a valid `token` to connect().',
  },
  [CloseCode.ProtocolFromBrowser]: PROTOCOL,
  [CloseCode.NotAllowed]: final('not-allowed', 'The gateway does not allow this principal or origin to connect.'),
  [CloseCode.HandshakeTimeout]: lost('The handshake took too long.'),
  [CloseCode.TakenOver]: final('connection-lost', 'Another connection took this session over.'),
  [CloseCode.GivenUp]: lost('The connection went silent and was given up.'),
  [CloseCode.TooMany]: lost('The gateway says that this client does too much at once.'),
};

const BROKEN = lost('The connection broke.');

/** What a close with this code means. */
export function closeMeaning(code: number): CloseMeaning {
  return MEANINGS[code] ?? BROKEN;
}
