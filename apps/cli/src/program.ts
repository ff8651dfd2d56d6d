import { Command } from 'commander';
import { addCall } from './commands/call.js';
import { addFrames } from './commands/frames.js';
import { addServe } from './commands/serve.js';
import { addWatch } from './commands/watch.js';
import type { ExitStatus } from './exit-status.js';
import type { Output } from './io/output.js';
import { VERSION } from './version.js';

const EXAMPLES = `
Examples:
  wiremux serve --port 8080
  wiremux call ws://127.0.0.1:8080/mux host.metrics --arg every=500
  wiremux call ws://127.0.0.1:8080/mux digest --data FILE
  wiremux call ws://127.0.0.1:8080/mux blob --arg bytes=1000000000 --arg whole=true --output FILE
  wiremux watch ws://127.0.0.1:8080/mux gateway.connections
  wiremux frames decode --hex FILE
  wiremux frames follow FILE

Exit status: 0 done, 1 the command failed, 2 wrong usage, 3 no connection or connection lost, 130 interrupted.`;

/** The command line: what `wiremux` understands. `finish` gets the exit status of a command that did not throw. */
export function createProgram(stdout: Output, stderr: Output, finish: (status: ExitStatus) => void): Command {
  const program = new Command('wiremux')
    .description('One connection, any number of commands at once, each answer a stream.')
    .version(VERSION, '-V, --version')
    .addHelpText('after', EXAMPLES)
    .helpCommand(false)
    .exitOverride()
    // Errors are told by the caller, in one form for all.
    .configureOutput({ outputError: () => undefined });
  addServe(program, stdout);
  addCall(program, stdout, stderr, finish);
  addWatch(program, stdout, stderr, finish);
  addFrames(program, stdout);
  return program;
}
