import { FrameType, PieceFlag } from '../dialect/types.js';
import type { ProtocolFault } from '../errors.js';
import { DEFAULT_SETTINGS, encodeSettings, type PeerSettings } from '../message/settings.js';
import type { PeerContext } from './context.js';

/**
 * Queues this side's settings (SPEC 8.3.1, 8.3.2). In older dialects only a client that can decode something has any, and
 * they go before all else (SPEC 3.8.2).
 */
export function announceSettings(context: PeerContext, session: PeerSettings['session']): void {
  const { output, encodings, dialect, remoteSettings } = context;
  const advertised = encodings.advertise(remoteSettings);
  context.ownSettings.advertised = advertised;
  if (dialect.extended) {
    sendSettings(context, session);
  } else if (encodings.decoders > 0) {
    const settings = encodeSettings({ ...DEFAULT_SETTINGS, encodings: advertised.encodings });
    output.beginUnlinked(FrameType.SenderSettings, PieceFlag.Eos, 0, settings);
  }
  context.wake();
}

/** Queues what was announced, as the first frame of a transport, with what there is to say of the session (SPEC 8.8). */
export function sendSettings({ output, ownSettings }: PeerContext, session: PeerSettings['session']): void {
  output.link(FrameType.SenderSettings, PieceFlag.Eos, encodeSettings(ownSettings.whole(session)));
}

/** Tells a fault from settings. */
export function isFault(value: object): value is ProtocolFault {
  return 'closeCode' in value;
}
