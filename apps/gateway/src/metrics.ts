import type { ConnectionCounters, ConnectionObserver, RunOutcome } from '@wiremux/server';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { ConnectionRegistry } from './connections/registry.js';
import { REFUSALS, type Refusal } from './http/upgrade.js';

type Outcome = RunOutcome['result'];
type RequestCounter = Readonly<Record<Outcome, { inc(): void }>>;

/** One figure of all connections, set when somebody asks. */
type Figure = (totals: ConnectionCounters) => void;

/**
 * The figures of `/metrics`. Those of connections are summed when they are asked for, so traffic pays nothing for them.
 * Labels are bounded: commands by the gateway's own set, everything else by a list.
 */
export class Metrics {
  /** Counts the requests of connections. */
  readonly observer: Required<Pick<ConnectionObserver, 'requestEnded' | 'requestRefused'>>;
  readonly #connections: ConnectionRegistry;
  readonly #registry = new Registry();
  readonly #figures: readonly Figure[];
  readonly #refused: Counter<'reason'>;

  constructor(connections: ConnectionRegistry) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#connections = connections;
    this.#figures = connectionFigures(connections, registers);
    this.#refused = new Counter({
      name: 'wiremux_handshakes_refused_total',
      help: 'Upgrades and posted frames that were answered with an error, by reason.',
      labelNames: ['reason'],
      registers,
    });
    for (const reason of REFUSALS) this.#refused.inc({ reason }, 0);
    this.observer = requestObserver(registers);
  }

  refused(reason: Refusal): void {
    this.#refused.inc({ reason });
  }

  /** Everything in Prometheus' text format. */
  async exposition(): Promise<{ readonly type: string; readonly text: string }> {
    const totals = this.#connections.totals();
    for (const update of this.#figures) update(totals);
    return { type: this.#registry.contentType, text: await this.#registry.metrics() };
  }
}

function connectionFigures(connections: ConnectionRegistry, registers: Registry[]): Figure[] {
  const gauge = (name: string, help: string, read: (totals: ConnectionCounters) => number): Figure => {
    const metric = new Gauge({ name, help, registers });
    return (totals) => metric.set(read(totals));
  };
  const counter = (name: string, help: string, read: (totals: ConnectionCounters) => number): Figure => {
    const metric = new Counter({ name, help, registers });
    return (totals) => {
      metric.reset();
      metric.inc(read(totals));
    };
  };
  return [
    gauge('wiremux_connections', 'Connections open now.', () => connections.attached),
    gauge(
      'wiremux_sessions_detached',
      'Sessions that wait for their clients.',
      () => connections.size - connections.attached,
    ),
    gauge('wiremux_http_exchanges', 'Those of them that are HTTP exchanges.', () => connections.count('http')),
    gauge('wiremux_requests_open', 'Requests whose handlers run now.', ({ requests }) => requests.open),
    gauge('wiremux_calls_open', 'Calls of clients that have not ended.', ({ calls }) => calls.open),
    counter('wiremux_calls_total', 'Calls made of clients.', ({ calls }) => calls.total),
    counter('wiremux_calls_failed_total', 'Those of them that failed.', ({ calls }) => calls.failed),
    counter('wiremux_received_bytes_total', 'Bytes of frames received.', ({ bytes }) => bytes.in),
    counter('wiremux_sent_bytes_total', 'Bytes of frames sent.', ({ bytes }) => bytes.out),
    counter('wiremux_received_frames_total', 'Frames received.', ({ frames }) => frames.in),
    counter('wiremux_sent_frames_total', 'Frames sent.', ({ frames }) => frames.out),
  ];
}

function requestObserver(registers: Registry[]): Metrics['observer'] {
  const requests = new Counter({
    name: 'wiremux_requests_total',
    help: 'Requests by command, and how they ended; those for unknown commands have none.',
    labelNames: ['command', 'outcome'],
    registers,
  });
  const byCommand = new Map<string, RequestCounter>();
  const countersOf = (command: string): RequestCounter => {
    const known = byCommand.get(command);
    if (known !== undefined) return known;
    const made = {
      ended: requests.labels(command, 'ended'),
      failed: requests.labels(command, 'failed'),
      cancelled: requests.labels(command, 'cancelled'),
    };
    byCommand.set(command, made);
    return made;
  };
  return {
    requestEnded: ({ command }, { result }) => countersOf(command)[result].inc(),
    requestRefused: () => requests.inc({ command: '', outcome: 'refused' }),
  };
}
