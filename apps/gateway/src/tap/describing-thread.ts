import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { WiremuxError } from '@wiremux/framing';
import type { Logger } from '@wiremux/server';
import type { FromThread, TapDescription, ThreadData, ToThread } from './messages.js';

/** Memory of the thread, MiB: if it needs more, it ends, and the process goes on. */
const HEAP = { maxOldGenerationSizeMb: 256 };

/** Is told what the thread says of one tap. */
export interface TapListener {
  /** It is done with so many bytes of batches. */
  described(bytes: number): void;
  /** The answer to {@link TapPort.take}. */
  frames(value: Uint8Array, closed: boolean): void;
  /** The thread is gone; nothing follows. */
  failed(error: WiremuxError): void;
}

/** One tap's line to the thread. */
export interface TapPort {
  /** Messages that passed; the batch is the thread's from now on. */
  send(batch: Uint8Array<ArrayBuffer>): void;
  /** Asks for what there is, or comes next; one answer at a time. */
  take(): void;
  /** The connection is gone. */
  end(): void;
  close(): void;
}

/** The thread that describes the frames of all taps of a gateway, so that its own thread need not. */
export class DescribingThread {
  readonly #worker: Worker;
  readonly #log: Pick<Logger, 'error'>;
  readonly #listeners = new Map<number, TapListener>();
  #taps = 0;
  #failure: WiremuxError | undefined;
  #isEnding = false;

  /** @param encodings names of the content encodings it decodes */
  constructor(encodings: readonly string[], log: Pick<Logger, 'error'>) {
    this.#log = log;
    const workerData: ThreadData = { encodings };
    // Found by its package: where this is run from TypeScript it is not beside it.
    const file = createRequire(import.meta.url).resolve('#describing-thread');
    this.#worker = new Worker(file, { name: 'wiremux taps', workerData, resourceLimits: HEAP, execArgv: [] });
    this.#worker.unref();
    this.#worker.on('message', (message: FromThread) => this.#receive(message));
    this.#worker.on('error', (err) => this.#fail(err));
    this.#worker.on('exit', (code) => this.#fail(new Error(`The thread exited with status ${code}.`)));
  }

  /** It can be used. */
  get isAlive(): boolean {
    return this.#failure === undefined && !this.#isEnding;
  }

  /** Begins to describe what one tap is told. */
  open(description: Omit<TapDescription, 'tap'>, listener: TapListener): TapPort {
    const tap = this.#taps++;
    this.#listeners.set(tap, listener);
    this.#post({ kind: 'open', tap, ...description });
    return {
      send: (batch) => this.#worker.postMessage({ kind: 'passed', tap, batch } satisfies ToThread, [batch.buffer]),
      take: () => this.#post({ kind: 'take', tap }),
      end: () => this.#post({ kind: 'ended', tap }),
      close: () => {
        this.#listeners.delete(tap);
        this.#post({ kind: 'close', tap });
      },
    };
  }

  /** Says which requests of a connection look at connections. */
  setViewers(connection: string, requests: readonly number[]): void {
    this.#post({ kind: 'viewers', connection, requests });
  }

  /** Ends the thread. Does not throw. */
  async end(): Promise<void> {
    this.#isEnding = true;
    await this.#worker.terminate();
  }

  #post(message: ToThread): void {
    this.#worker.postMessage(message);
  }

  #receive(message: FromThread): void {
    const listener = this.#listeners.get(message.tap);
    if (message.kind === 'described') listener?.described(message.bytes);
    else listener?.frames(message.value, message.closed);
  }

  #fail(err: unknown): void {
    if (!this.isAlive) return;
    this.#log.error({ err }, 'The thread that describes frames has failed; connections are not affected.');
    this.#failure = new WiremuxError('internal', 'What describes frames has failed. Watch the connection again.');
    for (const listener of this.#listeners.values()) listener.failed(this.#failure);
    this.#listeners.clear();
  }
}
