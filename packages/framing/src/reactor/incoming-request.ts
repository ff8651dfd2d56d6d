import { FrameType } from '../dialect/types.js';
import type { PeerContext } from './context.js';
import { DATA_CREDIT } from './grant.js';
import type { ReceiveBudget, ReceiveHalf } from './receive-half.js';
import type { RequestMapAssembly } from './request-map.js';
import { SendHalf } from './send-half.js';

/** One request this side answers: both halves, and what the application owes it. */
export interface IncomingRequest {
  readonly id: number;
  readonly hasData: boolean;
  readonly send: SendHalf;
  readonly receive: ReceiveHalf;
  /** The opener's half (SPEC 5.4). */
  opener: 'opening' | 'sending' | 'ended';
  assembly: RequestMapAssembly | undefined;
  /** Credit its answer began with (SPEC 9.1.16). */
  credit: number;
  /** The command runs: its end, or its stop, is still to come from the application. */
  running: boolean;
  /** The status map was queued. */
  answering: boolean;
  /** The opener cancelled; only the proof is owed. */
  cancelled: boolean;
  /** Data is dropped as it comes. */
  refusing: boolean;
}

/** A request whose first frame has just come. */
export function incomingRequest(
  id: number,
  hasData: boolean,
  context: PeerContext,
  budget: ReceiveBudget,
): IncomingRequest {
  const { dialect, limits, output, remoteSettings } = context;
  const send = new SendHalf({
    requestId: id,
    channel: 'default',
    bodyType: FrameType.Response,
    dialect,
    credit: dialect.duplex ? remoteSettings.credit : Number.POSITIVE_INFINITY,
    textQueue: limits.textQueue,
    progressTopics: limits.progressTopics,
    highWater: limits.sendQueueHighWater,
    lonePayload: output.lonePayload,
  });
  return {
    id,
    hasData,
    send,
    receive: budget.open(id, hasData && dialect.duplex ? DATA_CREDIT : 0, hasData ? limits.uploadWindow : 0),
    opener: 'opening',
    assembly: undefined,
    credit: remoteSettings.credit,
    running: false,
    answering: false,
    cancelled: false,
    refusing: false,
  };
}
