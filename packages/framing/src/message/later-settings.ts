import { type TokenVerdict, verdictField } from './auth.js';
import { encodeField } from './write-field.js';

/** The settings map of a token alone (SPEC 8.3.11). */
export function encodeTokenRefresh(token: string): Uint8Array {
  return encodeField({ wiremux: { token } });
}

/** The settings map of its answer alone (SPEC 8.3.12). */
export function encodeTokenAnswer(verdict: TokenVerdict): Uint8Array {
  return encodeField({ wiremux: { auth: verdictField(verdict) } });
}
