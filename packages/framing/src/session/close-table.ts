import { CloseCode } from '../errors.js';

/** What a WebSocket reports for a close without a frame, and for one without a code; neither is ever sent. */
const NO_CLOSE = 1006;
const NO_CODE = 1005;
const GOING_AWAY = 1001;

/** Closes that a session survives, whoever's they are (SPEC 8.8.14). */
const SURVIVED: ReadonlySet<number> = new Set([
  NO_CLOSE,
  CloseCode.Internal,
  CloseCode.Restart,
  CloseCode.TryLater,
  CloseCode.NotAuthenticated,
  CloseCode.HandshakeTimeout,
  CloseCode.GivenUp,
  CloseCode.TooMany,
]);

/**
 * Whether the close of its transport with this code, by this side, ends a session (SPEC 8.8.14). Codes that the table
 * does not have end it.
 */
export function closeEndsSession(code: number, by: 'client' | 'server'): boolean {
  if (code === GOING_AWAY || code === NO_CODE) return by === 'client';
  return !SURVIVED.has(code);
}
