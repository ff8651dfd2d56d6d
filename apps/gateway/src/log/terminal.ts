import type { DestinationStream } from 'pino';

const LEVEL_NAMES: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};

/** Turns pino's JSON lines into lines for people: time, level, message, fields, and the stack of an error below. */
export function terminalStream(out: { write(text: string): unknown }): DestinationStream {
  return {
    write: (line) => {
      out.write(formatLine(JSON.parse(line) as Readonly<Record<string, unknown>>));
    },
  };
}

/** One entry of the log for a terminal, with its line breaks. */
export function formatLine(entry: Readonly<Record<string, unknown>>): string {
  const { level, time, msg, err, ...fields } = entry;
  const clock = String(time).slice(11, 19);
  const name = (LEVEL_NAMES[Number(level)] ?? String(level)).padEnd(5);
  const told = Object.entries(fields).map(([key, value]) => ` ${key}=${show(value)}`);
  return `${clock} ${name} ${typeof msg === 'string' ? msg : ''}${told.join('')}\n${showError(err)}`;
}

function show(value: unknown): string {
  return typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
}

function showError(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const { stack, message } = error as { readonly stack?: unknown; readonly message?: unknown };
  const text = typeof stack === 'string' ? stack : String(message);
  return `${text.replace(/^/gm, '    ')}\n`;
}
