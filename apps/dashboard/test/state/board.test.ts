import { describe, expect, it } from 'vitest';
import type { ChartSpec } from '../../src/plots/chart.js';
import { GATEWAY_CHARTS } from '../../src/plots/gateway-charts.js';
import { machineCharts } from '../../src/plots/machine-charts.js';
import { Board } from '../../src/state/board.js';

function hostSample(seq: number, cores: number): unknown {
  return {
    seq,
    time: 1_000_000 + seq * 1_000,
    cpu: { user: 0.25, system: 0.125, idle: 0.625, cores: Array.from({ length: cores }, () => 0.375) },
    memory: { total: 8_000, used: 5_000, free: 3_000 },
    load: [1, 2, 3],
    network: { rxBytes: 100 * seq, txBytes: 50 * seq },
    disk: { readBytes: 10 * seq, writeBytes: 20 * seq },
  };
}

function gatewaySample(seq: number): unknown {
  return {
    seq,
    time: 1_000_000 + seq * 1_000,
    connections: 2,
    requests: { open: 3, total: 10 * seq, failed: seq },
    bytes: { in: 7 * seq, out: 8 * seq },
    frames: { in: 5 * seq, out: 6 * seq },
    memory: 90_000,
    heap: 20_000,
    eventLoopDelay: 1.5,
  };
}

function latestById(board: Board): Record<string, readonly (number | null)[]> {
  return Object.fromEntries(board.charts.value.map((chart) => [chart.id, board.dataOf(chart).latest]));
}

describe('Board', () => {
  it('shows everything host.metrics tells', () => {
    const charts = machineCharts(2);
    const board = new Board(() => charts);
    board.record(hostSample(0, 2));
    board.record(hostSample(1, 2));
    expect(latestById(board)).toEqual({
      cpu: [0.25, 0.125, 0.625],
      cores: [0.375, 0.375],
      memory: [5_000, 3_000, 8_000],
      load: [1, 2, 3],
      network: [100, 50],
      disk: [10, 20],
    });
    const memory = charts.find(({ id }) => id === 'memory') as ChartSpec;
    expect(board.dataOf(memory)).toMatchObject({ top: 8_000, points: 2, lastSeq: 1, times: [1_000, 1_001] });
  });

  it('shows everything gateway.stats tells', () => {
    const board = new Board(() => GATEWAY_CHARTS);
    board.record(gatewaySample(0));
    board.record(gatewaySample(1));
    expect(latestById(board)).toEqual({
      connections: [2, 3],
      requests: [10, 1],
      bytes: [7, 8],
      frames: [5, 6],
      'event-loop': [1.5],
      'gateway-memory': [90_000, 20_000],
    });
  });

  it('makes new charts when the samples change their shape, and has nothing for the old', () => {
    const plans = [machineCharts(0), machineCharts(2)] as const;
    const board = new Board((sample) => (sample === undefined ? plans[0] : plans[1]));
    const before = board.charts.value[1] as ChartSpec;
    expect(board.dataOf(before)).toMatchObject({ times: [], columns: [], points: 0 });
    board.record(hostSample(0, 2));
    expect(board.charts.value).toBe(plans[1]);
    expect(board.dataOf(before)).toMatchObject({ times: [], columns: [], points: 0 });
    expect(board.dataOf(board.charts.value[1] as ChartSpec).latest).toEqual([0.375, 0.375]);
    expect(board.samples.value).toBe(1);
  });

  it('draws a bounded number of cores and says so', () => {
    const cores = machineCharts(128).find(({ id }) => id === 'cores');
    expect(cores?.series.length).toBe(16);
    expect(cores?.title).toBe('CPU cores (first 16 of 128)');
  });
});
