import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const NAMES = new URL('exported-names.json', import.meta.url);
const pinned = JSON.parse(readFileSync(NAMES, 'utf8')) as Readonly<Record<string, readonly string[]>>;

const entries: Readonly<Record<string, () => Promise<object>>> = {
  '@wiremux/framing': () => import('@wiremux/framing'),
  '@wiremux/framing/byte-strings': () => import('@wiremux/framing/byte-strings'),
  '@wiremux/framing/redirects': () => import('@wiremux/framing/redirects'),
  '@wiremux/framing/testing': () => import('@wiremux/framing/testing'),
  '@wiremux/framing/tokens': () => import('@wiremux/framing/tokens'),
  '@wiremux/framing/zlib': () => import('@wiremux/framing/zlib'),
  '@wiremux/framing/zstd': () => import('@wiremux/framing/zstd'),
  '@wiremux/server': () => import('@wiremux/server'),
  '@wiremux/client': () => import('@wiremux/client'),
  '@wiremux/client/dialects': () => import('@wiremux/client/dialects'),
  '@wiremux/client/json': () => import('@wiremux/client/json'),
  '@wiremux/client/shared-worker': () => import('@wiremux/client/shared-worker'),
  '@wiremux/client/worker': () => import('@wiremux/client/worker'),
  '@wiremux/gateway': () => import('@wiremux/gateway'),
  '@wiremux/cli': () => import('@wiremux/cli'),
};

describe('exported names', () => {
  it('are pinned for every entry', () => {
    expect(Object.keys(pinned)).toEqual(Object.keys(entries));
  });

  it.each(Object.entries(entries))('%s exports what exported-names.json lists', async (entry, load) => {
    expect(Object.keys(await load()).sort()).toEqual(pinned[entry]);
  });
});
