import { expect, it } from 'vitest';
import { type DescribedFrame, matchesFilter } from '../../src/index.js';

const FRAME: DescribedFrame = {
  seq: 0,
  time: 0,
  direction: 'in',
  offset: 0,
  requestId: 7,
  streamId: 3,
  streamFlags: '0',
  type: 'command-data',
  flags: 'eos',
  payload: '',
  bytes: 0,
  command: 'put',
};

it.each([
  {},
  { direction: undefined, requests: [], streams: undefined },
  { direction: 'in' },
  { requests: [1, 7] },
  { streams: [3] },
  { types: ['command-data'] },
  { commands: ['get', 'put'] },
  { direction: 'in', requests: [7], streams: [3], types: ['command-data'], commands: ['put'] },
] as const)('a filter lets through what all its lists have: %j', (filter) => {
  expect(matchesFilter(FRAME, filter)).toBe(true);
});

it.each([
  { direction: 'out' },
  { requests: [1] },
  { streams: [1, 5] },
  { types: ['3'] },
  { commands: ['get'] },
  { requests: [7], commands: ['get'] },
] as const)('a filter stops what one of its lists has not: %j', (filter) => {
  expect(matchesFilter(FRAME, filter)).toBe(false);
});

it('a filter for commands stops a frame of which none is known', () => {
  const { command: _, ...unknown } = FRAME;
  expect(matchesFilter(unknown, { commands: ['put'] })).toBe(false);
  expect(matchesFilter(unknown, { commands: [] })).toBe(true);
});
