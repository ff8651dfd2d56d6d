import type { Gateway } from './gateway.js';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/** npm passes on the Ctrl-C that the terminal has sent already: what comes this soon after is the same one again. Ms. */
const REPEAT_WINDOW = 1_000;

/**
 * Closes the gateway on SIGTERM or SIGINT, and resolves when it has closed. Another signal, a second later or more, does
 * what signals do by default: it ends the process at once.
 */
export async function closeOnSignals(
  gateway: Pick<Gateway, 'close'>,
  source: NodeJS.EventEmitter = process,
): Promise<void> {
  await new Promise<void>((resolve) => {
    const ignore = () => {};
    const onSignal = () => {
      for (const signal of SIGNALS) source.off(signal, onSignal).on(signal, ignore);
      setTimeout(() => {
        for (const signal of SIGNALS) source.off(signal, ignore);
      }, REPEAT_WINDOW).unref();
      resolve();
    };
    for (const signal of SIGNALS) source.on(signal, onSignal);
  });
  await gateway.close();
}
