import { decodeOne } from '../cbor/index.js';
import { PieceFlag } from '../dialect/types.js';
import { CloseCode, fault, type ProtocolFault } from '../errors.js';
import { type PeerSettings, parseSettings } from '../message/settings.js';
import type { PeerContext } from './context.js';

/** Puts the other side's settings together and reads them (SPEC 3.8, 8.3). */
export class SettingsExchange {
  readonly #context: PeerContext;
  #bytes: Uint8Array = new Uint8Array(0);
  #begun = false;
  #done = false;

  constructor(context: PeerContext) {
    this.#context = context;
  }

  /** Some but not all of the settings are here. */
  get incomplete(): boolean {
    return this.#begun && !this.#done;
  }

  /** They are complete, and were read. */
  get done(): boolean {
    return this.#done;
  }

  /** The settings once they are whole, or how the frame breaks a rule. */
  receive(flags: number, payload: Uint8Array): PeerSettings | ProtocolFault | undefined {
    if (this.#done) return fault('8.3.7', 'Settings came a second time.');
    this.#begun = true;
    const most = this.#context.limits.settingsBytes;
    if (this.#bytes.length + payload.length > most) {
      return fault('8.3.8', `Settings may take ${most} bytes at most.`, CloseCode.TooBig);
    }
    if (payload.length === 0 && flags !== PieceFlag.Eos) {
      const over = this.#context.charge('an empty frame');
      if (over !== undefined) return over;
    }
    const joined = new Uint8Array(this.#bytes.length + payload.length);
    joined.set(this.#bytes);
    joined.set(payload, this.#bytes.length);
    this.#bytes = joined;
    if (flags !== PieceFlag.Eos) return undefined;

    this.#done = true;
    const decoded = decodeOne(joined, this.#context.cborLimits);
    this.#bytes = new Uint8Array(0);
    if (!decoded.ok) return fault('3.1.7', `The settings cannot be read: ${decoded.error.message}`);
    const settings = parseSettings(decoded.value);
    return typeof settings === 'string' ? fault('8.3.5', settings) : settings;
  }
}

/** Tells a fault from settings. */
export function isFault(value: object): value is ProtocolFault {
  return 'closeCode' in value;
}
