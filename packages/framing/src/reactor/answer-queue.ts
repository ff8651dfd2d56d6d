import type { ByteRange } from '../cbor/index.js';
import { WiremuxError } from '../errors.js';
import { tooSlow } from '../message/slow.js';
import type { SendHalf } from './send-half.js';

/**
 * Sees to it that bytes may be added to what waits of an answer.
 * @throws {WiremuxError} `slow-reader` if they may not (SPEC 8.11.19, 9.1.18); what its reader did not take in time is of no
 * use behind an error, and gone (SPEC 8.12.5)
 */
export function makeRoom(send: SendHalf, whole: boolean, sendQueue: number): void {
  if (whole && send.slow !== undefined && send.lags) {
    const { keep } = send.slow;
    send.drop();
    throw tooSlow(keep);
  }
  if (send.queued < sendQueue || send.dropBelow(sendQueue)) return;
  send.drop();
  throw new WiremuxError('slow-reader', `More than ${sendQueue} bytes of the answer wait for their reader.`);
}

/**
 * Adds bytes to what waits of an answer; false: wait for room.
 * @param whole they are a value, and no part of one that is sent in pieces  @param rest what follows `first`, uncopied
 * @param flags of the frames they go in
 */
export function addBytes(
  send: SendHalf,
  whole: boolean,
  first: ByteRange,
  rest: ByteRange | undefined,
  flags: number,
): boolean {
  if (whole && send.slow !== undefined) return send.pushValue(first, rest);
  const room = send.push(first, rest !== undefined, flags);
  return rest === undefined ? room : send.push(rest);
}
