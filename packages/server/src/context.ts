import { type OutputAtom, outputAtom, type ProgressUpdate } from '@wiremux/framing';
import type { ClientCaller } from './client-caller.js';
import type { CommandContext, Progress } from './handler.js';
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
  /** Made when first asked for: most handlers that answer at once never do. */
  readonly signal: AbortSignal;
  readonly hasData: boolean;
  readonly data: AsyncIterable<Uint8Array>;
  readonly redirects: Redirects;
  readonly client: ClientCaller;
  timeLeft(): number | undefined;
  output(atoms: readonly OutputAtom[]): void;
  progress(update: ProgressUpdate): void;
}

/** The context of one request. Its methods need no `this`, so that handlers may destructure it. */
export function createContext(facts: RequestFacts, port: RequestPort): CommandContext {
  return {
    connection: facts.connection,
    requestId: facts.id,
    command: facts.command,
    channel: facts.channel,
    principal: facts.principal,
    trace: facts.trace,
    timeLeft: () => port.timeLeft(),
    get signal() {
      return port.signal;
    },
    hasData: port.hasData,
    get data() {
      return port.data;
    },
    get redirects() {
      return port.redirects;
    },
    get client() {
      return port.client;
    },
    get progress() {
      return progressOf(port);
    },
    print: (first: string | OutputAtom, ...rest: readonly (string | number | OutputAtom)[]) => {
      port.output(typeof first === 'string' ? [outputAtom(first, rest.map(String))] : atomsOf([first, ...rest]));
    },
  };
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
