import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** What a page loads of each client; rxjs and cbor-x, which pages often have anyway, are left out of ours. */
const BUNDLES = [
  { peer: 'wiremux', code: "export { connect } from '@wiremux/client'", external: ['rxjs', '#cbor-x'] },
  { peer: 'graphql-ws', code: "export { createClient } from 'graphql-ws'", external: [] },
  { peer: 'tRPC', code: "export { createTRPCClient, createWSClient, wsLink } from '@trpc/client'", external: [] },
  { peer: 'Socket.IO', code: "export { io } from 'socket.io-client'", external: [] },
  { peer: "Cap'n Web", code: "export { newWebSocketRpcSession } from 'capnweb'", external: [] },
] as const;

/** Bytes of each client as a page loads it at first: bundled, minified and compressed with gzip. */
export async function bundleSizes(): Promise<Readonly<Record<string, number>>> {
  const sizes: Record<string, number> = {};
  for (const { peer, code, external } of BUNDLES) {
    const { outputFiles } = await build({
      stdin: { contents: code, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
      bundle: true,
      minify: true,
      format: 'esm',
      platform: 'browser',
      splitting: true,
      outdir: 'out',
      write: false,
      external: [...external],
      logLevel: 'error',
    });
    const entry = outputFiles.find(({ path }) => path.endsWith('stdin.js'));
    const loaded = entry === undefined ? [] : [entry, ...outputFiles.filter((file) => isStatic(entry.text, file.path))];
    sizes[peer] = loaded.reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0);
  }
  return sizes;
}

/** A chunk that the entry imports at once, not on demand. */
function isStatic(entry: string, path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return new RegExp(`(?:from|import)"\\./${name}"`).test(entry);
}
