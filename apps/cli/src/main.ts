import { run } from './run.js';

// An open stdin would keep the process alive after its work is done.
process.exit(await run(process.argv.slice(2)));
