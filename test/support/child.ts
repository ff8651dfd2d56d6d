import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { afterAll } from 'vitest';

export interface ChildOptions {
  readonly cwd?: string;
  /** Beside the environment of this process, of which nothing that begins with `WIREMUX_` is passed on. */
  readonly env?: Readonly<Record<string, string>>;
}

/** How a process ended, and all it wrote. */
export interface Ended {
  /** Its exit status, or `null` where a signal ended it. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Those that run: they end with the test file that started them. */
const running = new Set<Child>();
afterAll(() => Promise.all([...running].map((child) => child.destroy())));

/** A process a test started: its lines as they come, and how it ended. */
export class Child {
  readonly stdin: Writable;
  readonly #process: ChildProcess;
  readonly #stdout: Text;
  readonly #stderr: Text;
  readonly #closed: Promise<unknown[]>;

  constructor(command: string, args: readonly string[], { cwd, env }: ChildOptions = {}) {
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('WIREMUX_'));
    const child = spawn(command, args, {
      cwd,
      env: { ...Object.fromEntries(inherited), ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#process = child;
    running.add(this);
    this.#closed = once(child, 'close').finally(() => running.delete(this));
    this.stdin = child.stdin;
    // A process that ends early leaves the rest of its input unread.
    child.stdin.on('error', () => undefined);
    this.#stdout = new Text(child.stdout);
    this.#stderr = new Text(child.stderr);
  }

  get pid(): number {
    if (this.#process.pid === undefined) throw new Error('The process could not be started.');
    return this.#process.pid;
  }

  /** The next line on stdout; rejects if the process ends without one. */
  line(): Promise<string> {
    return this.#stdout.line();
  }

  /** The next line on stderr; rejects if the process ends without one. */
  errorLine(): Promise<string> {
    return this.#stderr.line();
  }

  /** Closes the reading end of the process's stdout, as `head` does. */
  closeStdout(): void {
    this.#process.stdout?.destroy();
  }

  /** Reads no more of stdout, until {@link resumeStdout}. */
  pauseStdout(): void {
    this.#process.stdout?.pause();
  }

  resumeStdout(): void {
    this.#process.stdout?.resume();
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** Resolves once the process has ended and all it wrote is here. */
  async ended(): Promise<Ended> {
    const [status, signal] = (await this.#closed) as [number | null, NodeJS.Signals | null];
    return { status, signal, stdout: this.#stdout.all, stderr: this.#stderr.all };
  }

  /** Ends the process at once, if it still runs. */
  async destroy(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#closed;
  }
}

/** What a process writes to one of its streams: as lines, each read once, and as a whole. */
class Text {
  all = '';
  #read = 0;
  #ended = false;
  #wake: (() => void)[] = [];

  constructor(stream: Readable) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      this.all += part;
      this.#wakeAll();
    });
    stream.on('close', () => {
      this.#ended = true;
      this.#wakeAll();
    });
  }

  async line(): Promise<string> {
    for (;;) {
      const end = this.all.indexOf('\n', this.#read);
      if (end >= 0) {
        const line = this.all.slice(this.#read, end);
        this.#read = end + 1;
        return line;
      }
      if (this.#ended) throw new Error(`The process ended without another line; it wrote: ${this.all}`);
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  #wakeAll(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}
