import { decodeOne } from '../cbor/index.js';
import { PieceFlag } from '../dialect/types.js';
import { CloseCode, fault, type ProtocolFault } from '../errors.js';
import { ByteCollector } from '../flow/byte-collector.js';
import { type PeerSettings, parseSettings } from '../message/settings.js';
import type { PeerContext } from './context.js';

/** Puts the frames of one settings map together, and reads it (SPEC 3.8.1, 9.1.11). */
export class SettingsPieces {
  readonly #context: PeerContext;
  readonly #pieces = new ByteCollector();
  #begun = false;

  constructor(context: PeerContext) {
    this.#context = context;
  }

  /** Some of it has come. */
  get begun(): boolean {
    return this.#begun;
  }

  /** The settings once they are whole, or how the frame breaks a rule. */
  receive(flags: number, payload: Uint8Array): PeerSettings | ProtocolFault | undefined {
    const { limits, cborLimits, dialect, role } = this.#context;
    this.#begun = true;
    if (this.#pieces.size + payload.length > limits.settingsBytes) {
      return fault('9.1.11', `Settings may take ${limits.settingsBytes} bytes at most.`, CloseCode.TooBig);
    }
    if (payload.length === 0 && flags !== PieceFlag.Eos) {
      const over = this.#context.charge('an empty frame');
      if (over !== undefined) return over;
    }
    this.#pieces.add(payload);
    if (flags !== PieceFlag.Eos) return undefined;

    const decoded = decodeOne(this.#pieces.take(), cborLimits);
    if (!decoded.ok) return fault('3.1.7', `The settings cannot be read: ${decoded.error.message}`);
    const settings = parseSettings(decoded.value, dialect.extended, role === 'client' ? 'server' : 'client');
    return typeof settings === 'string' ? fault(dialect.extended ? '8.3.5' : '3.8.3', settings) : settings;
  }
}
