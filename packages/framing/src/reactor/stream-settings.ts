import { ValueReader } from '../cbor/index.js';
import { PieceFlag } from '../dialect/types.js';
import { CloseCode, fault, type ProtocolFault } from '../errors.js';
import { asText } from '../message/fields.js';
import type { ContentCodec } from '../stream/codec.js';
import type { InboundStream } from '../stream/inbound.js';
import type { PeerContext } from './context.js';

interface Reading {
  readonly reader: ValueReader;
  readonly values: unknown[];
  size: number;
}

/** Reads the settings of inbound streams (SPEC 3.8.5, 3.8.6). */
export class StreamSettingsReader {
  readonly #context: PeerContext;
  /** Weak: a stream may end before its settings are complete. */
  #readers: WeakMap<InboundStream, Reading> | undefined;

  constructor(context: PeerContext) {
    this.#context = context;
  }

  /** A frame of settings: the fault if it breaks a rule; the codec, if there is one, once they are complete. */
  receive(stream: InboundStream, flags: number, payload: Uint8Array): ProtocolFault | ContentCodec | undefined {
    if (stream.configured || stream.encoded) {
      return fault('3.8.6', `Stream ${stream.id} was given settings again, or after an encoded frame.`);
    }
    this.#readers ??= new WeakMap();
    let reading = this.#readers.get(stream);
    if (reading === undefined) {
      reading = { reader: new ValueReader(this.#context.cborLimits), values: [], size: 0 };
      this.#readers.set(stream, reading);
    }
    const { reader, values } = reading;
    reading.size += payload.length;
    if (reading.size > this.#context.limits.settingsBytes) {
      return fault('9.1.11', `The settings of stream ${stream.id} are too large.`, CloseCode.TooBig);
    }
    if (payload.length === 0 && flags !== PieceFlag.Eos) {
      const over = this.#context.charge('an empty frame');
      if (over !== undefined) return over;
    }
    const error =
      reader.push(payload, (value) => values.push(value)) ?? (flags === PieceFlag.Eos ? reader.end() : undefined);
    if (error !== undefined) {
      return fault('3.1.7', `The settings of stream ${stream.id} cannot be read: ${error.message}`);
    }
    if (flags !== PieceFlag.Eos) return undefined;
    this.#readers.delete(stream);
    stream.configured = true;
    const profile = asText(values[0]);
    if (profile === 'identity') return undefined;
    const codec = this.#context.encodings.advertised(profile);
    return codec ?? fault('3.8.6', `Stream ${stream.id} asks for an encoding that was not offered.`);
  }
}
