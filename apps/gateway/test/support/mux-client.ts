import { once } from 'node:events';
import {
  type DialectName,
  type DrainNotice,
  dialectByName,
  formatOutput,
  Link,
  type OutgoingRequest,
  Peer,
  type ProgressUpdate,
  type TokenVerdict,
  type WiremuxError,
} from '@wiremux/framing';
import { TokenRefresh } from '@wiremux/framing/tokens';
import { WebSocket } from 'ws';
import { nodeClock } from '../../src/clock.js';
import { clientTransport } from './client-transport.js';

/** What one request said, as it comes. */
interface Answer {
  readonly id: number;
  readonly values: unknown[];
  readonly progress: ProgressUpdate[];
  readonly output: string[];
  /** Resolves when so many values are there; rejects if the answer ends before. */
  count(values: number): Promise<unknown[]>;
  /** Resolves with the values when the answer has ended; rejects with its error. */
  readonly done: Promise<unknown[]>;
  cancel(): void;
}

/** A client for tests: framing's peer over a real `ws` socket. */
export interface MuxClient {
  /** The first one. */
  readonly socket: WebSocket;
  call(
    name: string,
    args?: Record<string, unknown>,
    data?: readonly Uint8Array[],
    options?: Partial<OutgoingRequest>,
  ): Answer;
  /** What the gateway said of tokens, that of the settings first. */
  readonly verdicts: TokenVerdict[];
  refreshToken(token: string): void;
  /** Resolves when a transport is lost that the session outlives. */
  readonly detached: Promise<void>;
  /** Asks for its session on another transport. */
  resume(): Promise<void>;
  /** What the gateway says when it is about to leave. */
  readonly drained: Promise<DrainNotice>;
  /** Code and reason of the close. */
  readonly closed: Promise<{ code: number; reason: string }>;
  close(): void;
}

interface OpenAnswer extends Answer {
  readonly waiting: Set<() => void>;
  readonly settle: (error?: WiremuxError) => void;
}

/** Connects to `ws://127.0.0.1:port/mux`. */
export async function connectMux(
  port: number,
  dialectName: DialectName = 'wiremux.1',
  token?: string,
  session?: 'new',
): Promise<MuxClient> {
  const dialect = dialectByName(dialectName);
  if (dialect === undefined) throw new Error(`no dialect ${dialectName}`);
  let socket = await openSocket(port, dialectName);
  const first = socket;
  const answers = new Map<number, OpenAnswer>();
  const verdicts: TokenVerdict[] = [];
  const peer = new Peer({
    role: 'client',
    dialect,
    now: nodeClock.now(),
    ...(token === undefined ? {} : { token }),
    ...(session === undefined ? {} : { session }),
  });
  let detach: () => void = () => {};
  const detached = new Promise<void>((resolve) => {
    detach = resolve;
  });
  let drain: (notice: DrainNotice) => void = () => {};
  const drained = new Promise<DrainNotice>((resolve) => {
    drain = resolve;
  });
  let link: Link | undefined;
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    link = new Link({
      peer,
      transport: clientTransport(socket),
      clock: nodeClock,
      onEvent: (event) => {
        if (event.kind === 'ready' && event.settings.auth !== undefined) verdicts.push(event.settings.auth);
        if (event.kind === 'drain') drain(event.notice);
        if (event.kind === 'token-answered') verdicts.push(event.verdict);
        const answer = 'id' in event ? answers.get(event.id) : undefined;
        if (answer === undefined) return;
        switch (event.kind) {
          case 'values':
            answer.values.push(...event.values);
            for (const size of event.sizes) peer.taken(event.id, size);
            for (const wake of [...answer.waiting]) wake();
            break;
          case 'output':
            answer.output.push(formatOutput(event.atoms));
            break;
          case 'progress':
            answer.progress.push(event.update);
            break;
          case 'ended':
          case 'stopped':
            answers.delete(event.id);
            answer.settle();
            break;
          case 'failed':
            answers.delete(event.id);
            answer.settle(event.error);
            break;
          default:
            break;
        }
      },
      onDetached: () => detach(),
      onClosed: (code, reason) => resolve({ code, reason }),
    });
  });
  return {
    socket: first,
    closed,
    detached,
    verdicts,
    drained,
    resume: async () => {
      socket = await openSocket(port, dialectName);
      link?.attach(clientTransport(socket));
    },
    refreshToken: (newer) => peer.refreshToken(newer, nodeClock.now(), TokenRefresh),
    close: () => socket.close(1000),
    call: (name, args = {}, data, options = {}) => {
      const id = peer.open({ name, args, hasData: data !== undefined, ...options });
      const answer = createAnswer(id, () => peer.cancel(id));
      answers.set(id, answer);
      for (const piece of data ?? []) peer.sendData(id, piece);
      if (data !== undefined) peer.endData(id);
      return answer;
    },
  };
}

async function openSocket(port: number, dialectName: DialectName): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/mux`, [dialectName], { perMessageDeflate: false });
  await once(socket, 'open');
  return socket;
}

function createAnswer(id: number, cancel: () => void): OpenAnswer {
  const values: unknown[] = [];
  const waiting = new Set<() => void>();
  let settle: OpenAnswer['settle'] = () => {};
  const done = new Promise<unknown[]>((resolve, reject) => {
    settle = (error) => (error === undefined ? resolve(values) : reject(error));
  });
  done.catch(() => {});
  const count = (wanted: number) => {
    const reached = new Promise<unknown[]>((resolve) => {
      const wake = () => {
        if (values.length < wanted) return;
        waiting.delete(wake);
        resolve(values);
      };
      waiting.add(wake);
      wake();
    });
    const ended = done.then(() => {
      if (values.length < wanted) throw new Error(`the answer ended after ${values.length} of ${wanted} values`);
      return values;
    });
    return Promise.race([reached, ended]);
  };
  return { id, values, progress: [], output: [], waiting, settle, done, count, cancel };
}
