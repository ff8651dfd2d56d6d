import * as zlib from 'node:zlib';
import { defineConfig } from 'vitest/config';
import { SkippedReporter } from './test/support/skipped-reporter.js';

/** Where the run leaves its counts for programs: outside the tracked tree, and gone with `node_modules`. */
const summary = 'node_modules/.cache/wiremux/vitest.json';

/** Node has zstd from 22.15 on; before, what uses it can be loaded and nothing more. */
const needsZstd = 'createZstdCompress' in zlib ? [] : ['packages/framing/src/codec/node/zstd.ts'];

export default defineConfig({
  test: {
    include: ['packages/*/test/**/*.test.ts', 'apps/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    reporters: ['default', ['json', { outputFile: summary }], new SkippedReporter()],
    allowOnly: false,
    retry: 0,
    testTimeout: 20_000,
    hookTimeout: 90_000,
    teardownTimeout: 20_000,
    coverage: {
      include: ['packages/framing/src/**/*.ts'],
      exclude: needsZstd,
      reporter: [['text', { skipFull: true }], 'text-summary'],
      thresholds: { lines: 100, functions: 100, branches: 97 },
    },
  },
});
