import type { RequestTranslator } from '../dialect/request-format.js';
import type { RequestMessage } from '../message/request.js';
import type { PeerContext } from './context.js';
import type { ResponderEvent } from './events.js';
import { DATA_CREDIT } from './grant.js';
import type { HalfKind } from './half-kind.js';
import { NO_DATA, type ReceiveBudget, type ReceiveHalf } from './receive-half.js';
import type { RequestMapAssembly } from './request-map.js';
import { SendHalf } from './send-half.js';
import { SideQueue } from './side-queue.js';

/** One request this side answers: both halves, and what the application owes it. */
export interface IncomingRequest {
  readonly id: number;
  readonly hasData: boolean;
  readonly send: SendHalf;
  readonly receive: ReceiveHalf;
  /** When its first frame came, monotonic ms. */
  readonly since: number;
  /** When its time is over, monotonic ms. */
  deadlineAt: number | undefined;
  /** The opener's half (SPEC 5.4). */
  opener: 'opening' | 'sending' | 'ended';
  assembly: RequestMapAssembly | undefined;
  /** Reads its frames where they do not hold the map itself. */
  readonly translator: RequestTranslator | undefined;
  /** The targets it may be redirected to (SPEC 3.4.10). */
  targets: readonly string[];
  /** Credit its answer began with (SPEC 9.1.16). */
  credit: number;
  /** The command runs: its end, or its stop, is still to come from the application. */
  running: boolean;
  /** The status map was queued. */
  answering: boolean;
  /** Bytes still to come of the byte string being sent, Infinity if it did not say how many; undefined outside of one. */
  bytesLeft: number | undefined;
  /** The opener cancelled; only the proof is owed. */
  cancelled: boolean;
  /** Data is dropped as it comes. */
  refusing: boolean;
}

const NO_TARGETS: readonly string[] = [];

/** A request whose first frame has just come. */
export function incomingRequest(
  id: number,
  hasData: boolean,
  context: PeerContext,
  budget: ReceiveBudget,
  kind: HalfKind,
): IncomingRequest {
  const { dialect, limits, remoteSettings } = context;
  const credit = dialect.duplex ? remoteSettings.credit : Number.POSITIVE_INFINITY;
  const send = new SendHalf(id, kind, credit);
  return {
    id,
    hasData,
    send,
    receive: hasData ? budget.open(id, dialect.duplex ? DATA_CREDIT : 0, limits.uploadWindow) : NO_DATA,
    since: context.now,
    deadlineAt: undefined,
    opener: 'opening',
    assembly: undefined,
    translator: dialect.requests.translator(),
    targets: NO_TARGETS,
    credit: remoteSettings.credit,
    running: false,
    answering: false,
    bytesLeft: undefined,
    cancelled: false,
    refusing: false,
  };
}

/** What the application is told of a request that is to run. */
export function requestEvent(
  { id, hasData }: IncomingRequest,
  { name, args, channel, credit, plain, redirect, idem, trace, slow, keep }: RequestMessage,
  deadlineAt: number | undefined,
): ResponderEvent {
  return {
    kind: 'request',
    id,
    name,
    args,
    hasData,
    channel,
    credit,
    plain,
    deadlineAt,
    idem,
    trace,
    slow,
    keep,
    redirect,
  };
}

/** Where the text and progress of its answer wait. */
export function sideOf({ send }: IncomingRequest, { limits, dialect }: PeerContext): SideQueue {
  send.side ??= new SideQueue(limits.textQueue, limits.progressTopics, dialect);
  return send.side;
}
