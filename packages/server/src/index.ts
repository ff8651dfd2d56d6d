export { type EncodedValue, precompressed, preEncoded } from '@wiremux/framing';
export type { Admission, Authenticate } from './admission.js';
export { type ByteSource, type ByteStream, type ByteStreamOptions, byteStream } from './byte-stream.js';
export type { CallData, CallOptions, CallParameters, ClientCaller, DataCallOptions } from './client-caller.js';
export type { CommandSet, ErasedHandler, ImplementedCommand, ServableSet } from './command-set.js';
export { implement, mergeCommands } from './command-set.js';
export { ServerConnection, serveConnection } from './connection.js';
export type { ConnectionCounters, ConnectionEnd, ConnectionSnapshot } from './connection-facts.js';
export type { ConnectionOptions, ServerConnectionOptions, ServiceOptions } from './connection-options.js';
export type { RequestFacts } from './context.js';
export {
  type AnyArgs,
  type ArgsInput,
  type ArgsOutput,
  type ArgsSchema,
  type Command,
  type CommandOptions,
  type Commands,
  command,
  defineCommands,
  type Yields,
} from './contract.js';
export { type CommandDescription, describeCommands, type JsonSchema } from './describe.js';
export type { RequestCounters, RequestSnapshot } from './dispatcher.js';
export type { Answer, CommandContext, Handler, Handlers, Print, Progress, Yielded } from './handler.js';
export { type IdempotencyLimits, IdempotencyStore } from './idempotency.js';
export type { Logger, LogMethod } from './logger.js';
export type { ConnectionObserver } from './observer.js';
export type { CallState } from './outgoing-call.js';
export type { CallSnapshot } from './outgoing-calls.js';
export { ANONYMOUS, GATEWAY, type Principal } from './principal.js';
export { type Redirect, type RedirectTo, redirect } from './redirect.js';
export { type Redirects, type RedirectTargets, redirectTargets } from './redirect-targets.js';
export type { RunState } from './run.js';
export type { RunOutcome } from './run-host.js';
export {
  DEFAULT_SESSION_LIMITS,
  type Resumable,
  type SessionLimits,
  type SessionOwner,
  SessionStore,
  type SessionStoreOptions,
} from './session/session-store.js';
export type { ArgumentIssue } from './validate.js';
