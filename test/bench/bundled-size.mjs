import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** Bytes of a module of this code as a page loads it at first: bundled without rxjs, minified and compressed with gzip. */
export async function bundledSize(code) {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    splitting: true,
    outdir: 'out',
    write: false,
    external: ['rxjs'],
    logLevel: 'error',
  });
  const entry = outputFiles.find(({ path }) => path.endsWith('stdin.js'));
  const loaded = [entry, ...outputFiles.filter(({ path }) => isStatic(entry.text, path))];
  return loaded.reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0);
}

/** A chunk that the entry imports at once, not on demand. */
function isStatic(entry, path) {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return new RegExp(`(?:from|import)"\\./${name}"`).test(entry);
}
