import { ExitStatus } from '../exit-status.js';
import { Interrupt } from './interrupt.js';
import type { Output } from './output.js';

/**
 * Does work that Ctrl-C, SIGTERM and a reader that goes away end. `work` gets the signal that says so, after which its
 * rejection is no failure and stdout is written no more. Resolves with the exit status.
 */
export async function untilInterrupted(
  stdout: Output,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<ExitStatus> {
  const interrupt = new Interrupt(() => stdout.abandon());
  try {
    await work(stdout.gone);
  } catch (error) {
    if (!stdout.gone.aborted) throw error;
  } finally {
    interrupt.dispose();
  }
  return interrupt.status ?? ExitStatus.Ok;
}
