import { fault, type ProtocolFault } from '../errors.js';
import { MAX_CREDIT } from '../message/settings.js';
import type { PeerContext } from './context.js';
import type { SendHalf } from './send-half.js';

/** Credit every upload starts with, bytes (SPEC 8.5.3). */
export const DATA_CREDIT = 16_384;

/** Grants below this cost control budget, on requests that began with more than {@link SMALL_START} (SPEC 9.1.16). */
export const SMALL_GRANT = 1_024;
const SMALL_START = 4_096;

/** Adds a grant, or says how it breaks a rule (SPEC 8.5.5). `began`: the credit the half began with. */
export function grantTo(
  send: SendHalf,
  amount: number,
  began: number,
  context: PeerContext,
): ProtocolFault | undefined {
  if (send.credit + amount > MAX_CREDIT) {
    return fault('8.5.5', `Request ${send.requestId} was granted more than 16 MiB at once.`);
  }
  if (amount < SMALL_GRANT && began > SMALL_START) {
    const over = context.charge('a grant under 1 KiB');
    if (over !== undefined) return over;
  }
  send.grant(amount);
  context.output.scheduler.wake(send);
  context.wake();
  return undefined;
}
