import type { Command } from 'commander';
import type { ExitStatus } from '../exit-status.js';
import type { Output } from '../io/output.js';
import { addRequestOptions, type RequestOptions } from '../request/options.js';
import { runRequest } from '../request/run-request.js';
import { LinesView } from '../view/lines-view.js';

/** Adds `wiremux call`: runs one command and prints each of its values as a line of JSON. */
export function addCall(program: Command, stdout: Output, stderr: Output, finish: (status: ExitStatus) => void): void {
  const call = program.command('call').description('Run a command and print each of its values as a line of JSON');
  addRequestOptions(call)
    .option('--output <file>', 'write the byte strings of the answer there as they are, of any length; - for stdout')
    .option(
      '--redirect-target <name>',
      'where the answer may be had instead, repeatable; prints the location, unless it is followed',
      (name: string, names: readonly string[] | undefined) => [...(names ?? []), name],
    )
    .option('--follow-redirects', 'fetch an answer that is elsewhere; without --redirect-target: wherever that is')
    .action(async (url: string, name: string, options: RequestOptions) => {
      finish(await runRequest({ url, name, options }, new LinesView(stdout, stderr, options.quiet), stdout));
    });
}
