import { describe, expect, it } from 'vitest';
import { LonePeer } from '../reactor/lone-peer.js';
import { bytesOf, decoded, inEveryCut, rowsOf0006 } from './rows.js';

interface Atom {
  readonly msg: string;
  readonly args: readonly string[];
  readonly labels: readonly string[];
}

interface ResponseRow {
  readonly dialect: string;
  readonly kind: 'objects' | 'text-output' | 'command-error' | 'error-frame';
  readonly encoding?: string;
  readonly frames: readonly string[];
  readonly values?: readonly string[];
  readonly atoms?: readonly Atom[];
  readonly message?: string;
  readonly args?: readonly string[];
  readonly type?: string;
}

const rows = rowsOf0006<ResponseRow>('responses.jsonl').filter(({ encoding = 'identity' }) => encoding === 'identity');

/** A client that has opened request 1 and gets the row, in pieces. */
function answered(pieces: readonly Uint8Array[]): LonePeer {
  const lone = new LonePeer({ role: 'client', dialect: 'exp-framing-0006', stream: false });
  expect(lone.peer.open({ name: 'asked' })).toBe(1);
  lone.sent();
  for (const piece of pieces) lone.feedBytes(piece);
  expect(lone.fault).toBeUndefined();
  return lone;
}

/** The message as a person reads it. */
function filled(text: string, args: readonly string[]): string {
  return args.reduce((formatted, arg) => formatted.replace('%s', arg), text);
}

function of(kind: ResponseRow['kind']): ResponseRow[] {
  return rows.filter((row) => row.kind === kind);
}

describe('SPEC 3.4 to 3.6 responses of the reference', () => {
  it('are all here, but for those of other encodings', () => {
    expect(rows.map(({ kind }) => kind).sort()).toEqual([
      'command-error',
      'error-frame',
      ...Array.from({ length: 12 }, () => 'objects'),
      ...Array.from({ length: 6 }, () => 'text-output'),
    ]);
  });

  it.each(of('objects'))('gives the values of $frames.3 in every cut', ({ frames, values = [] }) => {
    inEveryCut(bytesOf(frames), (pieces) => {
      const lone = answered(pieces);
      expect(lone.values(1)).toEqual(values.map(decoded));
      expect(lone.kinds(1).filter((kind) => kind !== 'values')).toEqual(['answering', 'ended']);
    });
  });

  it.each(of('text-output'))('gives the atoms of $frames.0 in every cut', ({ frames, atoms = [] }) => {
    inEveryCut(bytesOf(frames), (pieces) => {
      const expected = atoms.map(({ msg, args, labels }) => ({ text: msg, args, labels }));
      expect(answered(pieces).of('output', 1)).toEqual([{ kind: 'output', id: 1, atoms: expected }]);
    });
  });

  it.each([...of('command-error'), ...of('error-frame')])('gives the error of a $kind in every cut', (row) => {
    inEveryCut(bytesOf(row.frames), (pieces) => {
      const lone = answered(pieces);
      expect(lone.kinds(1)).toEqual(['failed']);
      expect(lone.error(1)).toMatchObject({
        code: 'remote-error',
        message: filled(row.message ?? '', row.args ?? []),
      });
    });
  });
});
