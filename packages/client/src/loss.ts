import { CloseCode, type ProtocolFault, WiremuxError } from '@wiremux/framing';
import { closeMeaning } from './close-codes.js';
import type { Loss } from './line.js';

/** The loss of a connection that was closed with this code. */
export function closeLoss(closeCode: number, reason: string): Loss {
  const { code, message, reconnect } = closeMeaning(closeCode);
  const why = reason === '' ? '' : `: ${reason}`;
  return { error: new WiremuxError(code, `${message} (close ${closeCode}${why})`), reconnect };
}

/** The loss of a connection on which a rule was broken. */
export function faultLoss({ rule, message, closeCode, reported }: ProtocolFault): Loss {
  const { code, reconnect } = closeMeaning(closeCode);
  const blame = closeCode === CloseCode.Protocol && reported !== true ? 'The gateway broke the protocol: ' : '';
  return { error: new WiremuxError(code, `${blame}${message} (SPEC ${rule})`), reconnect };
}
