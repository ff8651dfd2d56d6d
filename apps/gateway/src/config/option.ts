import { z } from 'zod';

/** How an option's value is written where everything is text: flags and the environment. */
export type OptionForm = 'number' | 'text' | 'list' | 'switch';

/** One setting as people meet it. Its flag, its variable and its key in a config file derive from its name. */
export interface Option<Value> {
  readonly form: OptionForm;
  readonly schema: z.ZodType<Value>;
  readonly default: Value;
  /** The default as it is written in a flag, where it is not simply that. */
  readonly defaultText?: string;
  /** What it does, one sentence. */
  readonly about: string;
  /** What it accepts, to complete "must be …". */
  readonly expects: string;
  /** Stands for the value in help: `PORT`. */
  readonly placeholder: string;
  readonly unit?: 'ms' | 'bytes' | 'per second';
  /** Its value may hold secrets: messages leave it out. */
  readonly secret?: true;
}

/** The bounds of a numeric option, both included, and its default. */
export interface Bounds {
  readonly from: number;
  readonly to: number;
  readonly default: number;
}

const grouped = new Intl.NumberFormat('en-US');

/** An option that is a whole number. */
export function whole(bounds: Bounds, about: string, unit?: 'ms' | 'bytes' | 'per second'): Option<number> {
  const { from, to } = bounds;
  return {
    form: 'number',
    schema: z.int().min(from).max(to),
    default: bounds.default,
    about,
    expects: `a whole number${unit ? ` (${unit})` : ''} from ${grouped.format(from)} to ${grouped.format(to)}`,
    placeholder: unit === 'ms' ? 'MS' : unit === 'bytes' ? 'BYTES' : 'N',
    ...(unit === undefined ? {} : { unit }),
  };
}

/** `allowOrigin` → `--allow-origin`. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** `allowOrigin` → `WIREMUX_ALLOW_ORIGIN`. */
export function variableOf(name: string): string {
  return `WIREMUX_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/**
 * The value a text stands for; text that has not the form is left for the schema to refuse. Lists are separated by
 * commas.
 */
export function parseText(form: OptionForm, text: string): unknown {
  switch (form) {
    case 'number':
      return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
    case 'list':
      return text
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== '');
    case 'switch':
      return /^(true|yes|on|1)$/i.test(text) ? true : /^(false|no|off|0)$/i.test(text) ? false : text;
    case 'text':
      return text;
  }
}
