import { zlib } from '@wiremux/framing/zlib';
import type { DialectName } from '../../src/frame/frame-types.js';
import { encodeFrame } from '../../src/frame/header.js';
import { parseFrame } from '../../src/frame/text-form.js';
import {
  ConnectionFollower,
  type ConnectionProblem,
  type FollowerOptions,
} from '../../src/inspect/connection-follower.js';
import {
  type DescribedFrame,
  type Direction,
  frameLine,
  type RequestSummary,
} from '../../src/inspect/described-frame.js';

/** The bytes of a frame from its text form. */
export function frame(text: string, dialect: DialectName = 'wiremux.1'): Uint8Array {
  const parsed = parseFrame(text, dialect);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.message}`);
  return parsed.bytes;
}

export function joined(...pieces: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(pieces.flatMap((piece) => [...piece]));
}

/** The payloads as frames of one stream with zlib, after its settings. */
export async function deflated(stream: number, request: number, payloads: readonly Uint8Array[]): Promise<Uint8Array> {
  const encoder = zlib().createEncoder!();
  const pieces = [frame(`${request} ${stream} stream-begin stream-settings eos cbor:b'zlib'`)];
  for (const [at, payload] of payloads.entries()) {
    const flags = at === payloads.length - 1 ? 2 : 1;
    const header = { requestId: request, streamId: stream, streamFlags: 4, type: 3, flags };
    pieces.push(encodeFrame(header, await encoder.encode(payload)));
  }
  encoder.close();
  return joined(...pieces);
}

/** What a follower told. */
export class Told {
  readonly frames: DescribedFrame[] = [];
  readonly requests: RequestSummary[] = [];
  readonly problems: ConnectionProblem[] = [];
  readonly follower: ConnectionFollower;

  constructor(options: Partial<FollowerOptions> = {}) {
    this.follower = new ConnectionFollower({
      dialect: 'wiremux.1',
      codecs: [zlib()],
      onFrame: (described) => this.frames.push(described),
      onRequest: (summary) => this.requests.push(summary),
      onProblem: (problem) => this.problems.push(problem),
      ...options,
    });
  }

  get lines(): string[] {
    return this.frames.map((described) => `${described.direction} ${frameLine(described)}`);
  }

  async receive(direction: Direction, bytes: Uint8Array, time = 0): Promise<void> {
    await this.follower.receive(direction, bytes, time);
  }
}
