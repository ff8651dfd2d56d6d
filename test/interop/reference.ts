import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { JsonValue } from '@wiremux/client/json';

const DRIVER = fileURLToPath(new URL('driver.py', import.meta.url));
const NEWLINE = 10;

/** What the driver does for a test; bytes are base64. `driver.py` says what each means. */
export type Operation =
  | { readonly do: 'server'; readonly held: boolean }
  | { readonly do: 'client'; readonly buffered: boolean; readonly encodings: readonly string[] }
  | {
      readonly do: 'call';
      readonly name: string;
      readonly args: JsonValue;
      readonly data: string | null;
      readonly redirect: JsonValue;
    }
  | { readonly do: 'flush' | 'stream' | 'end_of_input' }
  | {
      readonly do: 'answer';
      readonly stream: number;
      readonly request: number;
      readonly values: JsonValue;
      readonly failure: string | null;
    }
  | {
      readonly do: 'command_error';
      readonly stream: number;
      readonly request: number;
      readonly message: string;
      readonly args: readonly string[];
    }
  | { readonly do: 'server_error'; readonly stream: number; readonly request: number; readonly message: string }
  | { readonly do: 'redirect'; readonly stream: number; readonly request: number; readonly location: JsonValue }
  | {
      readonly do: 'print';
      readonly stream: number;
      readonly request: number;
      readonly atoms: readonly (readonly [text: string, args: readonly string[], labels: readonly string[]])[];
    }
  | { readonly do: 'frame'; readonly text: string }
  | { readonly do: 'take'; readonly lanes: readonly (readonly number[])[]; readonly order: readonly number[] }
  | { readonly do: 'length'; readonly header: string }
  | { readonly do: 'receive'; readonly data: string };

/** An exception inside the reference, without its traceback. */
interface ReferenceFault {
  readonly type: string;
  readonly message: string;
}

type Outcome = { readonly ok: unknown } | { readonly error: ReferenceFault };

/** What a reactor of the reference says about one frame it was given. */
export type ReferenceEvent =
  | {
      readonly kind: 'runcommand';
      readonly request: number;
      readonly command: string;
      readonly args: JsonValue;
      readonly redirect: JsonValue;
      readonly data: string | null;
    }
  | { readonly kind: 'responsedata'; readonly request: number; readonly data: string; readonly ended: boolean }
  | { readonly kind: 'failed'; readonly request: number; readonly type: string; readonly message: JsonValue }
  | { readonly kind: 'error'; readonly message: string }
  | { readonly kind: 'exception'; readonly type: string; readonly message: string }
  | { readonly kind: 'wantframe' | 'noop' };

/** Thrown where an operation ended in an exception of the reference. */
class ReferenceFailure extends Error {
  readonly fault: ReferenceFault;

  constructor(fault: ReferenceFault) {
    super(`The reference raised ${fault.type}: ${fault.message}`);
    this.name = 'ReferenceFailure';
    this.fault = fault;
  }
}

/** A process that runs the reference implementation of exp-framing-0006, any number of sessions in it. */
export class Reference {
  readonly #process: ChildProcessWithoutNullStreams;
  /** Those whose answers are still to come, in order. */
  readonly #waiting: { resolve(outcomes: Outcome[]): void; reject(error: Error): void }[] = [];
  #line: Buffer[] = [];
  #stderr = '';
  #sessions = 0;

  /** @param python An interpreter whose `mercurial` package has `wireprotoframing`. */
  constructor(python: string) {
    const { HGMODULEPOLICY: _, ...env } = process.env;
    this.#process = spawn(python, [DRIVER], { env, stdio: 'pipe' });
    this.#process.stdout.on('data', (piece: Buffer) => this.#read(piece));
    this.#process.stderr.setEncoding('utf8').on('data', (piece: string) => {
      this.#stderr += piece;
    });
    // What could not be written is told by the end of the process.
    this.#process.stdin.on('error', () => undefined);
    this.#process.on('error', (error) => this.#fail(error));
    this.#process.on('close', () => this.#fail(new Error(`The driver has ended: ${this.#stderr}`)));
  }

  /** A new reactor: the ids of one do not wrap. */
  open(): ReferenceSession {
    this.#sessions += 1;
    return new ReferenceSession(this, this.#sessions);
  }

  /** One message to the driver; the results of its operations come in order. */
  ask(session: number, operations: readonly Operation[]): Promise<Outcome[]> {
    this.#write(session, operations);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  forget(session: number): void {
    this.#write(session, null);
  }

  async close(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.#process.stdin.end();
    await once(this.#process, 'close');
  }

  #write(session: number, operations: readonly Operation[] | null): void {
    this.#process.stdin.write(`${JSON.stringify([session, operations])}\n`);
  }

  #read(piece: Buffer): void {
    let rest = piece;
    for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE)) {
      this.#line.push(rest.subarray(0, end));
      const line = Buffer.concat(this.#line).toString('latin1');
      this.#line = [];
      this.#waiting.shift()?.resolve(JSON.parse(line) as Outcome[]);
      rest = rest.subarray(end + 1);
    }
    if (rest.length > 0) this.#line.push(rest);
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}

/** One reactor of the reference. */
export class ReferenceSession {
  readonly #reference: Reference;
  readonly #number: number;

  constructor(reference: Reference, number: number) {
    this.#reference = reference;
    this.#number = number;
  }

  /**
   * Runs operations in order and returns what each gave.
   * @throws {ReferenceFailure} for the first that raised an exception; those behind it were run
   */
  async run(...operations: Operation[]): Promise<unknown[]> {
    const outcomes = await this.#reference.ask(this.#number, operations);
    return outcomes.map((outcome) => {
      if ('error' in outcome) throw new ReferenceFailure(outcome.error);
      return outcome.ok;
    });
  }

  /** Gives bytes to the reactor. */
  async receive(bytes: Uint8Array): Promise<ReferenceEvent[]> {
    const [events] = await this.run({ do: 'receive', data: base64(bytes) });
    return events as ReferenceEvent[];
  }

  /** The frames of sources: of the lanes one each in `order`, then what is left of them. */
  async take(lanes: readonly (readonly number[])[], order: readonly number[] = []): Promise<Uint8Array> {
    const [bytes] = await this.run({ do: 'take', lanes, order });
    return fromBase64(bytes as string);
  }

  /** The frames of one operation that makes some; none where the reactor holds them back. */
  async frames(operation: Operation): Promise<Uint8Array> {
    const [result] = await this.run(operation);
    const source = typeof result === 'number' || result === null ? result : (result as { source: number }).source;
    return source === null ? new Uint8Array(0) : this.take([[source]]);
  }

  /** The driver forgets it. */
  close(): void {
    this.#reference.forget(this.#number);
  }
}

export function base64(bytes: Uint8Array | string): string {
  return typeof bytes === 'string'
    ? Buffer.from(bytes, 'utf8').toString('base64')
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** Bytes of memory of their own: receivers keep what they are given. */
export function fromBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'));
}
