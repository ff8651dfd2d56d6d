import { CommanderError } from 'commander';
import { ExitStatus, errorLine, statusOf, usageError } from './exit-status.js';
import { Output } from './io/output.js';
import { createProgram } from './program.js';

/**
 * Runs the `wiremux` command with these arguments on the streams of this process, and resolves with its exit status once
 * all it wrote has left the process. Never rejects: an error becomes one line on stderr.
 */
export async function run(args: readonly string[]): Promise<ExitStatus> {
  const stdout = new Output(process.stdout);
  const stderr = new Output(process.stderr);
  let status: ExitStatus = ExitStatus.Ok;
  const program = createProgram(stdout, stderr, (ended) => {
    status = ended;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) {
      status = statusOf(error);
      await stderr.line(errorLine(error));
    } else if (error.exitCode !== 0) {
      status = ExitStatus.Usage;
      const command = program.commands.find((known) => known.name() === args[0]);
      if (!isHelp(error)) await stderr.line(errorLine(usageError(sentenceOf(error, command?.name()))));
    }
  }
  await Promise.all([stdout.flush(), stderr.flush()]);
  if (stdout.failure === undefined) return status;
  await stderr.line(errorLine(stdout.failure));
  return ExitStatus.Failed;
}

/** Whether the error stands for a help text already printed, because a command was missing. */
function isHelp(error: CommanderError): boolean {
  return error.code === 'commander.help';
}

function sentenceOf(error: CommanderError, command: string | undefined): string {
  const help = command === undefined ? 'wiremux --help' : `wiremux ${command} --help`;
  return `${error.message.replace(/^error: /, '')}; \`${help}\` lists what there is.`;
}
