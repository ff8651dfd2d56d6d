import { type Command, Option } from 'commander';
import type { ExitStatus } from '../exit-status.js';
import type { Output } from '../io/output.js';
import { parseWhole } from '../parse/whole.js';
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
    .addOption(
      new Option(
        '--slow <mode>',
        'when values come faster than they are read: block has the command wait, latest and drop leave the oldest out, fail ends it',
      ).choices(['block', 'latest', 'drop', 'fail']),
    )
    .addOption(
      new Option('--keep <count>', 'values that may wait at each end; default 1,024, with latest 1').argParser((text) =>
        parseWhole(text, 65_536, 1),
      ),
    )
    .action(async (url: string, name: string, options: RequestOptions) => {
      finish(await runRequest({ url, name, options }, new LinesView(stdout, stderr, options.quiet), stdout));
    });
}
