import { type Clock, WiremuxError } from '@wiremux/framing';
import { type Observable, ReplaySubject } from 'rxjs';
import type { Backoff } from './backoff.js';
import type { Leaving } from './leaving.js';
import { isLoss, type Line, type Loss, type OpenLine } from './line.js';
import type { WantedLine } from './open-later.js';
import { MOVING } from './parts.js';
import { type ResumptionPlan, resumeSession } from './resumption.js';
import type { Status } from './status.js';

/** A connection that has been open for this long counts as one that works, ms. */
const STABLE_AFTER = 5_000;

/** What to use where the line that is wanted cannot be had. */
interface Fallback {
  readonly open: OpenLine;
  /** When the wanted one is tried again while the fallback is in use; undefined: not before that is lost. */
  readonly upgrade: Backoff | undefined;
}

export interface ConnectionConfig {
  readonly open: OpenLine;
  readonly fallback: Fallback | undefined;
  /** Undefined: what is lost stays lost. */
  readonly backoff: Backoff | undefined;
  /** Between attempts to move away from a gateway that is about to leave. */
  readonly moving: Backoff;
  /** Numbers in [0, 1). */
  readonly random: () => number;
  /** How each session is got back; undefined: it is not. */
  readonly resumption: (() => ResumptionPlan) | undefined;
  readonly retryFirst: boolean;
  /** A new token can be had. */
  readonly renewsToken: boolean;
  readonly clock: Clock;
  readonly holdProcess: () => () => void;
}

export interface ConnectionHandlers {
  /** Requests flow, over this line; no more are sent over the one before. */
  connected(line: Line): void;
  /** There is no line; another may come. */
  disconnected(): void;
  /** There will be no other line; those there are end, with all they carry. */
  close(error: WiremuxError): void;
}

/** What a gateway said that is about to leave, and when the client moves, by its clock. */
type Move = Leaving & { readonly moveAt: number };

/** Keeps a line to the gateway: opens it, and opens one again when it is lost, until closed. */
export class Connection {
  readonly status$: Observable<Status>;
  readonly #status = new ReplaySubject<Status>(1);
  readonly #config: ConnectionConfig;
  readonly #handlers: ConnectionHandlers;
  #line: Line | undefined;
  /** Ends the attempt, the wait for the next one, or what is done beside an open line. */
  #stop: (() => void) | undefined;
  #everOpen = false;
  /** Since when requests flow on this line. */
  #openSince = 0;
  /** What the gateway of this line said when it was about to leave, and when to move. */
  #leaving: Move | undefined;
  /** Why the fallback worked and the wanted line did not, the last time that one of them did. */
  #whyFallback: WiremuxError | undefined;
  #closed = false;

  constructor(config: ConnectionConfig, handlers: ConnectionHandlers) {
    this.#config = config;
    this.#handlers = handlers;
    this.status$ = this.#status.asObservable();
    this.#connect(undefined);
  }

  close(): void {
    if (this.#closed) return;
    this.#finish(new WiremuxError('closed', 'The client was closed. Make a new one with connect().'), undefined);
  }

  #connect(reason: WiremuxError | undefined): void {
    const attempt = (this.#config.backoff?.failures ?? 0) + 1;
    this.#status.next({ state: 'connecting', attempt, ...(reason === undefined ? {} : { reason }) });
    void this.#attempt();
  }

  /** Tries the wanted line and its fallback, first the one that worked last. */
  async #attempt(): Promise<void> {
    const abort = new AbortController();
    this.#stop = () => abort.abort();
    const { open, fallback } = this.#config;
    const why = this.#whyFallback;
    const choices = fallback === undefined ? [open] : [open, fallback.open];
    const losses: Loss[] = [];
    for (const choice of why === undefined ? choices : choices.reverse()) {
      const opened = await choice(abort.signal);
      if (this.#closed) return;
      if (!isLoss(opened)) {
        this.#use(opened, choice === open ? undefined : (losses[0]?.error ?? why));
        return;
      }
      losses.push(opened);
      if (opened.reconnect !== true) break;
    }
    this.#retry(why === undefined ? sumOf(losses) : sumOf(losses.reverse()));
  }

  /** @param why it is the fallback. */
  #use(line: Line, why: WiremuxError | undefined): void {
    this.#line = line;
    this.#everOpen = true;
    this.#whyFallback = why;
    this.#leaving = undefined;
    this.#openSince = this.#config.clock.now();
    this.#stop = this.#whileOpen(line, why !== undefined);
    void line.lost.then((loss) => this.#lost(line, loss));
    line.session?.watch((loss) => this.#interrupted(line, loss));
    void line.leaving?.then((leaving) => this.#leave(line, leaving));
    this.#flow(line);
  }

  #flow(line: Line): void {
    this.#tellOpen(line);
    this.#handlers.connected(line);
  }

  #tellOpen({ transport, dialect, agent, session }: Line): void {
    const why = this.#whyFallback;
    const leaving = this.#leaving;
    this.#status.next({
      state: 'open',
      transport,
      dialect,
      ...(agent === undefined ? {} : { agent }),
      resumable: session !== undefined,
      ...(why === undefined ? {} : { reason: why }),
      ...(leaving === undefined ? {} : { leaving: this.#untilMoving(leaving) }),
    });
  }

  #untilMoving({ moveAt, reason }: Move): { moveIn: number; reason?: string } {
    const moveIn = Math.max(0, moveAt - this.#config.clock.now());
    return { moveIn, ...(reason === undefined ? {} : { reason }) };
  }

  /** The line waits for another transport. One that is not used any more is told to nobody. */
  #interrupted(line: Line, loss: Loss): void {
    const { session } = line;
    const plan = this.#config.resumption?.();
    if (session === undefined) return;
    if (plan === undefined || this.#closed) {
      session.end(loss);
      return;
    }
    const isUsed = (): boolean => this.#line === line;
    if (isUsed()) this.#handlers.disconnected();
    const stop = resumeSession(session, loss, plan, {
      trying: (attempt, retryIn, { error: reason }) => {
        if (!isUsed()) return;
        this.#status.next({ state: 'resuming', attempt, ...(retryIn === undefined ? {} : { retryIn }), reason });
      },
      done: () => {
        if (isUsed()) this.#flow(line);
      },
    });
    void line.lost.then(stop);
  }

  /** What is done beside a line as long as it is used; the result ends it. */
  #whileOpen(line: Line, isFallback: boolean): () => void {
    const { open, fallback, clock, holdProcess } = this.#config;
    // Between two exchanges there is no socket that would keep the process alive.
    const letGo = line.transport === 'http' ? holdProcess() : undefined;
    const backoff = isFallback ? fallback?.upgrade : undefined;
    const stopUpgrade = backoff && this.#openLater({ open, backoff, clock, firstWait: backoff.next() }, line);
    return () => {
      letGo?.();
      stopUpgrade?.();
    };
  }

  /**
   * The gateway is about to leave: another line is opened beside this one, after a time of which a part is random, so that
   * not all its clients are on their way at once (SPEC 8.10.3).
   */
  #leave(line: Line, leaving: Leaving): void {
    if (this.#line !== line) return;
    const { open, moving, clock, random } = this.#config;
    const { after, jitter, to } = leaving;
    let attempts = 0;
    // Where it sends the client to may be gone too: every other attempt goes where the client would go by itself.
    const openThere: OpenLine = (signal) => open(signal, attempts++ % 2 === 0 ? to : undefined);
    const moveIn = after + jitter * random();
    this.#leaving = { ...leaving, moveAt: clock.now() + moveIn };
    const wanted = { open: openThere, firstWait: moveIn, backoff: moving, clock };
    const stopMoving = this.#openLater(wanted, line);
    const stop = this.#stop;
    this.#stop = () => {
      stop?.();
      stopMoving();
    };
    this.#tellOpen(line);
  }

  /** Opens another line, to take the place of this one; the result ends the tries. */
  #openLater(wanted: WantedLine, line: Line): () => void {
    let stop: (() => void) | undefined;
    let isOver = false;
    MOVING.use(({ openLater }) => {
      if (!isOver) stop = openLater(wanted, (other) => this.#replace(line, other));
    });
    return () => {
      isOver = true;
      stop?.();
    };
  }

  /** New requests go over the other line; those on this one run to their ends there. */
  #replace(line: Line, other: Line): void {
    const stop = this.#stop;
    this.#use(other, undefined);
    line.retire();
    stop?.();
  }

  #lost(line: Line, loss: Loss): void {
    if (this.#line !== line) return;
    const { backoff, clock } = this.#config;
    if (clock.now() - this.#openSince >= STABLE_AFTER) backoff?.reset();
    this.#stop?.();
    this.#line = undefined;
    this.#handlers.disconnected();
    // All clients of a gateway that has left lose it in one moment.
    this.#retry(loss, this.#leaving?.jitter);
  }

  /**
   * Connects again after a while, or not, as the options and the loss say.
   * @param spread ms in a random moment of which to connect again, where that is later
   */
  #retry({ error, reconnect }: Loss, spread = 0): void {
    const { backoff, retryFirst, renewsToken, clock, random, holdProcess } = this.#config;
    const isOffered = reconnect === 'new-token' ? renewsToken : reconnect;
    if (backoff === undefined || !isOffered || !(this.#everOpen || retryFirst)) {
      this.#finish(error, error);
      return;
    }
    const retryIn = Math.max(backoff.next(), spread * random());
    const letGo = holdProcess();
    const stopTimer = clock.timer(retryIn, () => {
      letGo();
      this.#connect(error);
    });
    this.#stop = () => {
      letGo();
      stopTimer();
    };
    this.#status.next({ state: 'waiting', attempt: backoff.failures + 1, retryIn, reason: error });
  }

  #finish(error: WiremuxError, reason: WiremuxError | undefined): void {
    this.#closed = true;
    this.#stop?.();
    this.#line = undefined;
    this.#status.next({ state: 'closed', ...(reason === undefined ? {} : { reason }) });
    this.#status.complete();
    this.#handlers.close(error);
  }
}

/** One loss for those of an attempt, the wanted line's first. One that trying again does not mend outweighs the other. */
function sumOf(losses: readonly Loss[]): Loss {
  const [wanted, other] = losses;
  if (wanted === undefined) throw new RangeError('An attempt without a loss did not fail.');
  if (other === undefined || wanted.reconnect !== true) return wanted;
  if (other.reconnect !== true) return other;
  if (other.detail === undefined || other.detail === wanted.detail) return wanted;
  const { code, message, cause } = wanted.error;
  return { ...wanted, error: new WiremuxError(code, `${message} Over HTTP: ${other.detail}`, { cause }) };
}
