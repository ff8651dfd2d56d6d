import type { WiremuxError } from '@wiremux/framing';
import { BYTE_PIECES } from './parts.js';
import type { RunReader } from './run-context.js';

/** What an answer consists of where byte strings come in pieces: other values whole, and bytes as they arrive. */
export type AnswerPart<T> =
  | { readonly kind: 'value'; readonly value: T }
  /** The next bytes of a byte string; `last` ends it, and only a last piece may be empty. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly last: boolean };

/** Gives `reader` the parts of an answer in place of its values. */
export function partsReader(reader: RunReader): RunReader {
  return {
    values: (values, sizes) => {
      const parts = values.map((value): AnswerPart<unknown> => ({ kind: 'value', value }));
      reader.values(parts, sizes);
    },
    bytes: (bytes, size, last) => {
      const part: AnswerPart<unknown> = { kind: 'bytes', bytes, last };
      reader.values([part], [size]);
    },
    end: (error) => reader.end(error),
  };
}

/**
 * Gives `reader` the pieces of an answer that consists of byte strings.
 * @param giveUp ends the run: another value has come.
 */
export function bytesReader(reader: RunReader, giveUp: (error: WiremuxError) => void): RunReader {
  return {
    values: () => {
      if (BYTE_PIECES.part !== undefined) giveUp(BYTE_PIECES.part.mixedAnswer());
    },
    bytes: (bytes, size) => reader.values([bytes], [size]),
    end: (error) => reader.end(error),
  };
}
