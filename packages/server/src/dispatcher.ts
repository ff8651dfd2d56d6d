import {
  type ChannelWeight,
  type Clock,
  type Peer,
  preEncoded,
  type RequestStats,
  type ResponderEvent,
  WiremuxError,
} from '@wiremux/framing';
import type { CommandSet, ImplementedCommand } from './command-set.js';
import type { ClaimedRun, IdempotencyStore, KeptAnswer } from './idempotency.js';
import type { Logger } from './logger.js';
import { nearestName } from './near-names.js';
import type { ConnectionObserver } from './observer.js';
import type { OutgoingCalls } from './outgoing-calls.js';
import { ANONYMOUS, type Principal } from './principal.js';
import type { RedirectTargets } from './redirect-targets.js';
import { RequestTable } from './request-table.js';
import { Run, type RunState } from './run.js';
import type { RunHost, RunOutcome } from './run-host.js';

/** Requests of a connection, counted. */
export interface RequestCounters {
  /** Those whose handlers have not stopped. */
  readonly open: number;
  /** All that came. */
  readonly total: number;
  /** Those answered with an error. */
  readonly failed: number;
}

/** One request whose handler has not stopped. */
export interface RequestSnapshot {
  readonly id: number;
  readonly command: string;
  readonly channel: string;
  /** When it came, by the connection's clock, ms. */
  readonly since: number;
  readonly state: RunState;
  /** Plain bytes of its answer that were sent. */
  readonly bytes: number;
}

/** What a {@link RequestDispatcher} is made of. */
export interface DispatcherOptions extends Omit<RunHost, 'onOver'> {
  readonly commands: CommandSet;
  /** Those that answers can go on. */
  readonly channels: readonly ChannelWeight[];
  /** Handlers at once, those included that have not stopped although their requests have ended. */
  readonly mostRuns: number;
  readonly idempotency: IdempotencyStore;
  readonly observer: ConnectionObserver;
}

type RequestEvent = Extract<ResponderEvent, { readonly kind: 'request' }>;

/** A name in an error message is cut to so many characters. */
const NAME_SHOWN = 64;

/** Gives each event of the answerer's side to the run it is for, and begins the runs. */
export class RequestDispatcher implements RunHost {
  readonly connection: string;
  readonly peer: Peer;
  readonly clock: Clock;
  readonly log: Logger;
  readonly textAsBytes: boolean;
  readonly redirects: RedirectTargets;
  readonly calls: OutgoingCalls;
  readonly #commands: CommandSet;
  readonly #channels: readonly ChannelWeight[];
  readonly #mostRuns: number;
  readonly #idempotency: IdempotencyStore;
  readonly #observer: ConnectionObserver;
  readonly #table = new RequestTable();
  /** From when on requests are refused, by the connection's clock, ms. */
  #refusesFrom = Number.POSITIVE_INFINITY;
  #total = 0;
  #failed = 0;

  constructor(options: DispatcherOptions) {
    this.connection = options.connection;
    this.peer = options.peer;
    this.clock = options.clock;
    this.log = options.log;
    this.textAsBytes = options.textAsBytes;
    this.redirects = options.redirects;
    this.calls = options.calls;
    this.#commands = options.commands;
    this.#channels = options.channels;
    this.#mostRuns = options.mostRuns;
    this.#idempotency = options.idempotency;
    this.#observer = options.observer;
  }

  get counters(): RequestCounters {
    return { open: this.#table.size, total: this.#total, failed: this.#failed };
  }

  /** @param principal whom new requests act for */
  handle(event: ResponderEvent, principal: Principal): void {
    switch (event.kind) {
      case 'request':
        this.#begin(event, principal);
        return;
      case 'data':
        this.#table.get(event.id)?.receive(event.bytes);
        return;
      case 'data-end':
        this.#table.get(event.id)?.receiveEnd();
        return;
      case 'answer-writable':
        this.#table.get(event.id)?.writable();
        return;
      case 'cancelled':
        this.#table.get(event.id)?.cancel(event.error, event.answered);
        return;
    }
  }

  /** The server is about to leave: what comes from that time on is not begun (SPEC 8.10.5). */
  refuseFrom(time: number): void {
    this.#refusesFrom = Math.min(this.#refusesFrom, time);
  }

  /** The connection is gone: what only it could ask for need not be kept. */
  close(): void {
    this.#idempotency.forget(this);
  }

  /** The connection is dead: every handler is to stop. */
  cancelAll(error: WiremuxError): void {
    for (const run of this.#table) run.cancel(error);
  }

  /** @param sent what the peer says of its requests */
  snapshot(sent: readonly RequestStats[]): RequestSnapshot[] {
    const bytes = new Map(sent.map((request) => [request.id, request.bytes]));
    return Array.from(this.#table, ({ id, command, channel, since, state }) => ({
      id,
      command,
      channel,
      since,
      state,
      bytes: bytes.get(id) ?? 0,
    }));
  }

  #begin(event: RequestEvent, principal: Principal): void {
    this.#total += 1;
    if (this.#isLeaving) {
      this.#refuse(event.id, draining());
      return;
    }
    const command = this.#commands.get(event.name);
    if (command === undefined) {
      this.#refuse(event.id, unknownCommand(event.name, this.#commands));
      return;
    }
    if (this.#table.size >= this.#mostRuns) {
      this.#refuse(event.id, tooManyRuns(this.#mostRuns));
      return;
    }
    const channel = this.#channelOf(event, command);
    if (channel !== 'default') this.peer.useChannel(event.id, channel);
    if (command.contract.plain) this.peer.keepPlain(event.id);
    if (event.idem === undefined) this.#run(event, command, channel, principal);
    else this.#runOnce(event.idem, event, command, channel, principal);
  }

  /** The server is about to leave, and the time for requests is over. */
  get #isLeaving(): boolean {
    return this.#refusesFrom !== Number.POSITIVE_INFINITY && this.clock.now() >= this.#refusesFrom;
  }

  #run(
    event: RequestEvent,
    command: ImplementedCommand,
    channel: string,
    principal: Principal,
    claim?: ClaimedRun,
  ): void {
    const run = new Run(this, command, event, { channel, principal, claim });
    this.#table.add(run);
    this.#observer.requestStarted?.(run);
    run.start(event.args);
  }

  /** Runs a request whose idempotency key has not been used, else answers without (SPEC 8.11.10 to 8.11.13). */
  #runOnce(
    key: Uint8Array,
    event: RequestEvent,
    command: ImplementedCommand,
    channel: string,
    principal: Principal,
  ): void {
    // Nobody but this connection can be told to be the same anonymous client.
    const owner = principal === ANONYMOUS ? this : principal.name;
    const claim = this.#idempotency.claim({ owner, command: command.name, key, args: event.args });
    switch (claim.kind) {
      case 'run':
        this.#run(event, command, channel, principal, claim.run);
        return;
      case 'kept':
        this.#answer(event.id, claim.answer);
        return;
      case 'refused':
        this.#refuse(event.id, claim.error);
        return;
    }
  }

  #answer(id: number, { values, error }: KeptAnswer): void {
    const { peer } = this;
    try {
      for (const value of values) peer.sendValue(id, preEncoded(value));
    } catch (thrown) {
      // More values than its reader has kept, which fails it (SPEC 8.11.19).
      peer.failAnswer(id, thrown as WiremuxError);
      return;
    }
    if (error === undefined) peer.endAnswer(id);
    else peer.failAnswer(id, error);
  }

  #refuse(id: number, error: WiremuxError): void {
    this.#failed += 1;
    this.peer.failAnswer(id, error);
    this.#observer.requestRefused?.(error.code);
  }

  /** The channel the request asks for, else the contract's, as far as there is one of that name (SPEC 8.11.1). */
  #channelOf({ channel }: RequestEvent, { contract }: ImplementedCommand): string {
    if (this.#hasChannel(channel)) return channel;
    return this.#hasChannel(contract.channel) ? contract.channel : 'default';
  }

  #hasChannel(channel: string | undefined): channel is string {
    return channel !== undefined && this.#channels.some(({ name }) => name === channel);
  }

  /** Of {@link RunHost}. */
  onOver(run: Run, outcome: RunOutcome): void {
    this.#table.remove(run);
    if (outcome.result === 'failed') this.#failed += 1;
    this.#observer.requestEnded?.(run, outcome, this.clock.now() - run.since);
  }
}

function draining(): WiremuxError {
  return new WiremuxError('draining', 'The gateway is about to leave and has not begun this: send it again elsewhere.');
}

function tooManyRuns(most: number): WiremuxError {
  return new WiremuxError('too-many-requests', `${most} commands of this connection have not stopped; wait for one.`);
}

function unknownCommand(name: string, commands: CommandSet): WiremuxError {
  const shown = name.length > NAME_SHOWN ? `${name.slice(0, NAME_SHOWN)}…` : name;
  const nearest = nearestName(name, commands.keys());
  const hint = nearest === undefined ? '' : ` Did you mean \`${nearest}\`?`;
  const list = commands.has('capabilities') ? ' Call `capabilities` for the list of commands.' : '';
  return new WiremuxError('unknown-command', `There is no command \`${shown}\`.${hint}${list}`);
}
