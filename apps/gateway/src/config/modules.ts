import * as framing from '@wiremux/framing';
import * as server from '@wiremux/server';
import { createJiti } from 'jiti';
import * as rxjs from 'rxjs';
import * as zod from 'zod';
import { defineConfig } from './settings.js';

/**
 * What the operator's modules may import from anywhere, without installing it. It also keeps these modules single: with
 * a second copy, an error thrown by a handler would not be the class that the server knows.
 */
const PROVIDED = {
  '@wiremux/framing': framing,
  '@wiremux/gateway': { defineConfig },
  '@wiremux/server': server,
  rxjs,
  zod,
};

/**
 * Runs a TypeScript or JavaScript module of the operator's and returns its exports.
 * @throws whatever the module throws, and `jiti`'s errors for files that cannot be read or parsed
 */
export async function importModule(file: string): Promise<Readonly<Record<string, unknown>>> {
  // Without its cache on disk: a config file may hold secrets.
  const jiti = createJiti(import.meta.url, {
    virtualModules: PROVIDED,
    interopDefault: false,
    moduleCache: false,
    fsCache: false,
  });
  return await jiti.import<Record<string, unknown>>(file);
}

/** What an exception says, on one line, without its last full stop, stack, or the paths that `require` adds below it. */
export function firstLine(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  const [first = '', ...rest] = text.split('\n').map((line) => line.trim());
  const sentence = first.replace(/\.$/, '');
  const place = rest.find((line) => /:\d+:\d+$/.test(line));
  return place === undefined ? sentence : `${sentence} at ${place}`;
}
