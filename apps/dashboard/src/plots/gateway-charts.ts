import type { ChartSpec } from './chart.js';

/** What is shown of `gateway.stats`. */
export const GATEWAY_CHARTS: readonly ChartSpec[] = [
  {
    id: 'connections',
    title: 'Open now',
    unit: 'count',
    series: [
      { label: 'connections', path: ['connections'] },
      { label: 'requests', path: ['requests', 'open'] },
    ],
  },
  {
    id: 'requests',
    title: 'Requests',
    unit: 'per-second',
    series: [
      { label: 'started', path: ['requests', 'total'], counter: true },
      { label: 'failed', path: ['requests', 'failed'], counter: true },
    ],
  },
  {
    id: 'bytes',
    title: 'Traffic',
    unit: 'bytes/s',
    series: [
      { label: 'in', path: ['bytes', 'in'], counter: true },
      { label: 'out', path: ['bytes', 'out'], counter: true },
    ],
  },
  {
    id: 'frames',
    title: 'Frames',
    unit: 'per-second',
    series: [
      { label: 'in', path: ['frames', 'in'], counter: true },
      { label: 'out', path: ['frames', 'out'], counter: true },
    ],
  },
  {
    id: 'event-loop',
    title: 'Event-loop delay',
    unit: 'ms',
    series: [{ label: '99th percentile', path: ['eventLoopDelay'] }],
  },
  {
    id: 'gateway-memory',
    title: 'Gateway memory',
    unit: 'bytes',
    series: [
      { label: 'resident', path: ['memory'] },
      { label: 'heap in use', path: ['heap'] },
    ],
  },
];
