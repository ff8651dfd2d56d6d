export { type DecodeResult, decodeOne, decodeStrict } from './decode.js';
export { encodeValue } from './encode.js';
export { type CborError, CborErrorCode, type CborLimits, MAX_DEPTH } from './error.js';
export { encodePortable } from './portable.js';
export { isUtf8, utf8Decode, utf8Encode } from './utf8.js';
export { ValueReader } from './value-reader.js';
export { CborWriter } from './writer.js';
