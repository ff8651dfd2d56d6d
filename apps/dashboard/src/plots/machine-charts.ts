import type { ChartSpec, SeriesSpec } from './chart.js';

/** Cores that get a line each. */
const MAX_CORE_LINES = 16;

/** What is shown of `host.metrics` of a machine with that many cores. */
export function machineCharts(cores: number): readonly ChartSpec[] {
  return [
    {
      id: 'cpu',
      title: 'CPU',
      unit: 'share',
      top: 1,
      series: [
        { label: 'user', path: ['cpu', 'user'] },
        { label: 'system', path: ['cpu', 'system'] },
        { label: 'idle', path: ['cpu', 'idle'], quiet: true },
      ],
    },
    { id: 'cores', title: coresTitle(cores), unit: 'share', top: 1, series: coreSeries(cores) },
    {
      id: 'memory',
      title: 'Memory',
      unit: 'bytes',
      top: ['memory', 'total'],
      series: [
        { label: 'used', path: ['memory', 'used'] },
        { label: 'free', path: ['memory', 'free'] },
        { label: 'total', path: ['memory', 'total'], quiet: true },
      ],
    },
    {
      id: 'load',
      title: 'Load average',
      unit: 'plain',
      series: [
        { label: '1 min', path: ['load', 0] },
        { label: '5 min', path: ['load', 1] },
        { label: '15 min', path: ['load', 2] },
      ],
    },
    {
      id: 'network',
      title: 'Network',
      unit: 'bytes/s',
      series: [
        { label: 'received', path: ['network', 'rxBytes'], counter: true },
        { label: 'sent', path: ['network', 'txBytes'], counter: true },
      ],
    },
    {
      id: 'disk',
      title: 'Disk',
      unit: 'bytes/s',
      series: [
        { label: 'read', path: ['disk', 'readBytes'], counter: true },
        { label: 'written', path: ['disk', 'writeBytes'], counter: true },
      ],
    },
  ];
}

function coresTitle(cores: number): string {
  return cores > MAX_CORE_LINES ? `CPU cores (first ${MAX_CORE_LINES} of ${cores})` : 'CPU cores';
}

function coreSeries(cores: number): SeriesSpec[] {
  return Array.from({ length: Math.min(cores, MAX_CORE_LINES) }, (_, core) => ({
    label: `core ${core}`,
    path: ['cpu', 'cores', core],
  }));
}
