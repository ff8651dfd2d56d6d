import { peerStats } from '../../src/reactor/stats.js';
import { type ModelEnd, sumOf } from './session.js';

/** Byte strings are filled with one byte: their length and ends tell them apart. */
function same(got: unknown, sent: unknown): boolean {
  if (!(got instanceof Uint8Array && sent instanceof Uint8Array)) return JSON.stringify(got) === JSON.stringify(sent);
  return got.length === sent.length && got[0] === sent[0] && got.at(-1) === sent.at(-1);
}

/** Whether these are values that were sent, in order; `drops`: others may be missing between them. */
function inOrder(got: readonly unknown[], sent: readonly unknown[], drops: boolean): boolean {
  let at = 0;
  return got.every((value) => {
    while (drops && at < sent.length && !same(value, sent[at])) at++;
    return at < sent.length && same(value, sent[at++]);
  });
}

const REFUSED = /^failed (too-many-requests|remote-error)$/;

/**
 * What an end saw that it must not.
 * @param mayLose a request may have been lost with its session
 */
export function problems(end: ModelEnd, mayRefuse: boolean, mayLose = false): string[] {
  const found = [...end.faults];
  const requests = [...end.done.map((request) => ['done', request] as const), ...end.opened];
  for (const [id, request] of requests) {
    const { plan, values, drops, fails, dropped, ends, afterEnd, how, cancelled } = request;
    if (ends !== 1) found.push(`request ${id} ended ${ends} times`);
    if (afterEnd > 0) found.push(`request ${id} had ${afterEnd} events after its end`);
    if (!inOrder(values, plan.values, drops)) found.push(`request ${id} got other values`);
    if (mayLose && how === 'failed session-lost') continue;
    if (fails && how === 'failed slow-reader') continue;
    if (cancelled || (mayRefuse && values.length === 0 && REFUSED.test(how))) continue;
    if (values.length + dropped !== plan.values.length) {
      found.push(`request ${id} got ${values.length} of ${plan.values.length}, and was told of ${dropped} dropped`);
    }
    const planned = plan.ending === 'fail' ? 'failed' : 'ended';
    if (!how.startsWith(planned)) found.push(`request ${id} was ${how}, not ${planned}`);
  }
  for (const { plan, bytes, sum } of end.uploads) {
    const sent = (plan.upload ?? []).reduce((total, piece) => total + piece.length, 0);
    // Without cancel an upload that is given up ends like any other, only earlier (SPEC 5.6).
    if (!end.peer.dialect.duplex && bytes < sent) continue;
    if (bytes !== sent) found.push(`an upload of ${sent} bytes arrived as ${bytes}`);
    if (sum !== (plan.upload ?? []).reduce((total, piece) => total + sumOf(piece), 0))
      found.push('an upload was mixed up');
  }
  if (end.peer.inspect(peerStats).requests.length > 0) found.push('a request was not forgotten by its answerer');
  return found;
}
