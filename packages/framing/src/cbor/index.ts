export { type CborLimits, MAX_BIGNUM, MAX_DEPTH, MAX_NUMBER_KEYS } from './bounds.js';
export { type DecodeResult, decodeOne, decodeStrict } from './decode.js';
export { encodeValue } from './encode.js';
export { type CborError, CborErrorCode } from './error.js';
export { encodePortable } from './portable.js';
export { isUtf8, utf8Decode, utf8Encode } from './utf8.js';
export { ValueReader, type ValueSink } from './value-reader.js';
export { CborWriter } from './writer.js';
