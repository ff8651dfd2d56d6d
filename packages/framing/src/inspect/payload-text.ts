import type { FrameHeader } from '../frame/frame.js';
import type { DialectName } from '../frame/frame-types.js';
import { printFrame, printHeader } from '../frame/text-form.js';

/** A payload as `DescribedFrame.payload` has it. `shown`: undefined where it cannot be; `bytes`: its length on the wire. */
export function payloadText(
  header: FrameHeader,
  shown: Uint8Array | undefined,
  bytes: number,
  dialect: DialectName,
  most: number,
): string {
  if (shown === undefined) return `… (${bytes} bytes)`;
  const isWhole = shown.length <= most;
  const line = printFrame({ ...header, payload: shown.subarray(0, most) }, dialect, { literals: isWhole });
  const text = line.slice(printHeader(header, dialect).length + 1);
  return isWhole ? text : `${text}… (${shown.length} bytes)`;
}
