import {
  type ConnectionProblem,
  type DescribedFrame,
  frameLine,
  printValue,
  type RequestSummary,
} from '@wiremux/framing';
import { jsonLine, printable } from '../view/printable.js';

/** What there was, in numbers. */
export interface FollowedEnd {
  readonly frames: number;
  readonly problems: number;
  readonly requests: readonly RequestSummary[];
}

/** How what is followed is shown: each thing as lines. */
export interface FollowedView {
  frame(frame: DescribedFrame): readonly string[];
  request(summary: RequestSummary): readonly string[];
  problem(problem: ConnectionProblem): readonly string[];
  end(end: FollowedEnd): readonly string[];
}

/** Each thing as a line of JSON with one key that says what it is. */
export const JSON_VIEW: FollowedView = {
  frame: (frame) => [jsonLine({ frame })],
  request: (request) => [jsonLine({ request })],
  problem: (problem) => [jsonLine({ problem })],
  end: ({ frames, problems, requests }) => [jsonLine({ end: { frames, problems, requests: requests.length } })],
};

const INDENT = ' '.repeat(13);

/** Lines for people: the time in ms, who sent it, the text form of the frame, and below it what the line cannot say. */
export class TextView implements FollowedView {
  readonly #most: number;

  /** @param most characters shown of each value */
  constructor(most: number) {
    this.#most = most;
  }

  frame(frame: DescribedFrame): readonly string[] {
    const { time, direction, offset, encoding, bytes, plainBytes, values = [], moreValues = 0, problem, note } = frame;
    const lines = [`${timeText(time)} ${direction === 'in' ? '→' : '←'} ${frameLine(frame)}`];
    if (plainBytes !== undefined) lines.push(`${INDENT}${encoding}: ${bytes} bytes decode to ${plainBytes}`);
    if (!frame.payload.startsWith('cbor:')) {
      for (const value of values) lines.push(`${INDENT}${printValue(value, this.#most)}`);
    }
    if (moreValues > 0) lines.push(`${INDENT}${moreValues} more values are too long to be shown`);
    if (note !== undefined) lines.push(`${INDENT}${note}`);
    if (problem !== undefined) lines.push(`${INDENT}! ${problem.message} (SPEC ${problem.rule}, byte ${offset})`);
    return lines.map(printable);
  }

  request(summary: RequestSummary): readonly string[] {
    const { id, command = 'unknown', until, since, frames, bytes, values } = summary;
    const parts = [
      resultText(summary),
      `${(until - since).toFixed(1)} ms`,
      counted(frames.in + frames.out, 'frame'),
      `${bytes.in} bytes in, ${bytes.out} out`,
      counted(values, 'value'),
    ];
    return [printable(`${timeText(until)} = request ${id} ${command}: ${parts.join(', ')}`)];
  }

  problem({ direction, offset, rule, message }: ConnectionProblem): readonly string[] {
    return [printable(`${INDENT}! ${direction}, byte ${offset}: ${message} (SPEC ${rule})`)];
  }

  end({ frames, problems, requests }: FollowedEnd): readonly string[] {
    const counts = new Map<string, number>();
    for (const { result } of requests) counts.set(result, (counts.get(result) ?? 0) + 1);
    const results = [...counts].map(([result, count]) => `${count} ${result}`).join(', ');
    const parts = [counted(frames, 'frame'), counted(requests.length, 'request'), counted(problems, 'problem')];
    return [`${parts.join(', ')}${results === '' ? '' : `; requests: ${results}`}`];
  }
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function timeText(ms: number): string {
  return `${ms.toFixed(1)}`.padStart(10);
}

function resultText({ result, code, message }: RequestSummary): string {
  const how = [code, message].filter((part) => part !== undefined && part !== '').join(': ');
  return how === '' ? result : `${result} (${how})`;
}
