import { describe, expect, it } from 'vitest';
import type { PeerEvent } from '../../src/index.js';
import { toHex } from '../frame/vectors.js';
import { joined, LonePeer } from '../reactor/lone-peer.js';
import { bytesOf, countByDialect, decoded, inEveryCut, rowsOf } from './rows.js';

interface Action {
  readonly action: 'wantframe' | 'runcommand' | 'error' | 'crash';
  readonly requestId?: number;
  readonly name?: string;
  readonly args?: string;
  readonly data?: string | null;
}

interface TraceRow {
  readonly dialect: string;
  readonly damage: string | null;
  readonly frames: readonly string[];
  readonly actions: readonly Action[];
}

const MAP_ERROR = /^\d+ 2 stream-begin error-response 0 cbor:\{b'message': .*b'type': b'protocol'\}$/;
const PLAIN_ERROR = /^\d+ 2 stream-begin error-response protocol [A-Z][^:]*\.$/;
/** The dialects whose error frames are the message alone. */
const PLAIN: ReadonlySet<string> = new Set(['exp-framing-0002', 'exp-framing-0003']);

/** A command with all that it is given. */
interface Command {
  readonly id: number;
  readonly name: string;
  readonly args: unknown;
  readonly data: string | null;
}

const rows = rowsOf<TraceRow>('server-traces.jsonl').map((row, index) => ({ ...row, index }));

/** Whether the reference gives up, or should have. */
function fails({ actions }: TraceRow): boolean {
  return actions.some(({ action }) => action === 'error' || action === 'crash');
}

function commandsOf({ actions }: TraceRow): Command[] {
  const runs = actions.filter(({ action }) => action === 'runcommand');
  return runs.map(({ requestId = 0, name = '', args = '', data = null }) => ({
    id: requestId,
    name,
    args: decoded(args),
    data,
  }));
}

/** The commands of which everything has arrived, in that order. */
function complete(events: readonly PeerEvent[]): Command[] {
  const done: Command[] = [];
  for (const event of events) {
    if (event.kind !== 'data-end' && !(event.kind === 'request' && !event.hasData)) continue;
    const { id } = event;
    const request = events.find((other) => other.kind === 'request' && other.id === id);
    const data = events.filter((other) => other.kind === 'data' && other.id === id);
    if (request?.kind !== 'request') throw new Error(`Data came for request ${id}, which never began.`);
    const bytes = joined(data.map((piece) => (piece.kind === 'data' ? piece.bytes : new Uint8Array(0))));
    done.push({ id, name: request.name, args: request.args, data: request.hasData ? toHex(bytes) : null });
  }
  return done;
}

describe('SPEC 5.2 to 5.4, 5.11 traces of the reference server', () => {
  it('are all here', () => {
    expect(countByDialect(rows)).toEqual({
      'exp-framing-0002': 20,
      'exp-framing-0003': 25,
      'exp-framing-0005': 19,
      'exp-framing-0006': 16,
    });
    expect(rows.filter(fails)).toHaveLength(30);
  });

  it.each(rows)(
    '$dialect: gives the same commands and the same end as trace $index (damage: $damage) in every cut',
    (row) => {
      inEveryCut(bytesOf(row.frames), (pieces) => {
        const lone = new LonePeer({ dialect: row.dialect, stream: false });
        for (const piece of pieces) lone.feedBytes(piece);
        expect(complete(lone.events)).toEqual(commandsOf(row));
        expect(lone.fault !== undefined).toBe(fails(row));
      });
    },
  );

  it.each(rows.filter(fails))(
    '$dialect: finds the fault of trace $index with the frame at which the reference does',
    (row) => {
      const lone = new LonePeer({ dialect: row.dialect, stream: false });
      for (const [at, frame] of row.frames.entries()) {
        lone.feedBytes(bytesOf([frame]));
        const { action } = row.actions[at] as Action;
        expect(lone.fault !== undefined).toBe(action === 'error' || action === 'crash');
      }
      expect(lone.sent()[0]).toMatch(PLAIN.has(row.dialect) ? PLAIN_ERROR : MAP_ERROR);
    },
  );
});
