import { describe, expect, it } from 'vitest';
import { Peer } from '../../src/index.js';
import { fromHex, toHex } from '../frame/vectors.js';
import { frameBytes, joined, LonePeer } from '../reactor/lone-peer.js';
import { bytesOf, countByDialect, cuttingAt, decoded, inEveryCut, rowsOf } from './rows.js';

interface RequestRow {
  readonly dialect: string;
  readonly name: string;
  readonly args: string;
  readonly data: string | null;
  readonly requestId: number;
  readonly beginsStream: boolean;
  readonly maxFrameSize: number;
  readonly frames: readonly string[];
}

const rows = rowsOf<RequestRow>('requests.jsonl');
/** What a connection has carried before a row that does not begin its stream. */
const BEFORE = (dialect: string): string =>
  dialect === 'exp-framing-0002'
    ? '1 1 stream-begin command-name eos before'
    : "1 1 stream-begin command-request new cbor:{b'name': b'before'}";

/** Whole frames of what a peer sends. */
function frames(bytes: Uint8Array): string[] {
  const found: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = 8 + ((bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16));
    found.push(toHex(bytes.subarray(at, at + length)));
    at += length;
  }
  return found;
}

function take(peer: Peer): Uint8Array {
  const chunks: Uint8Array[] = [];
  for (let message = peer.takeBytes(0); message !== undefined; message = peer.takeBytes(0)) chunks.push(...message);
  return joined(chunks);
}

describe('SPEC 3.2, 3.3 requests of the reference', () => {
  it('are all here', () => {
    expect(countByDialect(rows)).toEqual({
      'exp-framing-0002': 46,
      'exp-framing-0003': 48,
      'exp-framing-0005': 22,
      'exp-framing-0006': 44,
    });
    expect(rows.filter(({ data }) => data !== null)).toHaveLength(75);
  });

  it.each(rows)('$dialect: reads $name ($maxFrameSize bytes a frame) the same in every cut', (row) => {
    inEveryCut(bytesOf(row.frames), (pieces) => {
      const lone = new LonePeer({ dialect: row.dialect, stream: false });
      if (!row.beginsStream) lone.feedBytes(frameBytes(BEFORE(row.dialect), row.dialect));
      for (const piece of pieces) lone.feedBytes(piece);
      expect(lone.fault).toBeUndefined();
      const { requestId } = row;
      expect(lone.of('request', requestId)).toEqual([
        {
          kind: 'request',
          id: requestId,
          name: row.name,
          args: decoded(row.args),
          hasData: row.data !== null,
          channel: undefined,
        },
      ]);
      expect(lone.of('data-end', requestId)).toHaveLength(row.data === null ? 0 : 1);
      expect(toHex(joined(lone.of('data', requestId).map(({ bytes }) => bytes)))).toBe(row.data ?? '');
    });
  });

  it.each(rows)('$dialect: sends $name ($maxFrameSize bytes a frame) as the same bytes', (row) => {
    const peer = new Peer({ role: 'client', dialect: cuttingAt(row.dialect, row.maxFrameSize), now: 0 });
    if (!row.beginsStream) {
      peer.open({ name: 'before' });
      take(peer);
    }
    const args = decoded(row.args) as Record<string, unknown>;
    const id = peer.open({ name: row.name, args, hasData: row.data !== null });
    expect(id).toBe(row.requestId);
    if (row.data !== null) {
      peer.sendData(id, fromHex(row.data));
      peer.endData(id);
    }
    expect(frames(take(peer))).toEqual(row.frames);
  });
});
