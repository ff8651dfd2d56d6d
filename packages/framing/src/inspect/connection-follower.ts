import { StreamFlag } from '../frame/frame.js';
import { type DialectName, FRAME_TYPES } from '../frame/frame-types.js';
import { printHeader } from '../frame/text-form.js';
import { asFields, field } from '../message/fields.js';
import type { ContentCodec } from '../stream/codec.js';
import { ContextBudget } from '../stream/contexts.js';
import type { DescribedFrame, Direction, FoundProblem, RequestSummary } from './described-frame.js';
import { type CutFrame, DirectionCutter } from './direction-cutter.js';
import { findFlagProblem, nameType } from './flag-rules.js';
import { type Decoded, type FollowedStream, FollowedStreams } from './followed-streams.js';
import { payloadText } from './payload-text.js';
import { type PlainFrame, type Reading, RequestLog } from './request-log.js';
import { asItIs, hidden, SequenceReader } from './sequence-reader.js';
import type { HoldBudget } from './value-collector.js';

/** Payload bytes shown of each frame unless asked otherwise. */
const PAYLOAD_SHOWN = 64;
const VALUE_BYTES: number = 16 * 1024;
const VALUES_SHOWN = 16;
/** What all incomplete values of a connection hold together, bytes. */
const MOST_HELD: number = 4 * 1024 * 1024;

/** A problem that has no frame of its own. */
export interface ConnectionProblem extends FoundProblem {
  readonly direction: Direction;
  /** In bytes since following began in that direction. */
  readonly offset: number;
}

/** A request that was open when following began. */
export interface KnownRequest {
  readonly id: number;
  readonly command: string;
  /** Of the same clock as the times of frames, ms. */
  readonly since: number;
}

/** What a {@link ConnectionFollower} follows, and whom it tells. */
export interface FollowerOptions {
  readonly dialect: DialectName;
  /** Encodings that can be decoded beside `identity`. */
  readonly codecs?: readonly ContentCodec[];
  /** The contexts it may take for them, at most 4 a direction. Default: a budget of its own. */
  readonly contexts?: ContextBudget;
  /** False: the connection was running already. Default true. */
  readonly fromStart?: boolean;
  /** Requests that were open by then. */
  readonly known?: readonly KnownRequest[];
  /** Bytes shown of each payload; Infinity for all. Default 64. */
  readonly payloadShown?: number;
  /** Longest value that is built, bytes; 0 for none. Default 16 KiB. */
  readonly valueBytes?: number;
  /** Values told of in one frame. Default 16. */
  readonly valuesShown?: number;
  onFrame(frame: DescribedFrame): void;
  /** A request has ended, or following has. */
  onRequest?(summary: RequestSummary): void;
  onProblem?(problem: ConnectionProblem): void;
}

interface Side {
  readonly cutter: DirectionCutter;
  readonly streams: FollowedStreams;
  /** Sender settings, which may span frames. */
  settings: SequenceReader;
}

/**
 * Follows both directions of a connection it is not part of: bytes in, described frames out, secrets blanked (SPEC 6.13).
 * Sans-I/O: `receive` takes bytes in any cut; where it returns a promise, a payload is being decoded, and the next call
 * comes once it is settled. Holds a bounded number of bytes, and never throws or rejects, whatever the bytes are.
 */
export class ConnectionFollower {
  readonly #options: FollowerOptions;
  readonly #sides: Readonly<Record<Direction, Side>>;
  readonly #requests: RequestLog;
  readonly #budget: HoldBudget = { held: 0, most: MOST_HELD };
  #frames = 0;
  #problems = 0;
  #time = 0;
  /** Requests that the frame being told of has ended. */
  readonly #over: RequestSummary[] = [];
  #closed = false;

  constructor(options: FollowerOptions) {
    const { dialect, fromStart = true, known = [] } = options;
    this.#options = options;
    this.#requests = new RequestLog(
      {
        packsOutput: dialect === 'exp-framing-0002',
        valueBytes: this.#valueBytes,
        fromStart,
        known,
        onOver: (request) => this.#over.push(request.summary()),
      },
      this.#budget,
    );
    this.#sides = { in: this.#createSide('in', fromStart), out: this.#createSide('out', fromStart) };
  }

  /** Frames of both directions so far, as far as they are known: told of, skipped, and those of gaps. */
  get frames(): number {
    return this.#frames;
  }

  /** Rules found broken so far. */
  get problems(): number {
    return this.#problems;
  }

  /** Bytes of this direction that were passed over because no frame could be told to begin in them. */
  passedOver(direction: Direction): number {
    return this.#sides[direction].cutter.passedOver;
  }

  /** Takes bytes that went in this direction at `time`, ms. They must not change until the call is done. */
  receive(direction: Direction, bytes: Uint8Array, time: number): Promise<void> | undefined {
    if (this.#closed) return undefined;
    this.#time = time;
    const { cutter } = this.#sides[direction];
    const wasDead = cutter.fault !== undefined;
    const waiting = this.#describeAll(direction, cutter.push(bytes));
    if (wasDead) return waiting;
    if (waiting !== undefined) return waiting.then(() => this.#tellFault(direction));
    this.#tellFault(direction);
    return undefined;
  }

  /**
   * Takes bytes as `receive` does, but only counts their frames, for which it needs a small part of the time: what they
   * said is lost, as in a gap, while it stays known where frames begin. The number of frames.
   */
  skip(direction: Direction, bytes: Uint8Array, time: number): number {
    if (this.#closed) return 0;
    this.#time = time;
    const { cutter } = this.#sides[direction];
    const wasDead = cutter.fault !== undefined;
    const { length } = cutter.push(bytes);
    this.#frames += length;
    this.#forget(direction);
    if (!wasDead) this.#tellFault(direction);
    return length;
  }

  /**
   * Bytes of this direction went by unseen, `frames` of them if that is known: what follows is taken up where frames can
   * be told again.
   */
  gap(direction: Direction, frames = 0): void {
    this.#sides[direction].cutter.gap();
    this.#frames += frames;
    this.#forget(direction);
  }

  /** Nothing more comes: tells of what is unfinished, and frees what it holds. */
  end(): void {
    if (this.#closed) return;
    for (const direction of ['in', 'out'] as const) {
      const { cutter } = this.#sides[direction];
      if (cutter.pending === 0) continue;
      const message = `The bytes end inside the frame that begins here, ${cutter.pending} bytes in.`;
      this.#tell({ rule: '1.1', message, direction, offset: cutter.offset });
    }
    for (const request of this.#requests.open) this.#options.onRequest?.(request.summary());
    this.close();
  }

  /** Frees what it holds, in silence. */
  close(): void {
    this.#closed = true;
    this.#requests.close();
    for (const { streams, settings } of Object.values(this.#sides)) {
      streams.close();
      settings.close();
    }
  }

  get #valueBytes(): number {
    return this.#options.valueBytes ?? VALUE_BYTES;
  }

  #createSide(direction: Direction, fromStart: boolean): Side {
    const { codecs = [], contexts = new ContextBudget() } = this.#options;
    return {
      cutter: new DirectionCutter(direction, this.#options.dialect, fromStart),
      streams: new FollowedStreams(direction, codecs, contexts, fromStart),
      settings: this.#reader(!fromStart),
    };
  }

  #reader(isJoined: boolean): SequenceReader {
    return new SequenceReader(this.#valueBytes, this.#budget, isJoined);
  }

  /** In their order, also where one of them takes its time to be decoded. */
  #describeAll(direction: Direction, frames: readonly CutFrame[], from = 0): Promise<void> | undefined {
    for (let at = from; at < frames.length; at++) {
      const waiting = this.#describe(direction, frames[at] as CutFrame);
      if (waiting !== undefined) return waiting.then(() => this.#describeAll(direction, frames, at + 1));
    }
    return undefined;
  }

  #describe(direction: Direction, frame: CutFrame): Promise<void> | undefined {
    const { streams } = this.#sides[direction];
    const { header, payload } = frame;
    const { stream, problem } = streams.receive(header);
    const isEncoded = (header.streamFlags & StreamFlag.Encoded) !== 0;
    const decoded: Decoded | Promise<Decoded> = isEncoded
      ? streams.decode(stream, payload)
      : { kind: 'plain', plain: payload };
    if (!(decoded instanceof Promise)) {
      this.#tellOf(direction, frame, stream, decoded, problem);
      return undefined;
    }
    return decoded.then((late) => {
      if (!this.#closed) this.#tellOf(direction, frame, stream, late, problem);
    });
  }

  #tellOf(
    direction: Direction,
    { header, payload, offset }: CutFrame,
    stream: FollowedStream,
    decoded: Decoded,
    streamProblem: FoundProblem | undefined,
  ): void {
    const { dialect, payloadShown = PAYLOAD_SHOWN, valuesShown = VALUES_SHOWN } = this.#options;
    const { streams } = this.#sides[direction];
    const type = nameType(header, dialect);
    const plain = decoded.kind === 'plain' ? decoded.plain : undefined;
    const hiddenWhy = decoded.kind === 'plain' ? undefined : decoded.note;
    const frame = { direction, header, bytes: payload.length, plain, time: this.#time };
    const reading: Reading =
      type === undefined
        ? hidden(payload, 'Its type is not known.')
        : this.#read({ ...frame, type, ...(hiddenWhy === undefined ? {} : { note: hiddenWhy }) }, stream);
    const { request, shown, values = [], skipped = 0, note = hiddenWhy } = reading;
    const problem =
      findFlagProblem(header, dialect) ??
      streamProblem ??
      (decoded.kind === 'hidden' ? decoded.problem : undefined) ??
      reading.problem;
    const isEncoded = (header.streamFlags & StreamFlag.Encoded) !== 0;
    const { encoding } = stream;
    streams.ended(stream, header.streamFlags);
    if (problem !== undefined) this.#problems++;
    const told = values.slice(0, valuesShown);
    const more = skipped + values.length - told.length;
    const [, , streamFlags = '', typeName = '', flags = ''] = printHeader(header, dialect).split(' ');
    this.#options.onFrame({
      seq: this.#frames++,
      time: this.#time,
      direction,
      offset,
      requestId: header.requestId,
      streamId: header.streamId,
      streamFlags,
      type: typeName,
      flags,
      payload: payloadText(header, shown, payload.length, dialect, payloadShown),
      bytes: payload.length,
      ...(isEncoded ? { encoding } : {}),
      ...(isEncoded && plain !== undefined ? { plainBytes: plain.length } : {}),
      ...(request?.command === undefined ? {} : { command: request.command }),
      ...(told.length === 0 ? {} : { values: told }),
      ...(more === 0 ? {} : { moreValues: more }),
      ...(problem === undefined ? {} : { problem }),
      ...(note === undefined ? {} : { note }),
    });
    for (const summary of this.#over.splice(0)) this.#options.onRequest?.(summary);
  }

  /** Frames of settings are the connection's; all others belong to a request, or stand alone. */
  #read(frame: PlainFrame, stream: FollowedStream): Reading {
    const { direction, type, plain } = frame;
    const side = this.#sides[direction];
    if (plain === undefined) return this.#requests.receive(frame);
    if (type.name === 'sender-protocol-settings') {
      const read = side.settings.read(plain);
      if (direction === 'out' && resumesSession(read.values[0])) this.#join();
      if (type.flags.has('eos')) {
        side.settings.close();
        side.settings = this.#reader(false);
      }
      const problem = { rule: '3.1.7', message: 'The settings are no CBOR.' };
      return read.isBroken ? { ...read, problem } : read;
    }
    if (type.name === 'stream-settings') {
      if (!hasStreamSettings(this.#options.dialect)) return hidden(plain, 'What it means was never laid down.');
      const problem = side.streams.configure(stream, plain, type.flags.has('eos'));
      return { ...asItIs(plain), ...(problem === undefined ? {} : { problem }) };
    }
    return this.#requests.receive(frame);
  }

  /** What was said in this direction was not heard: no stream, request or setting is known for sure. */
  #forget(direction: Direction): void {
    const side = this.#sides[direction];
    side.streams.gap();
    side.settings.close();
    side.settings = this.#reader(true);
    this.#requests.gap(this.#time);
  }

  #tellFault(direction: Direction): void {
    const { fault, offset } = this.#sides[direction].cutter;
    if (fault !== undefined) this.#tell({ rule: fault.rule, message: fault.message, direction, offset });
  }

  /** A session goes on here (SPEC 8.8.8): its streams and requests were begun on another transport. */
  #join(): void {
    this.#sides.in.streams.join();
    this.#sides.out.streams.join();
    this.#requests.gap(this.#time);
  }

  #tell(problem: ConnectionProblem): void {
    this.#problems++;
    this.#options.onProblem?.(problem);
  }
}

/** Whether these are the settings of a server that goes on with a session. */
function resumesSession(settings: unknown): boolean {
  const own = asFields(field(asFields(settings) ?? {}, 'wiremux'));
  return field(asFields(field(own ?? {}, 'session')) ?? {}, 'resumed') === true;
}

/** Dialects whose stream settings have flags say what is in them (SPEC 3.8.5). */
function hasStreamSettings(dialect: DialectName): boolean {
  return Object.values(FRAME_TYPES[dialect]).some((info) => info?.name === 'stream-settings' && info.flags.length > 0);
}
