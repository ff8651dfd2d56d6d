import { utf8Decode, utf8Encode } from '../cbor/index.js';
import type { OutputAtom } from './output.js';
import type { OutputFormat } from './output-format.js';

/** Bytes of an atom before the lengths of its labels. */
const ATOM_HEAD = 4;
const MOST_U8 = 0xff;
const MOST_U16 = 0xffff;

/**
 * Atoms one behind the other, as `exp-framing-0002` has them: u16 length of the message, u8 number of labels, u8 number
 * of arguments, a u8 length for each label, a u16 length for each argument, then message, labels, arguments (SPEC 3.6.4).
 */
export const PACKED_OUTPUT: OutputFormat = { encode: pack, parse: unpack };

function pack(atoms: readonly OutputAtom[]): Uint8Array | undefined {
  const packed: Uint8Array[] = [];
  let size = 0;
  for (const atom of atoms) {
    const bytes = packAtom(atom);
    if (bytes === undefined) return undefined;
    packed.push(bytes);
    size += bytes.length;
  }
  const payload = new Uint8Array(size);
  let at = 0;
  for (const bytes of packed) {
    payload.set(bytes, at);
    at += bytes.length;
  }
  return payload;
}

function packAtom(atom: OutputAtom): Uint8Array | undefined {
  const text = utf8Encode(atom.text);
  const labels = atom.labels.map(utf8Encode);
  const args = atom.args.map(utf8Encode);
  const fits =
    text.length <= MOST_U16 &&
    labels.length <= MOST_U8 &&
    args.length <= MOST_U8 &&
    labels.every(({ length }) => length <= MOST_U8) &&
    args.every(({ length }) => length <= MOST_U16);
  if (!fits) return undefined;

  const parts = [text, ...labels, ...args];
  const head = ATOM_HEAD + labels.length + 2 * args.length;
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, head));
  const view = new DataView(bytes.buffer);
  view.setUint16(0, text.length, true);
  bytes[2] = labels.length;
  bytes[3] = args.length;
  let at = ATOM_HEAD;
  for (const { length } of labels) bytes[at++] = length;
  for (const { length } of args) {
    view.setUint16(at, length, true);
    at += 2;
  }
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function unpack(payload: Uint8Array): OutputAtom[] | undefined {
  const atoms: OutputAtom[] = [];
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  let at = 0;
  while (at < payload.length) {
    if (payload.length - at < ATOM_HEAD) return undefined;
    const textLength = view.getUint16(at, true);
    const labelCount = view.getUint8(at + 2);
    const argCount = view.getUint8(at + 3);
    const labelLengths = at + ATOM_HEAD;
    const argLengths = labelLengths + labelCount;
    at = argLengths + 2 * argCount;
    if (at > payload.length) return undefined;
    const take = (length: number): string => {
      at += length;
      return utf8Decode(payload.subarray(at - length, at));
    };
    const text = take(textLength);
    const labels: string[] = [];
    for (let index = 0; index < labelCount; index++) labels.push(take(view.getUint8(labelLengths + index)));
    const args: string[] = [];
    for (let index = 0; index < argCount; index++) args.push(take(view.getUint16(argLengths + 2 * index, true)));
    if (at > payload.length) return undefined;
    atoms.push({ text, args, labels });
  }
  return atoms;
}
