import { type OutputAtom, outputAtom, type ProgressUpdate } from '@wiremux/framing';
import type { ClientCaller } from './client-caller.js';
import type { CommandContext, Print, Progress } from './handler.js';
import type { Principal } from './principal.js';
import type { Redirects } from './redirect-targets.js';

/** What names a request, and stays as it is while it runs. */
export interface RequestFacts {
  /** Id of its connection. */
  readonly connection: string;
  readonly id: number;
  readonly command: string;
  readonly channel: string;
  readonly principal: Principal;
  /** Its W3C `traceparent`. */
  readonly trace: string | undefined;
}

/** What a handler can do to its request, or learn of it. */
export interface RequestPort {
  readonly signal: AbortSignal;
  readonly hasData: boolean;
  readonly data: AsyncIterable<Uint8Array>;
  readonly redirects: Redirects;
  readonly client: ClientCaller;
  timeLeft(): number | undefined;
  output(atoms: readonly OutputAtom[]): void;
  progress(update: ProgressUpdate): void;
}

/**
 * The context of one request. What is a function needs no `this`, so that handlers may destructure it, and is made when
 * it is asked for.
 */
export class RequestContext implements CommandContext {
  readonly #request: RequestFacts & RequestPort;

  constructor(request: RequestFacts & RequestPort) {
    this.#request = request;
  }

  get connection(): string {
    return this.#request.connection;
  }

  get requestId(): number {
    return this.#request.id;
  }

  get command(): string {
    return this.#request.command;
  }

  get channel(): string {
    return this.#request.channel;
  }

  get principal(): Principal {
    return this.#request.principal;
  }

  get trace(): string | undefined {
    return this.#request.trace;
  }

  get timeLeft(): CommandContext['timeLeft'] {
    return () => this.#request.timeLeft();
  }

  get signal(): AbortSignal {
    return this.#request.signal;
  }

  get hasData(): boolean {
    return this.#request.hasData;
  }

  get data(): AsyncIterable<Uint8Array> {
    return this.#request.data;
  }

  get redirects(): Redirects {
    return this.#request.redirects;
  }

  get client(): ClientCaller {
    return this.#request.client;
  }

  get progress(): Progress {
    return progressOf(this.#request);
  }

  get print(): Print {
    return (first: string | OutputAtom, ...rest: readonly (string | number | OutputAtom)[]) => {
      this.#request.output(
        typeof first === 'string' ? [outputAtom(first, rest.map(String))] : atomsOf([first, ...rest]),
      );
    };
  }
}

function progressOf(port: RequestPort): Progress {
  return Object.assign((update: ProgressUpdate) => port.progress(update), {
    end: (topic: string) => port.progress({ topic, pos: -1, total: 0 }),
  });
}

function atomsOf(atoms: readonly (string | number | OutputAtom)[]): OutputAtom[] {
  return atoms.map((atom) =>
    typeof atom === 'object' ? outputAtom(atom.text, atom.args, atom.labels) : outputAtom(String(atom)),
  );
}
