import { describe, expect, it } from 'vitest';
import {
  nextStreamState,
  STREAM_TRANSITIONS,
  type StreamInput,
  type StreamState,
} from '../../src/stream/stream-state.js';
import { specDiagram, specTable } from '../spec.js';

const STATES: readonly StreamState[] = ['closed', 'open'];
const INPUTS: readonly StreamInput[] = ['neither', 'begin', 'end', 'both'];

describe('SPEC 4.3 the states of a stream', () => {
  it('are those of the table in SPEC.md', () => {
    const drawn = STATES.map((state) => [
      state,
      ...INPUTS.map((input) => {
        const next = STREAM_TRANSITIONS[state][input];
        return next === undefined ? '' : `→ ${next}`;
      }),
    ]);
    expect(specTable('- **4.3**')).toEqual(drawn);
  });

  it('are drawn in SPEC.md as they are', () => {
    const arrows = STATES.flatMap((state) =>
      INPUTS.flatMap((input) => {
        const next = STREAM_TRANSITIONS[state][input];
        return next === undefined ? [] : [`${state} --> ${next}: ${input === 'both' ? 'begin and end' : input}`];
      }),
    );
    expect(specDiagram('- **4.3**')).toEqual(arrows);
  });

  it('follow from the begin and end flags alone', () => {
    for (const state of STATES) {
      for (const [bits, input] of INPUTS.entries()) {
        expect(nextStreamState(state, bits)).toBe(STREAM_TRANSITIONS[state][input]);
        expect(nextStreamState(state, bits | 0x04)).toBe(STREAM_TRANSITIONS[state][input]);
      }
    }
  });
});
