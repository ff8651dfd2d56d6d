/** Version, trace id, parent id and flags; versions after 00 may have more behind them. */
const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/;
const ZEROS = /^0+$/;
/** The most bytes of a traceparent (SPEC 8.11.9). */
export const TRACE_BYTES = 256;

/**
 * True for a `traceparent` of W3C Trace Context of at most 256 bytes: `00-<trace id>-<parent id>-<flags>`, in lower case,
 * neither id all zeros (SPEC 8.11.9).
 */
export function isTraceparent(text: string): boolean {
  if (text.length > TRACE_BYTES) return false;
  const [, version, traceId = '', parentId = '', more] = TRACEPARENT.exec(text) ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined)) return false;
  return !ZEROS.test(traceId) && !ZEROS.test(parentId);
}
