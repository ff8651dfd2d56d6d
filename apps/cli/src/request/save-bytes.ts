import type { AnswerPart } from '@wiremux/client';
import { WiremuxError } from '@wiremux/framing';
import type { ByteOutput } from '../io/byte-output.js';
import type { RequestView } from './run-request.js';

/** Writes the byte strings of an answer, one behind the other, telling how far that is, and shows its other values. */
export async function saveBytes(
  parts: AsyncIterable<AnswerPart<unknown>>,
  output: ByteOutput,
  view: RequestView,
): Promise<void> {
  let saved = 0;
  try {
    for await (const part of parts) {
      if (part.kind === 'value') {
        await showValue(part.value, output, view);
        continue;
      }
      await output.write(part.bytes);
      saved += part.bytes.length;
      view.progress({ topic: 'download', pos: saved, total: 0, label: 'bytes' });
    }
    await output.finish();
  } finally {
    view.progress({ topic: 'download', pos: -1, total: 0 });
    await output.close();
  }
}

function showValue(value: unknown, output: ByteOutput, view: RequestView): Promise<void> {
  if (!output.takesStdout) return view.value(value);
  const message = 'The answer has a value that is no byte string: give --output a file, and it is printed.';
  throw new WiremuxError('unsupported', message);
}
