import type { Gateway } from './gateway.js';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Closes the gateway on SIGTERM or SIGINT, and resolves when it has closed. A second signal does what signals do by
 * default: it ends the process at once.
 */
export async function closeOnSignals(
  gateway: Pick<Gateway, 'close'>,
  source: NodeJS.EventEmitter = process,
): Promise<void> {
  await new Promise<void>((resolve) => {
    const onSignal = () => {
      for (const signal of SIGNALS) source.off(signal, onSignal);
      resolve();
    };
    for (const signal of SIGNALS) source.on(signal, onSignal);
  });
  await gateway.close();
}
