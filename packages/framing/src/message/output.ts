import { asFields, asList, asProse, field } from './fields.js';
import { encodeField, type FieldValue, unlessEmpty } from './write-field.js';

/** A piece of text output: formatting and localisation are the receiver's (SPEC 3.6). */
export interface OutputAtom {
  /** The message, ASCII; `%s` stands for the next argument, `%%` for a percent sign. */
  readonly text: string;
  readonly args: readonly string[];
  /** What kind of text it is, for those who style or translate it. */
  readonly labels: readonly string[];
}

const NOT_ASCII = /[^\x20-\x7e\t\n\r]/;

/** Makes an atom of any text: a message that is not ASCII travels as an argument (SPEC 3.6.1). */
export function outputAtom(text: string, args: readonly string[] = [], labels: readonly string[] = []): OutputAtom {
  if (!NOT_ASCII.test(text)) return { text, args, labels };
  return { text: '%s', args: [formatOutput([{ text, args, labels }])], labels };
}

/** An array of atoms. */
export function outputField(atoms: readonly OutputAtom[]): FieldValue {
  return atoms.map(({ text, args, labels }) => ({ args: unlessEmpty(args), labels: unlessEmpty(labels), msg: text }));
}

/** The payload of a text-output frame. */
export function encodeOutput(atoms: readonly OutputAtom[]): Uint8Array {
  return encodeField(outputField(atoms));
}

/** Reads an array of atoms; undefined if it is something else. */
export function parseOutput(value: unknown): OutputAtom[] | undefined {
  return asList(value, parseAtom);
}

function parseAtom(value: unknown): OutputAtom | undefined {
  const fields = asFields(value);
  if (fields === undefined) return undefined;
  const text = asProse(field(fields, 'msg'));
  const args = asList(field(fields, 'args', []), asProse);
  const labels = asList(field(fields, 'labels', []), asProse);
  if (text === undefined || args === undefined || labels === undefined) return undefined;
  return { text, args, labels };
}

/** Says an atom's text in its reader's language, with the same marks; undefined: the text stays as it came. */
export type TranslateAtom = (atom: OutputAtom) => string | undefined;

/** The text a person reads, its marks filled from the arguments (SPEC 3.6.2), in the reader's language if told how. */
export function formatOutput(atoms: readonly OutputAtom[], translate?: TranslateAtom): string {
  let formatted = '';
  for (const atom of atoms) {
    let next = 0;
    const text = translate?.(atom) ?? atom.text;
    formatted += text.replace(/%[s%]/g, (mark) => (mark === '%%' ? '%' : (atom.args[next++] ?? mark)));
  }
  return formatted;
}
