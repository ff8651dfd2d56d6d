import { FrameType, PieceFlag } from '../dialect/types.js';
import { fault, type ProtocolFault } from '../errors.js';
import { type FrameHeader, HEADER_SIZE, StreamFlag } from '../frame/frame.js';
import type { PeerSettings } from '../message/settings.js';
import type { DecodeQueue } from '../stream/decode-queue.js';
import { type InboundStream, InboundStreams } from '../stream/inbound.js';
import type { Answering } from './answering.js';
import type { PeerContext } from './context.js';
import type { Drain } from './drain.js';
import type { Heartbeat } from './heartbeat.js';
import type { ReceiveBudget } from './receive-half.js';
import type { Requester } from './requester.js';
import { isFault } from './settings-exchange.js';
import { SettingsPieces } from './settings-pieces.js';
import { StreamSettingsReader } from './stream-settings.js';
import type { TokenRefresh } from './token-refresh.js';

/** Who handles the frames of a connection. */
export interface FrameRoutes {
  readonly requester: Requester;
  readonly answering: Answering;
  readonly heartbeat: Heartbeat;
  readonly budget: ReceiveBudget;
  readonly tokens: TokenRefresh | undefined;
  readonly drain: Drain;
  /** The other side's settings are complete; the fault if they do not fit. */
  onSettings(settings: PeerSettings): ProtocolFault | undefined;
}

/** Checks where each frame may come and hands it to who handles it (SPEC 2.3, 4, 8.1). */
export class FrameRouter {
  readonly inbound: InboundStreams;
  #decoding: DecodeQueue | undefined;
  readonly #context: PeerContext;
  readonly #routes: FrameRoutes;
  /** The other side's first settings are read, and absent once they were. */
  #settings: SettingsPieces | undefined;
  /** Made for the first that come. */
  #streamSettings: StreamSettingsReader | undefined;
  readonly #linkStream: number;
  /** 1 where requests with odd ids are ours, else 0. */
  readonly #ownParity: 0 | 1;
  /** Frames that came. */
  frames = 0;

  constructor(context: PeerContext, routes: FrameRoutes) {
    const { role, dialect, limits } = context;
    this.#context = context;
    this.#routes = routes;
    this.#settings = new SettingsPieces(context);
    this.#ownParity = role === 'client' ? 1 : 0;
    this.#linkStream = dialect.extended ? 1 + this.#ownParity : 0;
    this.inbound = new InboundStreams(this.#ownParity === 1 ? 0 : 1, limits.openStreams, this.#linkStream);
  }

  /** The link stream of the other side; 0 where the dialect has none. */
  get linkStream(): number {
    return this.#linkStream;
  }

  /** What decodes frames, once a stream is encoded: until then every frame is plain. */
  get decoding(): DecodeQueue | undefined {
    return this.#decoding;
  }

  /** Frames wait for their decoders. */
  get isDecoding(): boolean {
    return this.#decoding?.idle === false;
  }

  /** The other side's settings came. */
  get settled(): boolean {
    return this.#settings === undefined;
  }

  /** The transport is gone: another begins with a handshake. */
  dropLink(): void {
    this.#settings = new SettingsPieces(this.#context);
    this.inbound.dropLink();
  }

  /** Goes on with a transport whose handshake `other` has seen. */
  inheritLink(other: FrameRouter): void {
    this.frames += other.frames;
    this.#settings = undefined;
    this.inbound.inheritLink(other.inbound);
  }

  /** The other side sends nothing more: the fault if its settings are missing or cut off. */
  endInput(): ProtocolFault | undefined {
    const missing = this.#context.dialect.extended ? !this.settled : this.#settings?.begun === true;
    return missing ? fault('7.7', 'The input ended before the settings.') : undefined;
  }

  /** Handles one frame; the fault if it breaks a rule. */
  route(wireHeader: FrameHeader, payload: Uint8Array): ProtocolFault | undefined {
    this.frames++;
    const stream = this.inbound.receive(wireHeader, payload.length);
    if (isFault(stream)) return stream;
    const { dialect, role } = this.#context;
    const { type: wireType, flags } = wireHeader;
    const type = dialect.types[wireType];
    if (type === undefined || dialect.legal[wireType * 16 + flags] !== true) {
      return fault('2.3', `A frame of type ${wireType} with flags ${flags} is not defined in ${dialect.name}.`);
    }
    const header = type === wireType ? wireHeader : { ...wireHeader, type };
    if (dialect.extended) {
      if (header.streamId === this.#linkStream) return this.#linkFrame(header, payload);
      if (dialect.duplex) this.#routes.heartbeat.countFrame(HEADER_SIZE + payload.length);
      const outOfPlace = this.#checkSessionFrame(header);
      if (outOfPlace !== undefined) return outOfPlace;
    } else if (type === FrameType.SenderSettings) {
      return this.#oldSettings(flags, payload);
    } else if (this.#settings?.begun === true) {
      return fault('3.8.1', 'Another frame came before the settings were complete.');
    }
    if (type === FrameType.OldStreamSettings) {
      return role === 'client' ? undefined : fault('3.8.7', `Stream settings mean nothing in ${dialect.name}.`);
    }
    if (type === FrameType.StreamSettings) return this.#configure(stream, flags, payload);
    const decoding = this.#decoding;
    if (decoding === undefined || (stream.decoding === undefined && decoding.idle))
      return this.#deliver(header, payload);
    return decoding.receive(stream, header, payload);
  }

  /** A frame of a request whose payload is plain, in the order of its request. */
  #deliver(header: FrameHeader, payload: Uint8Array): ProtocolFault | undefined {
    const { requestId, type, flags } = header;
    const { dialect } = this.#context;
    if ((requestId & 1) === this.#ownParity) return this.#routes.requester.receive(header, payload);
    if (this.#ownParity === 1 && !dialect.duplex) {
      if (requestId === 0 && type === FrameType.Error) return this.#connectionError(flags, payload);
      return fault('5.13', `A frame came for request ${requestId}, which no client opens.`);
    }
    return this.#routes.answering.receive(header, payload);
  }

  #configure(stream: InboundStream, flags: number, payload: Uint8Array): ProtocolFault | undefined {
    this.#streamSettings ??= new StreamSettingsReader(this.#context);
    const settings = this.#streamSettings.receive(stream, flags, payload);
    if (settings === undefined || isFault(settings)) return settings;
    this.#decoding ??= this.#openDecoding();
    return this.#decoding?.configure(stream, settings);
  }

  #openDecoding(): DecodeQueue | undefined {
    const { role, dialect, limits, encodings } = this.#context;
    const decoding = encodings.runtime?.decodeQueue({
      limits,
      stepped: role === 'client' && !dialect.extended,
      deliver: (header, plain) => this.#deliver(header, plain),
      pieceOf: (header) =>
        header.type === FrameType.Response ? { ...header, flags: PieceFlag.Continuation } : undefined,
      paused: () => this.#routes.budget.paused,
      onDone: () => this.#context.wake(),
    });
    decoding?.reserve(encodings.decoders);
    return decoding;
  }

  /** SPEC 8.1.4, 8.3.1. */
  #checkSessionFrame({ type, requestId }: FrameHeader): ProtocolFault | undefined {
    if (!this.settled) return fault('8.3.1', 'A frame came before the settings.');
    const link = type === FrameType.SenderSettings || type >= FrameType.Ack;
    if (link) return fault('8.1.4', `A frame of type ${type} came on a stream that is not the link stream.`);
    if (requestId === 0 && type !== FrameType.StreamSettings) {
      return fault('8.1.4', `A frame of type ${type} came without a request id.`);
    }
    return undefined;
  }

  #linkFrame({ requestId, streamFlags, type, flags }: FrameHeader, payload: Uint8Array): ProtocolFault | undefined {
    if (requestId !== 0) return fault('8.1.4', `A link frame came with request id ${requestId}.`);
    if ((streamFlags & (StreamFlag.End | StreamFlag.Encoded)) !== 0) {
      return fault('8.1.4', 'The link stream does not end and is not encoded.');
    }
    if (type !== FrameType.SenderSettings && type !== FrameType.Error && !this.settled) {
      return fault('8.3.1', 'A frame came before the settings.');
    }
    switch (type) {
      case FrameType.SenderSettings:
        return this.#takeSettings(flags, payload);
      case FrameType.Ack:
        return this.#routes.heartbeat.receiveAck(payload);
      case FrameType.Ping:
        return this.#routes.heartbeat.receivePing(payload, flags);
      case FrameType.Drain:
        return this.#routes.drain.receive(payload);
      case FrameType.Error:
        return this.#connectionError(flags, payload);
      default:
        return fault('8.1.4', `A frame of type ${type} came on the link stream.`);
    }
  }

  /** 0006: from the client only, and before anything else (SPEC 3.8.2). */
  #oldSettings(flags: number, payload: Uint8Array): ProtocolFault | undefined {
    const first = this.frames === 1 || this.#settings?.begun === true;
    if (this.#context.role === 'client' || !first) {
      return fault('3.8.2', 'Settings may only be the first frames of a client.');
    }
    return this.#takeSettings(flags, payload);
  }

  #takeSettings(flags: number, payload: Uint8Array): ProtocolFault | undefined {
    if (this.#settings === undefined) {
      const { tokens } = this.#routes;
      if (this.#context.dialect.duplex && tokens !== undefined) return tokens.receive(flags, payload);
      return fault('8.3.7', 'Settings came a second time.');
    }
    const settings = this.#settings.receive(flags, payload);
    if (settings === undefined || isFault(settings)) return settings;
    this.#settings = undefined;
    return this.#routes.onSettings(settings);
  }

  /** The other side has found a fault of ours and is about to close. */
  #connectionError(flags: number, payload: Uint8Array): ProtocolFault {
    const { dialect, cborLimits } = this.#context;
    const error = dialect.errors.parse(flags, payload, cborLimits);
    return { ...fault('5.11', `The peer reported: ${error?.message ?? 'an error it did not name'}`), reported: true };
  }
}
