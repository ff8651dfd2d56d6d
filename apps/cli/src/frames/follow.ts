import {
  ConnectionFollower,
  type ContentCodec,
  type DialectName,
  type Direction,
  type FrameFilter,
  matchesFilter,
  type RequestSummary,
} from '@wiremux/framing';
import { readCapture } from './capture-format.js';
import type { FollowedView } from './follow-view.js';

/** What `frames follow` is told. */
export interface FollowOptions {
  readonly codecs: readonly ContentCodec[];
  readonly filter: FrameFilter;
  /** Bytes shown of each payload. */
  readonly payloadShown: number;
  /** The input is the bytes of this direction, in this dialect, and no capture. */
  readonly raw?: { readonly direction: Direction; readonly dialect: DialectName } | undefined;
}

/** Values longer than this are not built, bytes. */
const VALUE_BYTES: number = 16 * 1024 * 1024;

/** Lines that tell what passed on a captured connection, as it is read. Throws `bad-input` where it is no capture. */
export async function* followFrames(
  input: AsyncIterable<Uint8Array>,
  options: FollowOptions,
  view: FollowedView,
): AsyncGenerator<string> {
  const { codecs, filter, payloadShown, raw } = options;
  const { dialect, passed } = raw === undefined ? await openCapture(input) : { ...raw, passed: rawBytes(input, raw) };
  let lines: string[] = [];
  const requests: RequestSummary[] = [];
  const follower = new ConnectionFollower({
    dialect,
    codecs,
    payloadShown,
    valueBytes: VALUE_BYTES,
    valuesShown: Number.POSITIVE_INFINITY,
    onFrame: (frame) => {
      if (matchesFilter(frame, filter)) lines.push(...view.frame(frame));
    },
    onRequest: (summary) => {
      requests.push(summary);
      if (isWanted(summary, filter)) lines.push(...view.request(summary));
    },
    onProblem: (problem) => lines.push(...view.problem(problem)),
  });
  for await (const { time, direction, bytes } of passed) {
    await follower.receive(direction, bytes, time);
    if (lines.length > 0) yield lines.join('\n');
    lines = [];
  }
  follower.end();
  lines.push(...view.end({ frames: follower.frames, problems: follower.problems, requests }));
  yield lines.join('\n');
}

async function openCapture(input: AsyncIterable<Uint8Array>): Promise<{
  readonly dialect: DialectName;
  readonly passed: Awaited<ReturnType<typeof readCapture>>['passed'];
}> {
  const { head, passed } = await readCapture(input);
  return { dialect: head.dialect, passed };
}

async function* rawBytes(
  input: AsyncIterable<Uint8Array>,
  { direction }: { readonly direction: Direction },
): AsyncGenerator<{ readonly time: number; readonly direction: Direction; readonly bytes: Uint8Array }> {
  for await (const bytes of input) yield { time: 0, direction, bytes };
}

/** A request is told of where its frames may be, whichever way they went. */
function isWanted({ id, command = '' }: RequestSummary, { requests = [], commands = [] }: FrameFilter): boolean {
  return (requests.length === 0 || requests.includes(id)) && (commands.length === 0 || commands.includes(command));
}
