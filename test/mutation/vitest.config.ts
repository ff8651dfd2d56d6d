import { defineConfig } from 'vitest/config';

/** The tests that `run.mjs` names. Changed code counts what it does, and is slow: tests of sizes near limits are left out. */
export default defineConfig({
  test: {
    include: process.env['WIREMUX_MUTATION_TESTS']?.split(',') ?? [],
    exclude: ['**/*.size.test.ts'],
    testTimeout: 60_000,
  },
});
