import { toJsonForm } from '@wiremux/client/json';

/** Control characters but tab and line feed: a terminal would obey them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Text from a peer, made harmless for a terminal: control characters become `\xNN`. */
export function printable(text: string): string {
  return text.replaceAll(CONTROL, (character) => `\\x${hexOf(character).padStart(2, '0')}`);
}

/** A value in JSON form on one line, free of all that a terminal would obey. */
export function jsonLine(value: unknown): string {
  return escapeJson(JSON.stringify(toJsonForm(value)));
}

/** The same value over several lines, where it does not fit `width` characters; two spaces a level. */
export function prettyJson(value: unknown, width: number): string {
  return escapeJson(prettify(toJsonForm(value), '', width));
}

function escapeJson(json: string): string {
  return json.replaceAll(CONTROL, (character) => `\\u${hexOf(character).padStart(4, '0')}`);
}

function hexOf(character: string): string {
  return character.charCodeAt(0).toString(16);
}

function prettify(form: unknown, indent: string, width: number): string {
  const flat = JSON.stringify(form);
  if (typeof form !== 'object' || form === null || indent.length + flat.length <= width) return flat;
  const inner = `${indent}  `;
  const [open, close, parts] = Array.isArray(form)
    ? ['[', ']', form.map((item) => prettify(item, inner, width))]
    : ['{', '}', Object.entries(form).map(([key, item]) => `${JSON.stringify(key)}: ${prettify(item, inner, width)}`)];
  return `${open}\n${parts.map((part) => inner + part).join(',\n')}\n${indent}${close}`;
}
