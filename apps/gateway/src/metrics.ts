import type { ConnectionCounters, RunOutcome } from '@wiremux/server';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { ConnectionRegistry } from './connections/registry.js';
import { REFUSALS, type Refusal } from './http/upgrade.js';

type Outcome = RunOutcome['result'];
type RequestCounts = Record<Outcome, number>;

const OUTCOMES: readonly Outcome[] = ['ended', 'failed', 'cancelled'];

/** One figure of all connections, set when somebody asks. */
type Figure = (totals: ConnectionCounters) => void;

/**
 * The figures of `/metrics`. Those of connections are summed when they are asked for, so traffic pays nothing for them.
 * Labels are bounded: commands by the gateway's own set, everything else by a list.
 */
export class Metrics {
  /** Counts the requests of connections. */
  readonly requests: RequestCounter;
  readonly #connections: ConnectionRegistry;
  readonly #registry = new Registry();
  readonly #figures: readonly Figure[];
  readonly #refused: Counter<'reason'>;

  constructor(connections: ConnectionRegistry) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#connections = connections;
    this.requests = new RequestCounter(registers);
    this.#figures = [...connectionFigures(connections, registers), () => this.requests.update()];
    this.#refused = new Counter({
      name: 'wiremux_handshakes_refused_total',
      help: 'Upgrades and posted frames that were answered with an error, by reason.',
      labelNames: ['reason'],
      registers,
    });
    for (const reason of REFUSALS) this.#refused.inc({ reason }, 0);
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

/** Counts requests; what was counted becomes a metric when somebody asks. */
export class RequestCounter {
  readonly #metric: Counter<'command' | 'outcome'>;
  readonly #byCommand = new Map<string, RequestCounts>();
  #refused = 0;

  constructor(registers: Registry[]) {
    this.#metric = new Counter({
      name: 'wiremux_requests_total',
      help: 'Requests by command, and how they ended; those for unknown commands have none.',
      labelNames: ['command', 'outcome'],
      registers,
    });
  }

  /** @param command the label it counts for */
  ended(command: string, result: Outcome): void {
    let counts = this.#byCommand.get(command);
    if (counts === undefined) {
      counts = { ended: 0, failed: 0, cancelled: 0 };
      this.#byCommand.set(command, counts);
    }
    counts[result] += 1;
  }

  /** It was for a command there is not. */
  refused(): void {
    this.#refused += 1;
  }

  /** Brings the metric up to date. */
  update(): void {
    this.#metric.reset();
    for (const [command, counts] of this.#byCommand) {
      for (const outcome of OUTCOMES) this.#metric.inc({ command, outcome }, counts[outcome]);
    }
    if (this.#refused > 0) this.#metric.inc({ command: '', outcome: 'refused' }, this.#refused);
  }
}
