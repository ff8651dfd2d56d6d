/** Whether a stream may carry frames. */
export type StreamState = 'closed' | 'open';
/** What a frame's begin and end flags say, in that order. */
export type StreamInput = 'neither' | 'begin' | 'end' | 'both';

/** State and input to next state; an absent pair is a protocol error (SPEC 4.3). */
export const STREAM_TRANSITIONS: Readonly<Record<StreamState, Partial<Record<StreamInput, StreamState>>>> = {
  closed: { begin: 'open', both: 'closed' },
  open: { neither: 'open', end: 'closed' },
};

const INPUTS: readonly StreamInput[] = ['neither', 'begin', 'end', 'both'];

/** The state after a frame with these stream flags; undefined: protocol error. */
export function nextStreamState(state: StreamState, streamFlags: number): StreamState | undefined {
  const input = INPUTS[streamFlags & 0x03] as StreamInput;
  return STREAM_TRANSITIONS[state][input];
}
