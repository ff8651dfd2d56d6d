import { defineConfig } from 'vitest/config';
import { SkippedReporter } from './test/support/skipped-reporter.js';

/** Where the run leaves its counts for programs: outside the tracked tree, and gone with `node_modules`. */
const summary = 'node_modules/.cache/wiremux/vitest.json';

export default defineConfig({
  test: {
    include: ['packages/*/test/**/*.test.ts', 'apps/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    reporters: ['default', ['json', { outputFile: summary }], new SkippedReporter()],
    allowOnly: false,
    retry: 0,
    testTimeout: 20_000,
    hookTimeout: 90_000,
    teardownTimeout: 20_000,
  },
});
