import { asFields, asProse, asText, field } from '../message/fields.js';
import { formatOutput, parseOutput } from '../message/output.js';
import { ArgumentBlanker } from './argument-blanker.js';
import type { Direction, RequestSummary } from './described-frame.js';
import { SequenceReader } from './sequence-reader.js';
import type { HoldBudget } from './value-collector.js';

/** Where a request is known from. */
export interface RequestOrigin {
  readonly id: number;
  readonly command?: string | undefined;
  readonly since: number;
  /** Frames of it went by before it was watched. */
  readonly isJoined: boolean;
}

/** One request as it is followed, until both its halves have ended (SPEC 8.4.2). */
export class FollowedRequest {
  readonly id: number;
  readonly opener: Direction;
  command: string | undefined;
  readonly map: SequenceReader;
  readonly arguments: ArgumentBlanker = new ArgumentBlanker();
  readonly answer: SequenceReader;
  /** Frames of it went by before it was watched, so that it may have ended unseen. */
  readonly isJoined: boolean;
  /** Data was announced. */
  hasData = false;
  openerEnded: boolean;
  answerEnded = false;
  readonly #since: number;
  #until: number;
  readonly #frames = { in: 0, out: 0 };
  readonly #bytes = { in: 0, out: 0 };
  #values = 0;
  #result: RequestSummary['result'] | undefined;
  #code: string | undefined;
  #message: string | undefined;

  constructor({ id, command, since, isJoined }: RequestOrigin, valueBytes: number, budget: HoldBudget) {
    this.id = id;
    this.opener = (id & 1) === 1 ? 'in' : 'out';
    this.command = command;
    this.isJoined = isJoined;
    this.openerEnded = isJoined;
    this.#since = since;
    this.#until = since;
    this.map = new SequenceReader(valueBytes, budget, isJoined);
    this.answer = new SequenceReader(valueBytes, budget, isJoined);
  }

  get isOver(): boolean {
    return this.openerEnded && this.answerEnded;
  }

  /** Counts a frame of it, header and payload. */
  count(direction: Direction, bytes: number, time: number): void {
    this.#frames[direction]++;
    this.#bytes[direction] += bytes;
    this.#until = time;
  }

  /** Takes values of the answer, the first of which is its status, unless it began unseen (SPEC 3.4.2). */
  answered(values: readonly unknown[], skipped: number): void {
    const before = this.#values;
    this.#values += values.length + skipped;
    if (before > 0 || this.isJoined) return;
    const status = asFields(values[0]);
    const word = status && asText(field(status, 'status'));
    if (word === 'redirect') this.#result = 'redirect';
    if (word !== 'error' || status === undefined) return;
    const error = asFields(field(status, 'error'));
    if (error !== undefined) this.failed(error);
    else this.#result = 'error';
  }

  /** Takes the map of an error (SPEC 3.4.3, 3.5.1, 3.9.1). */
  failed(error: Readonly<Record<string, unknown>>): void {
    this.#result = 'error';
    this.#code = asText(field(error, 'code')) ?? asText(field(error, 'type'));
    const message = field(error, 'message');
    const atoms = parseOutput(message);
    const args = field(error, 'args', []);
    const texts = Array.isArray(args) ? args.map((arg: unknown) => asProse(arg) ?? '') : [];
    const text = asProse(message);
    this.#message = atoms ? formatOutput(atoms) : text && formatOutput([{ text, args: texts, labels: [] }]);
  }

  /** Takes the error of a dialect whose errors are plain text. */
  failedWith(kind: string, message: string): void {
    this.#result = 'error';
    this.#code = kind;
    this.#message = message;
  }

  /** The command was cancelled, and how it stopped. */
  cancelled(how: string | undefined): void {
    this.#result = 'cancelled';
    this.#code = how;
  }

  summary(): RequestSummary {
    const status = this.isJoined ? 0 : Math.min(1, this.#values);
    return {
      id: this.id,
      ...(this.command === undefined ? {} : { command: this.command }),
      opener: this.opener,
      since: this.#since,
      until: this.#until,
      frames: { ...this.#frames },
      bytes: { ...this.#bytes },
      values: this.#values - status,
      result: this.#result ?? (this.isOver ? 'ok' : 'open'),
      ...(this.#code === undefined ? {} : { code: this.#code }),
      ...(this.#message === undefined ? {} : { message: this.#message }),
    };
  }

  close(): void {
    this.map.close();
    this.answer.close();
  }
}
