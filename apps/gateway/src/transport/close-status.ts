import { CloseCode } from '@wiremux/framing';

const STATUS: Readonly<Record<number, number>> = {
  [CloseCode.Normal]: 200,
  [CloseCode.Protocol]: 400,
  [CloseCode.TooBig]: 413,
  [CloseCode.Restart]: 503,
  [CloseCode.TryLater]: 503,
  [CloseCode.NotAuthenticated]: 401,
  [CloseCode.NotAllowed]: 403,
  [CloseCode.HandshakeTimeout]: 408,
  [CloseCode.TooMany]: 429,
};

/** The HTTP status of an exchange that was closed with this code before anything was sent (SPEC 7.10). */
export function statusOfClose(code: number): number {
  return STATUS[code] ?? 500;
}
