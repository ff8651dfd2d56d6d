import type { ConnectionObserver, RunOutcome } from '@wiremux/server';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { ConnectionRegistry } from './connections/registry.js';
import { REFUSALS, type Refusal } from './http/upgrade.js';

type Outcome = RunOutcome['result'];
type RequestCounter = Readonly<Record<Outcome, { inc(): void }>>;

/**
 * The figures of `/metrics`. Those of connections are summed when they are asked for, so traffic pays nothing for them.
 * Labels are bounded: commands by the gateway's own set, everything else by a list.
 */
export class Metrics {
  /** Counts the requests of connections. */
  readonly observer: ConnectionObserver;
  readonly #registry = new Registry();
  readonly #refused: Counter<'reason'>;

  constructor(connections: ConnectionRegistry) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    addConnectionFigures(connections, registers);
    this.#refused = new Counter({
      name: 'wiremux_handshakes_refused_total',
      help: 'Upgrades that were answered with an error, by reason.',
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
    return { type: this.#registry.contentType, text: await this.#registry.metrics() };
  }
}

function addConnectionFigures(connections: ConnectionRegistry, registers: Registry[]): void {
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  const counter = (name: string, help: string, read: () => number) =>
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  gauge('wiremux_connections', 'Connections open now.', () => connections.size);
  gauge('wiremux_requests_open', 'Requests whose handlers run now.', () => connections.totals().requests.open);
  counter('wiremux_received_bytes_total', 'Bytes of frames received.', () => connections.totals().bytes.in);
  counter('wiremux_sent_bytes_total', 'Bytes of frames sent.', () => connections.totals().bytes.out);
  counter('wiremux_received_frames_total', 'Frames received.', () => connections.totals().frames.in);
  counter('wiremux_sent_frames_total', 'Frames sent.', () => connections.totals().frames.out);
}

function requestObserver(registers: Registry[]): ConnectionObserver {
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
