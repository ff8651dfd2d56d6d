/** The wiremux client: one connection, any number of commands at once, each answer a stream. */

export type {
  CancelResult,
  Clock,
  DialectName,
  ErrorCode,
  Limits,
  OutputAtom,
  ProgressUpdate,
  Transport,
  TransportHandlers,
} from '@wiremux/framing';
export { ERROR_CODES, formatOutput, WiremuxError } from '@wiremux/framing';
export type { Mux } from './client.js';
export { connect } from './connect.js';
export type { ArgumentsOf, CallParameters, CommandName, Commands, CommandType, YieldsOf } from './contract.js';
export type { ConnectOptions, DataOptions, ReconnectOptions, RequestOptions } from './options.js';
export type { RequestHandle } from './request-handle.js';
export type { RequestEnd, RequestState } from './request-state.js';
export type { Status } from './status.js';
export type { Dial, DialedTransport } from './transport/dial.js';
export type { UploadData } from './upload/source.js';
