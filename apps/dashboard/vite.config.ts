import { defineConfig } from 'vite';

/** The page runs under `default-src 'self'`: nothing may be inlined into it, neither code nor assets. */
export default defineConfig({
  build: {
    target: 'es2023',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
});
