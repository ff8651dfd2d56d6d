import { WiremuxError } from '@wiremux/framing';

export { ByteStringReader } from '@wiremux/framing/byte-strings';

/** An answer that is to be byte strings, and is not. */
export function mixedAnswer(): WiremuxError {
  const message = 'The answer has a value that is no byte string; read it with `parts()`, or by its values.';
  return new WiremuxError('unsupported', message);
}
