import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Mux } from '@wiremux/client';
import type { ChartSpec } from '../plots/chart.js';
import { GATEWAY_CHARTS } from '../plots/gateway-charts.js';
import { machineCharts } from '../plots/machine-charts.js';
import { Board } from './board.js';
import { type Capabilities, readCapabilities } from './capabilities.js';
import { CONNECTING, type ConnectionView, reduceConnection } from './connection.js';
import { type ConnectionRow, readConnections } from './connections.js';
import { type Backlog, watchCommand } from './feed.js';
import { FrameTap } from './frame-tap.js';
import { goLive, type Live } from './live.js';
import { peekItems } from './peek.js';
import { Runs } from './runs.js';

/** Ms between values of every feed. */
const EVERY = 1_000;
/** A plot shows how it came to be: a minute of samples may wait before there is a gap in it. */
const A_MINUTE: Backlog = { slow: 'drop', keep: 60 };

/** A board and the feed that fills it. */
export interface LiveBoard {
  readonly board: Board;
  readonly live: Live;
}

/** All the page knows. */
export interface Page {
  readonly connection: ReadonlySignal<ConnectionView>;
  /** What the gateway can do, as of the last connection. */
  readonly capabilities: ReadonlySignal<Capabilities | undefined>;
  readonly machine: LiveBoard;
  readonly gateway: LiveBoard;
  readonly connections: { readonly rows: ReadonlySignal<readonly ConnectionRow[]>; readonly live: Live };
  readonly frames: FrameTap;
  readonly runs: Runs;
  /** Ms since the epoch, ticking about once a second. */
  readonly now: ReadonlySignal<number>;
  /** Set: values go on coming and nothing on the page moves. */
  readonly isPaused: Signal<boolean>;
  /** Whether what comes is to be drawn: neither paused nor hidden. */
  readonly isDrawing: ReadonlySignal<boolean>;
}

/** Starts everything the page watches. */
export function startPage(mux: Mux, now: ReadonlySignal<number>, isVisible: ReadonlySignal<boolean>): Page {
  const connection = signal(CONNECTING);
  const isOpen = computed(() => connection.value.phase === 'open');
  mux.status$.subscribe((status) => {
    connection.value = reduceConnection(connection.value, status, Date.now());
  });

  const capabilities = signal<Capabilities | undefined>(undefined);
  watchCommand(mux, 'capabilities').subscribe((event) => {
    if (event.kind === 'value') capabilities.value = readCapabilities(event.value);
  });

  const isPaused = signal(false);
  const isDrawing = computed(() => isVisible.value && !isPaused.value);
  const liveBoard = (command: string, board: Board): LiveBoard => ({
    board,
    live: goLive(mux, {
      command,
      every: EVERY,
      backlog: A_MINUTE,
      take: (sample) => board.record(sample),
      isOpen,
      now,
    }),
  });

  const newestRows = signal<readonly ConnectionRow[]>([]);
  const rows = signal<readonly ConnectionRow[]>([]);
  effect(() => {
    if (isDrawing.value) rows.value = newestRows.value;
  });
  const connectionsLive = goLive(mux, {
    command: 'gateway.connections',
    every: EVERY,
    take: (value) => {
      newestRows.value = readConnections(value);
    },
    isOpen,
    now,
  });

  return {
    connection,
    capabilities,
    machine: liveBoard('host.metrics', new Board(planMachine())),
    gateway: liveBoard('gateway.stats', new Board(() => GATEWAY_CHARTS)),
    connections: { rows, live: connectionsLive },
    frames: new FrameTap(mux, isDrawing),
    runs: new Runs(mux, () => Date.now()),
    now,
    isPaused,
    isDrawing,
  };
}

/** Charts for as many cores as the samples tell of: the same ones until that changes. */
function planMachine(): (sample: unknown) => readonly ChartSpec[] {
  let cores = 0;
  let charts = machineCharts(cores);
  return (sample) => {
    const count = peekItems(sample, ['cpu', 'cores']).length;
    if (count !== cores) {
      cores = count;
      charts = machineCharts(count);
    }
    return charts;
  };
}
