import { toJsonForm } from '@wiremux/client/json';
import { formatBytes, formatCount } from './units.js';

/** Characters of a value that are shown. */
export const PREVIEW_LENGTH = 2_000;

/** Bytes whose base64 fills a preview. */
const PREVIEW_BYTES = (PREVIEW_LENGTH * 3) / 4;

/** A value as JSON on one line, cut to {@link PREVIEW_LENGTH} characters, with a word on what is missing. */
export function preview(value: unknown): string {
  if (value instanceof Uint8Array && value.length > PREVIEW_BYTES) {
    return `${textOf(value.subarray(0, PREVIEW_BYTES))} … ${formatBytes(value.length)} in all`;
  }
  const text = textOf(value);
  if (text.length <= PREVIEW_LENGTH) return text;
  return `${text.slice(0, PREVIEW_LENGTH)} … ${formatCount(text.length - PREVIEW_LENGTH)} more characters`;
}

/** JSON on one line with a space after each comma and colon, where lines may break. */
function textOf(value: unknown): string {
  return JSON.stringify(toJsonForm(value), null, 1).replace(/(,?)\n */g, (_, comma: string) =>
    comma === '' ? '' : ', ',
  );
}
