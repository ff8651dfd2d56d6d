import { describe, expect, it } from 'vitest';
import { zlib } from '../../src/codec/node/zlib.js';
import { toHex } from '../frame/vectors.js';
import { joined, LonePeer } from '../reactor/lone-peer.js';
import { bytesOf, countBy, countByDialect, decoded, expectSame, inEveryCut, rowsOf } from './rows.js';

interface Atom {
  readonly msg: string;
  readonly args: readonly string[];
  readonly labels: readonly string[];
}

interface ResponseRow {
  readonly dialect: string;
  readonly kind: 'bytes' | 'objects' | 'text-output' | 'command-error' | 'error-frame';
  readonly encoding?: string;
  readonly frames: readonly string[];
  readonly values?: readonly string[];
  readonly atoms?: readonly Atom[];
  readonly message?: string;
  readonly args?: readonly string[];
  readonly type?: string;
}

const rows = rowsOf<ResponseRow>('responses.jsonl').map((found, row) => ({ ...found, row }));

/** A client that has opened request 1 and gets the row, in pieces. */
function answered(dialect: string, pieces: readonly Uint8Array[]): LonePeer {
  const lone = new LonePeer({ role: 'client', dialect, stream: false, codecs: [zlib()] });
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

function of(kind: ResponseRow['kind']): typeof rows {
  return rows.filter((row) => row.kind === kind);
}

describe('SPEC 3.4 to 3.6 responses of the reference', () => {
  it('are all here, those encoded with zlib among them', () => {
    expect(countByDialect(rows)).toEqual({
      'exp-framing-0002': 24,
      'exp-framing-0003': 24,
      'exp-framing-0005': 30,
      'exp-framing-0006': 34,
    });
    expect(rows.filter(({ encoding }) => encoding === 'zlib').length).toBe(14);
    expect(countBy(rows, ({ kind }) => kind)).toEqual({
      objects: 48,
      bytes: 32,
      'text-output': 24,
      'command-error': 2,
      'error-frame': 6,
    });
  });

  it.each(of('objects'))('$dialect: gives the values of row $row in every cut', ({ dialect, frames, values = [] }) => {
    const expected = values.map(decoded);
    inEveryCut(bytesOf(frames), (pieces) => {
      const lone = answered(dialect, pieces);
      expectSame(lone.values(1), expected);
      expect(lone.kinds(1).filter((kind) => kind !== 'values')).toEqual(['answering', 'ended']);
    });
  });

  it.each(of('bytes'))('$dialect: gives the bytes of row $row in every cut', ({ dialect, frames, values = [] }) => {
    const expected = dialect === 'exp-framing-0003' ? values.map(decoded) : [];
    inEveryCut(bytesOf(frames), (pieces) => {
      const lone = answered(dialect, pieces);
      if (dialect === 'exp-framing-0003') expectSame(lone.values(1), expected);
      else expect(toHex(joined(lone.values(1) as Uint8Array[]))).toBe(values.join(''));
      expect(lone.kinds(1).filter((kind) => kind !== 'values')).toEqual(['answering', 'ended']);
    });
  });

  it.each(of('text-output'))(
    '$dialect: gives the atoms of row $row in every cut',
    ({ dialect, frames, atoms = [] }) => {
      inEveryCut(bytesOf(frames), (pieces) => {
        const expected = atoms.map(({ msg, args, labels }) => ({ text: msg, args, labels }));
        expect(answered(dialect, pieces).of('output', 1)).toEqual([{ kind: 'output', id: 1, atoms: expected }]);
      });
    },
  );

  it.each([...of('command-error'), ...of('error-frame')])(
    '$dialect: gives the error of row $row, $kind, in every cut',
    (row) => {
      inEveryCut(bytesOf(row.frames), (pieces) => {
        const lone = answered(row.dialect, pieces);
        expect(lone.kinds(1)).toEqual(['failed']);
        expect(lone.error(1)).toMatchObject({
          code: 'remote-error',
          message: filled(row.message ?? '', row.args ?? []),
        });
      });
    },
  );
});
