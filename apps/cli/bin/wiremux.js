#!/usr/bin/env node
import { existsSync } from 'node:fs';

const main = new URL('../dist/main.js', import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  console.error('wiremux: not-built: This clone has not been built yet; run `npm run setup`, then `npm run build`.');
  process.exitCode = 1;
}
