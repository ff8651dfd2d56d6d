import { ValueReader } from '../cbor/index.js';
import { joinPieces } from '../codec/bounded-decoder.js';
import { type FrameHeader, StreamFlag } from '../frame/frame.js';
import { asText } from '../message/fields.js';
import type { ContentCodec, Decoder, DecodeStep } from '../stream/codec.js';
import type { ContextBudget } from '../stream/contexts.js';
import { nextStreamState } from '../stream/stream-state.js';
import type { Direction, FoundProblem } from './described-frame.js';

/** Decoding contexts of one direction: each holds up to the window of its encoding. */
const MOST_CONTEXTS = 4;
/** Bytes a frame may decode to: more than any peer of ours sends, and all that is held of one. */
const MOST_PLAIN: number = 4 * 1024 * 1024;
const STEP: number = 64 * 1024;
/** Stream settings longer than this name no encoding. */
const MOST_SETTINGS = 1_024;

/** A stream as it is followed. */
export interface FollowedStream {
  readonly id: number;
  /** Profile, or `unknown` where the stream began before it was watched. */
  encoding: string;
  /** Its settings have come. */
  configured: boolean;
  /** A frame flagged encoded has come. */
  encoded: boolean;
  decoder: Decoder | undefined;
  /** Why frames flagged encoded cannot be decoded. */
  undecodable: string | undefined;
  /** Its settings so far. */
  settings: Uint8Array;
}

/** The plain bytes of a payload, or why there are none. */
export type Decoded =
  | { readonly kind: 'plain'; readonly plain: Uint8Array }
  | { readonly kind: 'hidden'; readonly note: string; readonly problem?: FoundProblem };

/** The streams of one direction: which are open, and what they are encoded with (SPEC 4). */
export class FollowedStreams {
  readonly #open = new Map<number, FollowedStream>();
  readonly #parity: number;
  readonly #codecs: readonly ContentCodec[];
  #fromStart: boolean;
  readonly #budget: ContextBudget;
  #contexts = 0;

  constructor(direction: Direction, codecs: readonly ContentCodec[], budget: ContextBudget, fromStart: boolean) {
    this.#budget = budget;
    this.#parity = direction === 'in' ? 1 : 0;
    this.#codecs = codecs;
    this.#fromStart = fromStart;
  }

  /** The frame's stream, and how the frame broke a rule of streams. */
  receive(header: FrameHeader): { readonly stream: FollowedStream; readonly problem?: FoundProblem } {
    const { streamId, streamFlags } = header;
    const known = this.#open.get(streamId);
    const isFirst = (streamFlags & StreamFlag.Begin) !== 0;
    const isLegal = nextStreamState(known === undefined ? 'closed' : 'open', streamFlags) !== undefined;
    const stream = known !== undefined && !isFirst ? known : this.#begin(streamId, isFirst);
    if (streamId === 0 || (streamId & 1) !== this.#parity) {
      return { stream, problem: { rule: '4.1', message: `Stream ${streamId} is not one of its sender's.` } };
    }
    if (isLegal || (known === undefined && !this.#fromStart)) return { stream };
    const message = known === undefined ? `Stream ${streamId} is not open.` : `Stream ${streamId} began twice.`;
    return { stream, problem: { rule: '4.3', message } };
  }

  /** The payload of a frame on the stream without its encoding. */
  decode(stream: FollowedStream, payload: Uint8Array): Decoded | Promise<Decoded> {
    stream.encoded = true;
    if (stream.undecodable !== undefined) return { kind: 'hidden', note: stream.undecodable };
    if (stream.decoder === undefined) return { kind: 'plain', plain: payload };
    const decoded = decodeAll(stream.decoder, payload);
    return decoded instanceof Promise
      ? decoded.then((late) => this.#decoded(stream, late))
      : this.#decoded(stream, decoded);
  }

  /** Takes stream settings, which may span frames (SPEC 3.8.5, 3.8.6). */
  configure(stream: FollowedStream, payload: Uint8Array, isLast: boolean): FoundProblem | undefined {
    const { settings } = stream;
    const joined = new Uint8Array(Math.min(MOST_SETTINGS, settings.length + payload.length));
    joined.set(settings);
    joined.set(payload.subarray(0, joined.length - settings.length), settings.length);
    stream.settings = joined;
    if (stream.configured || stream.encoded) {
      return { rule: '3.8.6', message: `Stream ${stream.id} has its settings, or has carried encoded frames.` };
    }
    if (!isLast) return undefined;
    const name = profileOf(joined);
    stream.configured = true;
    stream.settings = new Uint8Array(0);
    if (name === undefined) {
      this.#giveUp(stream, 'Its stream settings name no encoding.');
      return { rule: '3.8.5', message: 'Stream settings begin with the name of a profile.' };
    }
    this.#useProfile(stream, name);
    return undefined;
  }

  /** The frame is done: closes its stream if it was the last. */
  ended(stream: FollowedStream, streamFlags: number): void {
    if ((streamFlags & StreamFlag.End) !== 0) this.#close(stream);
  }

  /** Streams go on that were begun on another transport. */
  join(): void {
    this.#fromStart = false;
  }

  /** Frames went by unseen: no context is right any more. */
  gap(): void {
    this.#fromStart = false;
    this.close();
  }

  close(): void {
    for (const stream of [...this.#open.values()]) this.#close(stream);
  }

  #begin(id: number, isFirst: boolean): FollowedStream {
    const before = this.#open.get(id);
    if (before !== undefined) this.#close(before);
    const stream: FollowedStream = {
      id,
      encoding: isFirst || this.#fromStart ? 'identity' : 'unknown',
      configured: false,
      encoded: false,
      decoder: undefined,
      undecodable: undefined,
      settings: new Uint8Array(0),
    };
    if (stream.encoding === 'unknown') stream.undecodable = `Stream ${id} was running before it was watched.`;
    this.#open.set(id, stream);
    return stream;
  }

  #useProfile(stream: FollowedStream, name: string): void {
    stream.encoding = name;
    stream.undecodable = undefined;
    if (name === 'identity') return;
    const codec = this.#codecs.find((known) => known.name === name);
    if (codec === undefined) {
      this.#giveUp(stream, `Nothing here decodes \`${name}\`.`);
    } else if (this.#contexts === MOST_CONTEXTS || !this.#budget.take()) {
      this.#giveUp(stream, 'More streams are encoded than can be followed.');
    } else {
      this.#contexts++;
      stream.decoder = codec.createDecoder();
    }
  }

  #decoded(stream: FollowedStream, step: DecodeStep): Decoded {
    if (step.kind === 'plain' && !step.more) return { kind: 'plain', plain: step.plain };
    if (step.kind === 'plain') {
      this.#giveUp(stream, `A frame of stream ${stream.id} decodes to more than ${MOST_PLAIN} bytes.`);
      return { kind: 'hidden', note: stream.undecodable as string };
    }
    this.#giveUp(stream, `A frame of stream ${stream.id} was not ${stream.encoding}.`);
    const message = `The payload is not ${stream.encoding}: ${step.message}.`;
    return { kind: 'hidden', note: stream.undecodable as string, problem: { rule: '4.6', message } };
  }

  #giveUp(stream: FollowedStream, why: string): void {
    this.#release(stream);
    stream.undecodable = why;
  }

  #release(stream: FollowedStream): void {
    if (stream.decoder === undefined) return;
    stream.decoder.close();
    stream.decoder = undefined;
    this.#contexts--;
    this.#budget.give();
  }

  #close(stream: FollowedStream): void {
    this.#release(stream);
    if (this.#open.get(stream.id) === stream) this.#open.delete(stream.id);
  }
}

/** Every plain byte of a payload, up to the bound, past which the step has `more`. */
function decodeAll(decoder: Decoder, payload: Uint8Array): DecodeStep | Promise<DecodeStep> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  const take = (step: DecodeStep | Promise<DecodeStep>): DecodeStep | Promise<DecodeStep> => {
    let next = step;
    for (;;) {
      if (next instanceof Promise) return next.then(take);
      if (next.kind === 'malformed') return next;
      pieces.push(next.plain);
      size += next.plain.length;
      if (!next.more || size > MOST_PLAIN) return { kind: 'plain', plain: joinPieces(pieces, size), more: next.more };
      next = decoder.resume(STEP);
    }
  };
  return take(decoder.decode(payload, STEP));
}

/** The first value of stream settings, if it is a name. */
function profileOf(settings: Uint8Array): string | undefined {
  const values: unknown[] = [];
  new ValueReader({ depth: 64, items: MOST_SETTINGS, bytes: MOST_SETTINGS }).push(settings, (value) =>
    values.push(value),
  );
  return asText(values[0]);
}
