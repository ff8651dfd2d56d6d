import {
  type CancelResult,
  type Clock,
  type OutputAtom,
  type Peer,
  type ProgressUpdate,
  type ResponderEvent,
  WiremuxError,
} from '@wiremux/framing';
import type { DroppedValues } from '../dropped-values.js';
import type { DataOptions } from '../options.js';
import type { RequestEnd, RequestState } from '../request-state.js';
import { Run } from '../run.js';
import type { RunContext, RunListener } from '../run-context.js';
import { RelayedData } from './relayed-data.js';

/** Time a command has to stop before it counts as left behind, ms (SPEC 8.6.4). */
const STOP_TIMEOUT = 5_000;

export type RequestEvent = Extract<ResponderEvent, { readonly kind: 'request' }>;

/** Who asks, and who is told that the request is over. */
export interface RelayHost {
  /** The asker's. */
  readonly peer: Peer;
  readonly clock: Clock;
  /** Nothing more is due to the asker: the id may be that of another request. */
  readonly onOver: (request: RelayedRequest) => void;
}

/**
 * One request that is passed on: asked at one peer, run elsewhere, its answer passed back undecoded (SPEC 3.1.11). A value
 * counts as taken there once the asker's peer has room behind it, so the command waits for the asker.
 */
export class RelayedRequest implements RunListener {
  readonly id: number;
  readonly #host: RelayHost;
  readonly #run: Run;
  readonly #data: RelayedData | undefined;
  readonly #targets: readonly string[];
  /** Bytes of the answer that are taken when the asker's peer has room. */
  #owed = 0;
  #insideBytes = false;
  /** Values that were dropped before they came here. */
  #dropped = 0;
  /** `passing` the answer on; `stopping`, which is to be proved to the asker; or `over` for it. */
  #state: 'passing' | 'stopping' | 'over' = 'passing';
  /** The asker was told that the command is left behind. */
  #left = false;
  #stopTimer: (() => void) | undefined;

  constructor(event: RequestEvent, context: RunContext, host: RelayHost) {
    const { id, name, args, hasData, redirect } = event;
    this.id = id;
    this.#host = host;
    this.#targets = redirect?.targets ?? [];
    if (hasData) {
      this.#data = new RelayedData({
        taken: (bytes) => host.peer.dataTaken(id, bytes),
        refuse: () => host.peer.refuseData(id),
      });
    }
    this.#run = new Run({ name, args, options: optionsOf(event, this.#data, host.clock) }, context, this);
    this.#run.bytePieces = true;
    this.#run.encodedValues = true;
  }

  start(): void {
    this.#run.start();
  }

  /** What the asker's side tells of the request. */
  receive(event: ResponderEvent): void {
    switch (event.kind) {
      case 'data':
        this.#data?.push(event.bytes);
        return;
      case 'data-end':
        this.#data?.complete();
        return;
      case 'answer-writable':
        this.#run.taken(this.#owed);
        this.#owed = 0;
        return;
      case 'cancelled':
        this.#cancelled(event.error, event.answered === true);
        return;
      default:
        // It was made of the only `request`.
        return;
    }
  }

  /** The asker is gone. */
  abandon(error: WiremuxError): void {
    this.#cancelled(error, true);
  }

  values(values: readonly unknown[], sizes: readonly number[]): void {
    for (const [at, value] of values.entries()) {
      this.#pass(sizes[at] ?? 0, () => this.#host.peer.sendValue(this.id, value));
    }
  }

  bytes(bytes: Uint8Array, size: number, last: boolean): void {
    this.#pass(size, () => {
      const { peer } = this.#host;
      // One that came whole keeps its form.
      if (last && !this.#insideBytes) return peer.sendValue(this.id, bytes);
      if (!this.#insideBytes) peer.beginBytes(this.id);
      this.#insideBytes = !last;
      const hasRoom = peer.sendBytes(this.id, bytes);
      return last ? peer.endBytes(this.id) : hasRoom;
    });
  }

  output(atoms: readonly OutputAtom[]): void {
    if (this.#state === 'passing') this.#host.peer.sendOutput(this.id, atoms);
  }

  progress(update: ProgressUpdate): void {
    if (this.#state === 'passing') this.#host.peer.sendProgress(this.id, update);
  }

  /** The asker is told of those that did not come here with those that the way to it drops. */
  dropped({ gateway }: DroppedValues): void {
    if (this.#state === 'passing') this.#host.peer.addDropped(this.id, gateway - this.#dropped);
    this.#dropped = gateway;
  }

  /** The run was given up for this reason, and its command has yet to stop; or it ended, as `state` tells. */
  end(error: WiremuxError | undefined): void {
    if (error !== undefined) this.#fail(error);
  }

  state(state: RequestState): void {
    if (state.state === 'ended') this.#ended(state);
  }

  #pass(size: number, send: () => boolean): void {
    if (this.#state !== 'passing') return;
    try {
      if (send()) this.#run.taken(size);
      else this.#owed += size;
    } catch (thrown) {
      this.#run.giveUp(thrown as WiremuxError);
    }
  }

  #fail(error: WiremuxError): void {
    if (this.#state !== 'passing') return;
    // The asker's own clock ends it with `timeout`; this one, like any answerer's, with `deadline`.
    const { code, message } = error;
    this.#host.peer.failAnswer(this.id, code === 'timeout' ? new WiremuxError('deadline', message) : error);
    this.#over();
  }

  #cancelled(error: WiremuxError, isAnswered: boolean): void {
    if (this.#state !== 'passing') return;
    if (isAnswered) {
      this.#over();
    } else {
      this.#state = 'stopping';
      this.#stopTimer = this.#host.clock.timer(STOP_TIMEOUT, () => {
        this.#left = true;
        this.#prove('left');
      });
    }
    this.#run.giveUp(error);
  }

  #ended(end: RequestEnd): void {
    const { peer } = this.#host;
    if (this.#left) peer.returned();
    else if (this.#state === 'stopping') this.#proveEnd(end);
    if (this.#state !== 'passing') return;
    switch (end.how) {
      case 'completed':
        peer.endAnswer(this.id);
        break;
      case 'redirected':
        this.#redirect(end.location);
        break;
      case 'failed':
        this.#fail(end.error);
        return;
      default:
        // Whoever gave it up has told the asker.
        break;
    }
    this.#over();
  }

  #redirect(location: Parameters<Peer['redirectAnswer']>[2]): void {
    const { peer } = this.#host;
    try {
      peer.redirectAnswer(this.id, this.#targets[0] ?? '', location);
    } catch (thrown) {
      peer.failAnswer(this.id, thrown as WiremuxError);
    }
  }

  #proveEnd(end: RequestEnd): void {
    if (end.how === 'completed') this.#prove('finished');
    else if (end.how === 'cancelled') this.#prove(end.result);
    else this.#prove('left');
    // Where it runs on, that is counted there.
    if (end.how === 'failed' || (end.how === 'cancelled' && end.result === 'left')) this.#host.peer.returned();
  }

  #prove(result: CancelResult): void {
    this.#host.peer.stopped(this.id, result);
    this.#over();
  }

  #over(): void {
    this.#state = 'over';
    this.#stopTimer?.();
    this.#host.onOver(this);
  }
}

function optionsOf(event: RequestEvent, data: RelayedData | undefined, clock: Clock): DataOptions {
  const { channel, credit, plain, slow, keep, deadlineAt, idem, trace, redirect } = event;
  return {
    channel,
    credit,
    plain,
    slow,
    keep,
    trace,
    // What is left now, not what there was (SPEC 8.11.8).
    deadline: deadlineAt === undefined ? undefined : Math.max(1, Math.ceil(deadlineAt - clock.now())),
    idempotencyKey: idem === undefined ? undefined : new TextDecoder().decode(idem),
    redirect: redirect === undefined ? undefined : { targets: redirect.targets, hashes: redirect.hashes },
    data,
  };
}
