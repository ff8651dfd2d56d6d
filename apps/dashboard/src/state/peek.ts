/** Where a field is inside an answer. */
export type Path = readonly (string | number)[];

/** What is at `path` inside `value`, undefined where there is no such place. The page trusts no answer to have its shape. */
export function peek(value: unknown, path: Path): unknown {
  let inner = value;
  for (const key of path) {
    if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, key)) return undefined;
    inner = (inner as Record<string | number, unknown>)[key];
  }
  return inner;
}

/** The finite number at `path`, else null. */
export function peekNumber(value: unknown, path: Path): number | null {
  const found = peek(value, path);
  if (typeof found === 'bigint') return Number(found);
  return typeof found === 'number' && Number.isFinite(found) ? found : null;
}

/** The text at `path`; numbers and booleans as text; else the empty string. */
export function peekText(value: unknown, path: Path): string {
  const found = peek(value, path);
  return typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean' ? String(found) : '';
}

/** The array at `path`, else an empty one. */
export function peekItems(value: unknown, path: Path): readonly unknown[] {
  const found = peek(value, path);
  return Array.isArray(found) ? found : [];
}

/** The moment at `path`, ms since the epoch, from such a number or an ISO 8601 text; else null. */
export function peekTime(value: unknown, path: Path): number | null {
  const found = peek(value, path);
  if (typeof found !== 'string') return peekNumber(value, path);
  const time = Date.parse(found);
  return Number.isNaN(time) ? null : time;
}
