export {
  type CborLimits,
  type DecodeResult,
  decodeOne,
  encodeValue,
  ValueReader,
  type ValueSink,
} from './cbor/index.js';
export type { Dialect } from './dialect/dialect.js';
export { DIALECTS, dialectByName, selectDialect } from './dialect/table.js';
export {
  CloseCode,
  ERROR_CODES,
  type ErrorCode,
  type ProtocolFault,
  WiremuxError,
  type WiremuxErrorOptions,
} from './errors.js';
export { type ChannelWeight, DEFAULT_CHANNELS } from './flow/scheduler.js';
export { describeFrame } from './frame/describe.js';
export { type Frame, type FrameHeader, HEADER_SIZE, MAX_PAYLOAD, StreamFlag } from './frame/frame.js';
export { DIALECT_NAMES, type DialectName } from './frame/frame-types.js';
export { encodeFrame } from './frame/header.js';
export { FrameReader, type FrameSink } from './frame/reader.js';
export { redactFrame } from './frame/redact.js';
export { type ParsedFrame, type PrintOptions, parseFrame, printFrame } from './frame/text-form.js';
export { DEFAULT_LIMITS, type Limits } from './limits.js';
export type { CancelReason } from './message/control.js';
export { formatOutput, type OutputAtom, outputAtom } from './message/output.js';
export type { ProgressUpdate } from './message/progress.js';
export type { PeerSettings } from './message/settings.js';
export type { CancelResult, ConnectionEvent, PeerEvent, RequesterEvent, ResponderEvent } from './reactor/events.js';
export { Link, type LinkOptions } from './reactor/link.js';
export { Peer, type PeerOptions } from './reactor/peer.js';
export type { OutgoingRequest } from './reactor/requester.js';
export type { PeerStats, RequestStats, StreamStats } from './reactor/stats.js';
export type { Clock, Transport, TransportHandlers } from './transport/transport.js';
