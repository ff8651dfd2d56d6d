import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const listOf = (name: string): string[] => process.env[name]?.split(',').filter((each) => each !== '') ?? [];

/** The tests that `run.mjs` names. Changed code counts what it does, and is slow: tests of sizes near limits are left out. */
export default defineConfig({
  test: {
    include: listOf('WIREMUX_MUTATION_TESTS'),
    exclude: ['**/*.size.test.ts', ...listOf('WIREMUX_MUTATION_EXCEPT')],
    setupFiles: [fileURLToPath(new URL('setup.ts', import.meta.url))],
    testTimeout: 60_000,
  },
});
