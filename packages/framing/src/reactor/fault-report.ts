import { FrameType } from '../dialect/types.js';
import { CloseCode, type ProtocolFault, WiremuxError } from '../errors.js';
import type { PeerContext } from './context.js';

/** Queues the error frame that tells the other side of its fault, where this side has one to send (SPEC 5.11). */
export function reportFault(context: PeerContext, broken: ProtocolFault, requestId: number): void {
  const { role, dialect, output, halfDuplex } = context;
  if (broken.closeCode !== CloseCode.Protocol || broken.reported === true) return;
  if (halfDuplex && role === 'client') return;
  const { flags, payload } = dialect.errors.encode(new WiremuxError('protocol', broken.message), 'protocol');
  if (dialect.extended) output.link(FrameType.Error, flags, payload);
  else if (role === 'server') output.beginUnlinked(FrameType.Error, flags, requestId, payload);
}
