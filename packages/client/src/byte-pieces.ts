// A chunk of its own: few pages take byte strings in pieces.
export { ByteStringReader } from '@wiremux/framing/byte-strings';
