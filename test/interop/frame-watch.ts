import { type FrameHeader, FrameReader, StreamFlag } from '@wiremux/framing';
import type { RequestFacts, Tally } from './tally.js';
import { decodeSequence } from './values.js';

/** The largest payload without the receiver's leave (SPEC 1.5). */
const MAX_PAYLOAD = 65_535;
/** The size both sides cut at. */
const FRAME = 32_768;
const STATUS_OK_SIZE = 11;
/** The first bytes of a zlib stream, which say nothing of its content. */
const ENCODING_HEAD = 2;
const TYPE = {
  request: 1,
  data: 2,
  response: 3,
  error: 5,
  output: 6,
  progress: 7,
  settings: 8,
  streamSettings: 9,
} as const;
const MORE = 4;
const EOS = 2;

interface Seen {
  requestFrames: number;
  dataBytes: number;
  dataFrames: number;
  /** Response frames that hold results. */
  responseFrames: number;
  encoding: string;
  failed: boolean;
  interleaved: boolean;
  readonly streams: Set<number>;
}

interface StreamSeen {
  encoding: string;
  settings: Uint8Array;
  frames: number;
  readonly requests: Set<number>;
}

/**
 * Watches both directions of a session: what the counters of a run are made of is read from the frames themselves, not
 * from what was planned.
 */
export class FrameWatch {
  readonly #tally: Tally;
  readonly #requests = new Map<number, Seen>();
  readonly #advertised = new Set(['identity']);
  readonly #fromClient: Direction;
  readonly #fromServer: Direction;

  constructor(tally: Tally) {
    this.#tally = tally;
    this.#fromClient = new Direction((header, payload) => this.#clientFrame(header, payload));
    this.#fromServer = new Direction((header, payload) => this.#serverFrame(header, payload));
  }

  /** Bytes the client sent; throws for what is no frame. */
  fromClient(bytes: Uint8Array): void {
    this.#tally.bytes += bytes.length;
    this.#fromClient.push(bytes);
  }

  /** Bytes the server sent; throws for what is no frame. */
  fromServer(bytes: Uint8Array): void {
    this.#tally.bytes += bytes.length;
    this.#fromServer.push(bytes);
  }

  /** What was seen of a request that has ended with so many plain bytes of results; its id may then be used again. */
  end(requestId: number, resultBytes: number): RequestFacts {
    const seen = this.#seen(requestId);
    this.#requests.delete(requestId);
    if (seen.requestFrames > 1) this.#tally.reach('3.2.2');
    if (seen.responseFrames > 1) this.#tally.reach('3.4.1');
    if (seen.streams.size > 1) this.#tally.reach('4.5');
    return {
      encoding: seen.encoding,
      resultFrames: seen.responseFrames,
      longAnswer: seen.responseFrames > 1 && resultBytes > FRAME,
      longData: seen.dataBytes > FRAME,
      failed: seen.failed,
      interleaved: seen.interleaved,
    };
  }

  /** The request failed, as its answer said. */
  failed(requestId: number): void {
    this.#seen(requestId).failed = true;
  }

  #seen(requestId: number): Seen {
    let seen = this.#requests.get(requestId);
    if (seen === undefined) {
      seen = {
        requestFrames: 0,
        dataBytes: 0,
        dataFrames: 0,
        responseFrames: 0,
        encoding: 'identity',
        failed: false,
        interleaved: false,
        streams: new Set(),
      };
      this.#requests.set(requestId, seen);
    }
    return seen;
  }

  #clientFrame({ requestId, type, flags }: FrameHeader, payload: Uint8Array): void {
    this.#tally.reach('1.1', '1.3', '1.4', '1.6', '2.2', '2.3', '4.1', '4.2', '5.13');
    if (payload.length === 0) this.#tally.reach('1.7');
    if (type === TYPE.settings) {
      const [settings] = decodeSequence(payload) as [Map<Uint8Array, Uint8Array[]>];
      for (const name of [...settings.values()].flat()) this.#advertised.add(Buffer.from(name).toString('latin1'));
      this.#tally.reach('3.8.1', '3.8.2', '3.8.3', '3.8.4');
      return;
    }
    const seen = this.#seen(requestId);
    if (this.#fromClient.crossed(requestId)) {
      seen.interleaved = true;
      this.#tally.reach('5.3');
    }
    if (type === TYPE.request) {
      seen.requestFrames += 1;
      this.#tally.reach('3.2.1', '3.2.3', '5.1', '5.4');
      if ((flags & MORE) !== 0 && payload.length > FRAME) throw new Error('A request frame is over 32,768 bytes.');
    } else if (type === TYPE.data) {
      this.#tally.reach('3.3.1', '3.3.3');
      if (flags === EOS && payload.length === 0 && seen.dataFrames > 0) this.#tally.reach('3.3.2');
      seen.dataFrames += 1;
      seen.dataBytes += payload.length;
    } else {
      throw new Error(`The client sent a frame of type ${type}.`);
    }
  }

  #serverFrame({ requestId, streamId, streamFlags, type }: FrameHeader, payload: Uint8Array): void {
    const stream = this.#fromServer.stream(streamId, streamFlags);
    if (type === TYPE.streamSettings) {
      if (stream.frames > 0) this.#tally.reach('3.8.6');
      stream.settings = Buffer.concat([stream.settings, payload]);
      const [name] = decodeSequence(stream.settings);
      stream.encoding = Buffer.from(name as Uint8Array).toString('latin1');
      if (!this.#advertised.has(stream.encoding)) throw new Error(`Nobody advertised ${stream.encoding}.`);
      this.#tally.reach('3.8.5', '4.8', '4.9');
      return;
    }
    stream.frames += 1;
    stream.requests.add(requestId);
    if (stream.requests.size > 1) this.#tally.reach('4.5');
    const seen = this.#seen(requestId);
    seen.streams.add(streamId);
    if (this.#fromServer.crossed(requestId)) {
      seen.interleaved = true;
      this.#tally.reach('5.3');
    }
    const encoded = (streamFlags & StreamFlag.Encoded) !== 0;
    if (stream.encoding !== 'identity') this.#tally.reach('4.6');
    if (type === TYPE.response) {
      if (encoded) seen.encoding = stream.encoding;
      else if (stream.encoding !== 'identity' && payload.length > 0) this.#tally.reach('4.12');
      // The reference gives the status map a frame of its own, which is none of results.
      const results = seen.responseFrames === 0 && !encoded && payload.length === STATUS_OK_SIZE ? 0 : payload.length;
      // What an encoder begins with, or nothing at all: the values come with a later frame.
      if (encoded && payload.length <= ENCODING_HEAD) this.#tally.reach('4.10');
      if (results > (encoded ? ENCODING_HEAD : 0)) seen.responseFrames += 1;
      this.#tally.reach('3.4.2', '5.5');
    } else if (type === TYPE.error) {
      this.#tally.reach('3.5.1', '3.5.2');
    } else if (type === TYPE.output) {
      this.#tally.reach('3.6.1');
    } else if (type === TYPE.progress) {
      this.#tally.reach('3.7.1');
    } else {
      throw new Error(`The server sent a frame of type ${type}.`);
    }
  }
}

/** The frames of one direction, and whose they are. */
class Direction {
  readonly #reader = new FrameReader(MAX_PAYLOAD);
  readonly #onFrame: (header: FrameHeader, payload: Uint8Array) => void;
  readonly #streams = new Map<number, StreamSeen>();
  readonly #begun = new Set<number>();
  #previous: number | undefined;

  constructor(onFrame: (header: FrameHeader, payload: Uint8Array) => void) {
    this.#onFrame = onFrame;
  }

  push(bytes: Uint8Array): void {
    const fault = this.#reader.push(bytes, (header, payload) => {
      this.#onFrame(header, payload);
      return true;
    });
    if (fault !== undefined) throw new Error(fault.message);
  }

  /** Whether another request's frame came since this one's last. */
  crossed(requestId: number): boolean {
    const crossed = this.#begun.has(requestId) && this.#previous !== requestId;
    this.#begun.add(requestId);
    this.#previous = requestId;
    return crossed;
  }

  stream(streamId: number, flags: number): StreamSeen {
    let stream = this.#streams.get(streamId);
    if (stream === undefined || (flags & StreamFlag.Begin) !== 0) {
      stream = { encoding: 'identity', settings: new Uint8Array(0), frames: 0, requests: new Set() };
      this.#streams.set(streamId, stream);
    }
    return stream;
  }
}
