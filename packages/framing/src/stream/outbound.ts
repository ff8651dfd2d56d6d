import { StreamFlag } from '../frame/frame.js';
import type { Encoder } from './codec.js';

/** One stream this side sends on. */
export interface OutboundStream {
  readonly id: number;
  /** The channel whose frames it carries. */
  readonly channel: string;
  /** Its first frame was sent, and none that ends it. */
  begun: boolean;
  frames: number;
  /** Header and payload bytes, as they are on the wire. */
  bytes: number;
  /** The same before encoding. */
  plainBytes: number;
  /** The profile it was given, `identity` without settings. */
  encoding: string;
  encoder: Encoder | undefined;
  /** A frame of it is being encoded: nothing may go on it before that one. */
  busy: boolean;
}

/** A channel and the stream that carries it. */
export interface OutboundRoute {
  readonly channel: string;
  readonly stream: OutboundStream;
  /** Whether it is encoded was decided: once the other side's settings are known. */
  settled: boolean;
  /** Its frames may be encoded, where the stream has an encoder. */
  encodes: boolean;
}

/** A stream of which nothing was sent yet. */
export function newOutboundStream(id: number, channel: string): OutboundStream {
  return {
    id,
    channel,
    begun: false,
    frames: 0,
    bytes: 0,
    plainBytes: 0,
    encoding: 'identity',
    encoder: undefined,
    busy: false,
  };
}

const NONE: readonly never[] = [];

/** Gives each channel its stream when the first frame goes out (SPEC 4.2, 8.12.1). */
export class OutboundStreams {
  /** One for each channel that was used: few. */
  #routes: readonly OutboundRoute[] = NONE;
  #streams: readonly OutboundStream[] = NONE;
  /** The route asked for last: frames of one channel come in runs. */
  #last: OutboundRoute | undefined;
  #nextId: number;
  /** Streams the other side accepts, at least 1: further channels share the last one. */
  most: number;

  constructor(firstId: number, most: number) {
    this.#nextId = firstId;
    this.most = most;
  }

  /** The channel's stream, and whether its frames are encoded. */
  of(channel: string): OutboundRoute {
    if (this.#last?.channel === channel) return this.#last;
    const route = this.#routes.find((known) => known.channel === channel) ?? this.#add(channel);
    this.#last = route;
    return route;
  }

  list(): Iterable<OutboundStream> {
    return this.#streams;
  }

  #add(channel: string): OutboundRoute {
    const last = this.#streams.at(-1);
    const stream = last === undefined || this.#streams.length < this.most ? this.#open(channel) : last;
    const route = { channel, stream, settled: false, encodes: false };
    this.#routes = [...this.#routes, route];
    return route;
  }

  #open(channel: string): OutboundStream {
    const stream = newOutboundStream(this.#nextId, this.most === 1 ? 'default' : channel);
    this.#nextId += 2;
    this.#streams = [...this.#streams, stream];
    return stream;
  }
}

/** Counts a frame about to be sent and returns its stream flags, but for encoded. */
export function nextStreamFlags(stream: OutboundStream, frameBytes: number, plainBytes: number = frameBytes): number {
  const flags = stream.begun ? 0 : StreamFlag.Begin;
  stream.begun = true;
  stream.frames++;
  stream.bytes += frameBytes;
  stream.plainBytes += plainBytes;
  return flags;
}
