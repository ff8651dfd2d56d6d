export {
  type ByteStringReaderConstructor,
  type CborLimits,
  type DecodeResult,
  decodeOne,
  type EncodedValue,
  encodeValue,
  type PieceSink,
  preEncoded,
  ValueReader,
  type ValueSink,
} from './cbor/index.js';
export type { Dialect } from './dialect/dialect.js';
export { EXP_FRAMING_0002 } from './dialect/exp-framing-0002.js';
export { EXP_FRAMING_0003 } from './dialect/exp-framing-0003.js';
export { EXP_FRAMING_0005 } from './dialect/exp-framing-0005.js';
export { EXP_FRAMING_0006 } from './dialect/exp-framing-0006.js';
export { DIALECTS, dialectByName, selectDialect } from './dialect/table.js';
export { WIREMUX_1 } from './dialect/wiremux-1.js';
export {
  CloseCode,
  ERROR_CODES,
  type ErrorCode,
  type ProtocolFault,
  WiremuxError,
  type WiremuxErrorOptions,
} from './errors.js';
export { precompressed } from './flow/precompressed.js';
export { type ChannelWeight, DEFAULT_CHANNELS } from './flow/scheduler.js';
export { describeFrame } from './frame/describe.js';
export { type Frame, type FrameHeader, HEADER_SIZE, MAX_PAYLOAD, StreamFlag } from './frame/frame.js';
export { DIALECT_NAMES, type DialectName } from './frame/frame-types.js';
export { encodeFrame } from './frame/header.js';
export { FrameReader, type FrameSink } from './frame/reader.js';
export { redactFrame } from './frame/redact.js';
export { type ParsedFrame, type PrintOptions, parseFrame, printFrame } from './frame/text-form.js';
export {
  ConnectionFollower,
  type ConnectionProblem,
  type FollowerOptions,
  type KnownRequest,
} from './inspect/connection-follower.js';
export {
  type DescribedFrame,
  type Direction,
  type FoundProblem,
  frameLine,
  type RequestSummary,
} from './inspect/described-frame.js';
export { type FrameFilter, matchesFilter } from './inspect/frame-filter.js';
export { printValue } from './inspect/print-value.js';
export {
  DEFAULT_LIMITS,
  type Limits,
  PRINCIPAL_KEYS,
  PROCESS_CONTEXTS,
  PROCESS_KEPT_BYTES,
  PROCESS_KEY_BYTES,
} from './limits.js';
export type { TokenVerdict } from './message/auth.js';
export type { CancelReason, DrainNotice } from './message/control.js';
export { formatOutput, type OutputAtom, outputAtom, type TranslateAtom } from './message/output.js';
export type { ProgressUpdate } from './message/progress.js';
export type { OfferedRedirects, RedirectLocation, RedirectOffer } from './message/redirect.js';
export { MAX_DEADLINE } from './message/request.js';
export type { SessionGrant, SessionReply, SessionRequest } from './message/session-settings.js';
export type { PeerSettings } from './message/settings.js';
export { type SlowMode, type SlowPolicy, slowPolicy } from './message/slow.js';
export type { PeerListener } from './reactor/context.js';
export type { CancelResult, ConnectionEvent, PeerEvent, RequesterEvent, ResponderEvent } from './reactor/events.js';
export { IdTable } from './reactor/id-table.js';
export { Link, type LinkEnds, type LinkHost, type LinkOptions } from './reactor/link.js';
export { ObserverReader, type ValueObserver } from './reactor/observer-reader.js';
export type { OutgoingRequest } from './reactor/outgoing-request.js';
export { Peer } from './reactor/peer.js';
export type { AcceptTerms } from './reactor/peer-core.js';
export type { PeerOptions, TokenRefreshConstructor } from './reactor/peer-options.js';
export type { AnswerConsumer, ReadableRequest } from './reactor/reading.js';
export {
  cancelReason,
  checkDeadline,
  requestAborted,
  requestRefused,
  requestTimedOut,
  uploadFailed,
} from './reactor/request-errors.js';
export { Responder } from './reactor/responder.js';
export type { Logger, LogMethod, RequestAnswerer, ServableCommands, ServingHost } from './reactor/serving.js';
export { type PeerInside, type PeerStats, peerStats, type RequestStats, type StreamStats } from './reactor/stats.js';
export { ValueIterator } from './reactor/value-iterator.js';
export { closeEndsSession } from './session/close-table.js';
export { KeptBudget } from './session/kept-budget.js';
export type { ContentCodec, Decoder, DecodeStep, Encoder } from './stream/codec.js';
export { ContextBudget } from './stream/contexts.js';
export { ENCODING_RUNTIME, type EncodingRuntime } from './stream/encoding-runtime.js';
export type { Alarms, Clock, Sleeper, Transport, TransportHandlers } from './transport/transport.js';
