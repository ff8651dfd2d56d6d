/** What reads byte strings piece by piece: an entry of its own, since few answers are read so. */
export { ByteStringReader } from './cbor/byte-string-reader.js';
