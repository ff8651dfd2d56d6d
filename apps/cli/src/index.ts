export { ExitStatus } from './exit-status.js';
export { run } from './run.js';
