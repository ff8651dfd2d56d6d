import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const IMPORT = 'lint/style/noRestrictedImports';
const GLOBAL = 'lint/style/noRestrictedGlobals';
const NODE = 'lint/correctness/noNodejsModules';
const CONSOLE = 'lint/suspicious/noConsole';

/** A file of one line and the ban that must stop it. */
type Banned = readonly [folder: string, line: string, rule: string];
/** A file of one line that every ban must let pass. */
type Legal = readonly [folder: string, line: string];

const framing = 'packages/framing/src';
const coreGlobals = [
  'setTimeout(() => undefined, 1);',
  'setInterval(() => undefined, 1);',
  'setImmediate(() => undefined);',
  'queueMicrotask(() => undefined);',
  'globalThis.setTimeout(() => undefined, 1);',
  'export const now = Date.now();',
  'export const now = performance.now();',
  "export const socket = new WebSocket('ws://localhost');",
  "console.log('a');",
  'export const name = process.title;',
  'export const bytes = Buffer.alloc(1);',
  "export const page = fetch('/');",
];

const banned: readonly Banned[] = [
  ...coreGlobals.map((line): Banned => [`${framing}/flow`, line, GLOBAL]),
  [framing, "import { readFileSync } from 'node:fs';", NODE],
  [framing, "import { readFileSync } from 'fs';", NODE],
  [framing, "import { Observable } from 'rxjs';", IMPORT],
  [framing, "import { connect } from '@wiremux/client';", IMPORT],
  [framing, "import { encode } from 'cbor-x';", IMPORT],
  [`${framing}/frame`, "import { Observable } from 'rxjs';", IMPORT],
  [`${framing}/frame`, "import { parse } from '../message/request.js';", IMPORT],
  [`${framing}/frame`, "export { parse } from '../reactor/peer.js';", IMPORT],
  [`${framing}/frame`, "import type { Peer } from '../reactor/peer.js';", IMPORT],
  [`${framing}/frame`, "export const late = import('../reactor/peer.js');", IMPORT],
  [`${framing}/frame`, "import { all } from '../index.js';", IMPORT],
  [`${framing}/cbor`, "import { parse } from '../message/request.js';", IMPORT],
  [`${framing}/cbor`, "import { encode } from 'cbor-x';", IMPORT],
  [`${framing}/message`, "import { dialect } from '../dialect/table.js';", IMPORT],
  [`${framing}/dialect`, "import { Peer } from '../reactor/peer.js';", IMPORT],
  [`${framing}/stream`, "import { credit } from '../flow/credit.js';", IMPORT],
  [`${framing}/codec`, "import { deflateSync } from 'node:zlib';", NODE],
  [`${framing}/codec`, "import { Deflate } from 'pako';", IMPORT],
  [`${framing}/codec`, "import { zlib } from './node/zlib.js';", IMPORT],
  [`${framing}/codec/browser`, "import { deflateSync } from 'node:zlib';", NODE],
  [`${framing}/codec/browser`, "import { zlib } from '../node/zlib.js';", IMPORT],
  [`${framing}/codec/node`, "import { readFileSync } from 'node:fs';", IMPORT],
  [`${framing}/codec/node`, "import { Deflate } from 'pako';", IMPORT],
  [`${framing}/codec/node`, "import { Peer } from '../../reactor/peer.js';", IMPORT],
  [`${framing}/reactor`, "import { zlib } from '../codec/node/zlib.js';", IMPORT],
  [`${framing}/flow`, "import { stream } from '../stream/ids.js';", IMPORT],
  [`${framing}/session`, "import { Peer } from '../reactor/peer.js';", IMPORT],
  [`${framing}/reactor`, "import { link } from '../testing/pair.js';", IMPORT],
  [`${framing}/reactor`, "import { follow } from '../inspect/connection-follower.js';", IMPORT],
  [`${framing}/inspect`, "import { Peer } from '../reactor/peer.js';", IMPORT],
  ['packages/server/src', "import { createServer } from 'node:http';", IMPORT],
  ['packages/server/src', "import { connect } from 'node:net';", IMPORT],
  ['packages/server/src', "import { WebSocketServer } from 'ws';", IMPORT],
  ['packages/server/src', "import { connect } from '@wiremux/client';", IMPORT],
  ['packages/server/src', "import { createGateway } from '@wiremux/gateway';", IMPORT],
  ['packages/server/src', "import { Reader } from '../../framing/src/frame/reader.js';", IMPORT],
  ['packages/server/src', "import { pair } from '@wiremux/framing/testing';", IMPORT],
  ['packages/server/src', "console.log('a');", CONSOLE],
  ['packages/client/src', "import { implement } from '@wiremux/server';", IMPORT],
  ['packages/client/src', "console.log('a');", CONSOLE],
  ['apps/gateway/src', "import { connect } from '@wiremux/client';", IMPORT],
  ['apps/gateway/src', "import { main } from '@wiremux/cli';", IMPORT],
  ['apps/gateway/src', "console.log('a');", CONSOLE],
  ['apps/cli/src', "import { implement } from '@wiremux/server';", IMPORT],
  ['apps/cli/src', "import { page } from '@wiremux/dashboard';", IMPORT],
  ['apps/dashboard/src', "import { createGateway } from '@wiremux/gateway';", IMPORT],
  ['apps/dashboard/src', "import { Reader } from '@wiremux/framing';", IMPORT],
  ['test/contract', "import { Reader } from '../../packages/framing/src/frame/reader.js';", IMPORT],
];

const legal: readonly Legal[] = [
  [framing, "export { Peer } from './reactor/peer.js';"],
  [`${framing}/frame`, "import { DEFAULT_LIMITS } from '../limits.js';"],
  [`${framing}/frame`, "import { readHeader } from './header.js';"],
  [`${framing}/cbor`, "import { DEFAULT_LIMITS } from '../limits.js';"],
  [`${framing}/message`, "import { decode } from '../cbor/decode.js';"],
  [`${framing}/dialect`, "import { parse } from '../message/request.js';"],
  [`${framing}/codec`, "import type { Decoder } from '../stream/codec.js';"],
  [`${framing}/codec/browser`, "import { Deflate } from 'pako';"],
  [`${framing}/codec/browser`, "import { malformed } from '../bounded-decoder.js';"],
  [`${framing}/codec/node`, "import { createDeflate } from 'node:zlib';"],
  [`${framing}/codec/node`, "import type { Encoder } from '../../stream/codec.js';"],
  [`${framing}/reactor`, "import { dialect } from '../dialect/table.js';"],
  [`${framing}/inspect`, "import { frame } from '../frame/text-form.js';"],
  [`${framing}/testing`, "import { Peer } from '../reactor/peer.js';"],
  ['packages/server/src', "import { Peer } from '@wiremux/framing';"],
  ['packages/server/src', "import { AsyncLocalStorage } from 'node:async_hooks';"],
  ['packages/client/src', "import { Peer } from '@wiremux/framing';"],
  ['packages/client/src', "import { Observable } from 'rxjs';"],
  ['apps/gateway/src', "import { implement } from '@wiremux/server';"],
  ['apps/gateway/src', "import { createServer } from 'node:http';"],
  ['apps/cli/src', "import { createGateway } from '@wiremux/gateway';"],
  ['apps/cli/src', "import { connect } from '@wiremux/client';"],
  ['apps/dashboard/src', "import { connect } from '@wiremux/client';"],
  ['test/contract', "import { connect } from '@wiremux/client';"],
];

interface Diagnostic {
  readonly category: string;
  readonly location: { readonly path: string };
}

/** What `biome --reporter=json` prints, as far as this test reads it. */
interface Report {
  readonly summary: { readonly unchanged: number };
  readonly diagnostics: readonly Diagnostic[];
}

const fileOf = (kind: string, row: number, folder: string): string => `${folder}/${kind}-${row}.ts`;

describe('who may import whom', () => {
  const tree = mkdtempSync(join(tmpdir(), 'wiremux-imports-'));
  let broken: ReadonlyMap<string, readonly string[]>;
  let checked: number;

  function write(path: string, line: string): void {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), `${line}\n`);
  }

  beforeAll(() => {
    copyFileSync(join(root, 'biome.json'), join(tree, 'biome.json'));
    for (const [row, [folder, line]] of banned.entries()) write(fileOf('banned', row, folder), line);
    for (const [row, [folder, line]] of legal.entries()) write(fileOf('legal', row, folder), line);
    const options = ['lint', '--vcs-enabled=false', '--max-diagnostics=none', '--reporter=json', '.'];
    const run = spawnSync(join(root, 'node_modules/.bin/biome'), options, { cwd: tree, encoding: 'utf8' });
    const { summary, diagnostics } = JSON.parse(run.stdout) as Report;
    checked = summary.unchanged;
    const rules = new Map<string, string[]>();
    for (const { category, location } of diagnostics) {
      if (![IMPORT, GLOBAL, NODE, CONSOLE].includes(category)) continue;
      rules.set(location.path, [...(rules.get(location.path) ?? []), category]);
    }
    broken = rules;
  });

  afterAll(() => rmSync(tree, { recursive: true }));

  it('reads every file', () => {
    expect(checked).toBe(banned.length + legal.length + 1);
  });

  it.each(banned.map(([folder, line, rule], row) => ({ folder, line, rule, row })))(
    'stops in $folder: $line',
    ({ folder, rule, row }) => {
      expect(broken.get(fileOf('banned', row, folder))).toContain(rule);
    },
  );

  it.each(legal.map(([folder, line], row) => ({ folder, line, row })))(
    'allows in $folder: $line',
    ({ folder, row }) => {
      expect(broken.get(fileOf('legal', row, folder))).toBeUndefined();
    },
  );
});
