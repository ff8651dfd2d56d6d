import {
  DEFAULT_CHANNELS,
  DEFAULT_LIMITS,
  type RequestAnswerer,
  Responder,
  type ServingHost,
  WiremuxError,
} from '@wiremux/framing';
import type { CommandSet } from './command-set.js';
import { RequestDispatcher } from './dispatcher.js';
import { IdempotencyStore } from './idempotency.js';
import { SILENT, withFields } from './logger.js';
import { OutgoingCalls } from './outgoing-calls.js';
import { GATEWAY } from './principal.js';

/** Answers what a gateway asks of its client. */
export function answerRequests(commands: CommandSet, host: ServingHost): RequestAnswerer {
  const { peer, clock, connection, log = SILENT } = host;
  peer.serve(Responder);
  const refusal = new WiremuxError(
    'unsupported',
    'A client calls its gateway with its own `call`, not `context.client`.',
  );
  const dispatcher = new RequestDispatcher({
    connection,
    peer,
    clock,
    log: withFields(log, { connection }),
    textAsBytes: peer.dialect.textAsBytes,
    redirects: new Map(),
    calls: new OutgoingCalls({ peer, clock, maxQueued: 0, refusal }),
    commands,
    channels: DEFAULT_CHANNELS,
    mostRuns: DEFAULT_LIMITS.openRequests,
    idempotency: new IdempotencyStore(clock),
    observer: {},
  });
  return {
    handle: (event) => dispatcher.handle(event, GATEWAY),
    cancelAll: (error) => dispatcher.cancelAll(error),
  };
}
