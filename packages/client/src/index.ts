/** The wiremux client: one connection, any number of commands at once, each answer a stream. */

export type {
  CancelResult,
  Clock,
  DialectName,
  EncodedValue,
  ErrorCode,
  Limits,
  Logger,
  OutputAtom,
  ProgressUpdate,
  RedirectLocation,
  ServableCommands,
  SlowMode,
  TranslateAtom,
  Transport,
  TransportHandlers,
} from '@wiremux/framing';
export { ERROR_CODES, formatOutput, preEncoded, WiremuxError } from '@wiremux/framing';
export type { AnswerPart } from './answer-parts.js';
export type { Mux } from './client.js';
export { connect } from './connect.js';
export type { ArgumentsOf, CallParameters, CommandName, Commands, CommandType, YieldsOf } from './contract.js';
export type { DroppedValues } from './dropped-values.js';
export type { TransportKind } from './line.js';
export type {
  ConnectOptions,
  DataOptions,
  HttpOptions,
  ReconnectOptions,
  RequestOptions,
  TraceSource,
} from './options.js';
export type { FollowOptions, RedirectOptions } from './redirect/options.js';
export type { RequestHandle } from './request-handle.js';
export type { RequestEnd, RequestState } from './request-state.js';
export type { Status } from './status.js';
export { type Tone, toneOf } from './tone.js';
export { updateTopics } from './topics.js';
export type { Dial, DialedTransport } from './transport/dial.js';
export { dialWebSocket } from './transport/web-socket.js';
export type { UploadData } from './upload/source.js';
