import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const SPEC = 'packages/framing/SPEC.md';
/** A rule's list item or table row, which begins with its id. */
const RULE = /^(?:- \*\*|\| \*\*)(\d+(?:\.\d+)+)/gm;
const SECTION = /^#+ (\d+(?:\.\d+)*)/gm;
/** What is shown in the text of the wire and of literals. */
const CODE = /```[\s\S]*?```|`[^`\n]*`/g;
/** An id in the text, as in `see 8.5` and `(1.1, 1.6)`. */
const CROSS_REFERENCE = /(?<![\d.])\d{1,2}(?:\.\d{1,2}){1,2}(?!\.?\d)/g;
/** In sources, a comment's or a fault's: an id or several, as in `8.5`, `1.1, 1.6`, `3.4 and 8.2`. */
const REFERENCE = /(?:\bSPEC |\bfault\(')(\d+(?:\.\d+)*(?:(?:, | and )\d+(?:\.\d+)+)*)/g;
/** The same at the start of a title of `describe` or `it`. */
const TITLE = /(?<=['"`])SPEC (\d+(?:\.\d+)*(?:(?:, | and )\d+(?:\.\d+)+)*)/g;

interface Reference {
  readonly id: string;
  readonly file: string;
}

const text = readFileSync(root + SPEC, 'utf8');
const rules = [...text.matchAll(RULE)].map((match) => match[1]!);
const sections = [...text.matchAll(SECTION)].map((match) => match[1]!);
const known: ReadonlySet<string> = new Set([...rules, ...sections]);

/** The TypeScript files of every package's and app's `folder`. */
function filesOf(folder: 'src' | 'test'): string[] {
  const homes = ['packages', 'apps'].flatMap((home) => readdirSync(root + home).map((name) => `${home}/${name}/`));
  return homes.map((home) => home + folder).flatMap(filesIn);
}

function filesIn(folder: string): string[] {
  if (!existsSync(root + folder)) return [];
  const names = readdirSync(root + folder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => /\.tsx?$/.test(name)).map((name) => `${folder}/${name}`);
}

function find(pattern: RegExp, files: readonly string[]): Reference[] {
  return files.flatMap((file) => {
    const matches = [...readFileSync(root + file, 'utf8').matchAll(pattern)];
    return matches.flatMap((match) => match[1]!.split(/, | and /).map((id) => ({ id, file })));
  });
}

describe('SPEC.md and those who name its rules', () => {
  const tests = find(TITLE, [...filesOf('test'), ...filesIn('test')]);
  const sources = find(REFERENCE, filesOf('src'));

  it('gives every rule and section an id of its own', () => {
    const ids = [...sections, ...rules];
    expect(rules.length).toBeGreaterThan(0);
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
  });

  it('refers only to rules and sections that it has', () => {
    const named = text.replaceAll(CODE, '').match(CROSS_REFERENCE) ?? [];
    expect(named.length).toBeGreaterThan(rules.length);
    expect(named.filter((id) => !known.has(id))).toEqual([]);
  });

  it.each([
    ['rules', /^(?:- \*\*)(\d+(?:\.\d+)+)/gm],
    ['limits', /^(?:\| \*\*)(\d+(?:\.\d+)+)/gm],
    ['sections', SECTION],
  ])('has its %s in order', (_, pattern) => {
    const ids = [...text.matchAll(pattern)].map((match) => match[1]!);
    const sorted = [...ids].sort((one, other) => one.localeCompare(other, 'en', { numeric: true }));
    expect(ids).toEqual(sorted);
  });

  it.each([
    ['tests', tests],
    ['sources', sources],
  ])('has every rule or section that %s name', (_, references) => {
    expect(references).not.toEqual([]);
    expect(references.filter(({ id }) => !known.has(id))).toEqual([]);
  });

  it('has a test for every rule, which names it', () => {
    const named = new Set(tests.map(({ id }) => id));
    expect(rules.filter((rule) => !named.has(rule))).toEqual([]);
  });
});
