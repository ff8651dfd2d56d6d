import type { Command } from 'commander';
import type { ExitStatus } from '../exit-status.js';
import type { Output } from '../io/output.js';
import { addRequestOptions, type RequestOptions } from '../request/options.js';
import { runRequest } from '../request/run-request.js';
import { LinesView } from '../view/lines-view.js';
import { NewestView } from '../view/newest-view.js';

/** Adds `wiremux watch`: runs one command and shows its newest value in place; without a terminal, each as a line. */
export function addWatch(program: Command, stdout: Output, stderr: Output, finish: (status: ExitStatus) => void): void {
  const watch = program.command('watch').description('Run a command and show its newest value in place');
  addRequestOptions(watch).action(async (url: string, name: string, options: RequestOptions) => {
    const { terminal } = stdout;
    const { quiet } = options;
    const view =
      terminal === undefined ? new LinesView(stdout, stderr, quiet) : new NewestView(name, terminal, stderr, quiet);
    finish(await runRequest({ url, name, options: { ...options, slow: 'latest' } }, view, stdout));
  });
}
