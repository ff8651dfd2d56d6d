/**
 * Dialects without text strings send text as byte strings, and only a contract knows which of them are text (SPEC 3.1.3).
 * These functions turn byte strings that are UTF-8 into strings, in copies: what came is left as it is.
 */

/** Where a value stands, from its outermost container inwards. */
export type Path = readonly PropertyKey[];

/** A copy of a value, and how many of its byte strings are strings now. */
export interface Retexted {
  readonly value: unknown;
  readonly converted: number;
}

/** Turns the byte strings that stand at these paths into strings. */
export function textAt(root: unknown, paths: readonly Path[]): Retexted {
  return retext(root, paths, (value, asText) => asText(value));
}

/** Turns every byte string at and below these paths into a string, keys of maps included. */
export function textBelow(root: unknown, paths: readonly Path[]): Retexted {
  return retext(root, paths, (value, asText) => mapLeaves(value, asText));
}

type Replace = (value: unknown) => unknown;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function retext(
  root: unknown,
  paths: readonly Path[],
  convert: (value: unknown, asText: Replace) => unknown,
): Retexted {
  let converted = 0;
  const asText: Replace = (value) => {
    if (!(value instanceof Uint8Array)) return value;
    try {
      const text = utf8.decode(value);
      converted += 1;
      return text;
    } catch {
      return value;
    }
  };
  const value = replaceAt(root, treeOf(paths), (found) => convert(found, asText));
  return { value, converted };
}

/** The paths as a tree: a peer can make a hundred thousand of them fail, and each container is copied once only. */
interface PathTree {
  ends: boolean;
  readonly below: Map<PropertyKey, PathTree>;
}

function treeOf(paths: readonly Path[]): PathTree {
  const root: PathTree = { ends: false, below: new Map() };
  for (const path of paths) {
    let node = root;
    for (const key of path) {
      const next = node.below.get(key) ?? { ends: false, below: new Map() };
      node.below.set(key, next);
      node = next;
    }
    node.ends = true;
  }
  return root;
}

/** A copy of `value` with what stands where a path ends replaced. Places that do not exist are passed over. */
function replaceAt(value: unknown, tree: PathTree, replace: Replace): unknown {
  const inner = tree.below.size > 0 ? replaceBelow(value, tree.below, replace) : value;
  return tree.ends ? replace(inner) : inner;
}

function replaceBelow(value: unknown, below: PathTree['below'], replace: Replace): unknown {
  if (Array.isArray(value)) {
    const copy: unknown[] = value.slice();
    for (const [key, tree] of below) {
      const index = typeof key === 'symbol' ? Number.NaN : Number(key);
      if (index in copy) copy[index] = replaceAt(copy[index], tree, replace);
    }
    return copy;
  }
  if (value instanceof Map) {
    const copy = new Map<unknown, unknown>(value);
    for (const [key, tree] of below) if (copy.has(key)) copy.set(key, replaceAt(copy.get(key), tree, replace));
    return copy;
  }
  if (!isPlain(value)) return value;
  const copy = { ...value };
  // Own properties only, so that no key, `__proto__` included, reaches a setter.
  for (const [key, tree] of below) if (Object.hasOwn(copy, key)) copy[key] = replaceAt(copy[key], tree, replace);
  return copy;
}

/** A copy of `value` with every value that holds no others replaced. The decoder has bounded its depth. */
function mapLeaves(value: unknown, replace: Replace): unknown {
  const inner: Replace = (item) => mapLeaves(item, replace);
  if (Array.isArray(value)) return value.map(inner);
  if (value instanceof Set) return new Set(Array.from(value, inner));
  if (value instanceof Map) return new Map(Array.from(value, ([key, item]) => [inner(key), inner(item)]));
  if (isPlain(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, inner(item)]));
  return replace(value);
}

function isPlain(value: unknown): value is Record<PropertyKey, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
