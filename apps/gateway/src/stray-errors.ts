import type { Logger } from '@wiremux/server';

/**
 * What commands throw where no caller can catch it (an abort listener, a timer, a promise nobody waits for) would end
 * the process, and everybody's connections with it. Logs such errors instead. For processes that only run a gateway:
 * what was under way where it was thrown stays undone.
 */
export function logStrayErrors(log: Pick<Logger, 'error'>, source: NodeJS.EventEmitter = process): void {
  const report = (thrown: unknown): void => {
    // Not the whole object: libraries hang requests and secrets on their errors.
    const err =
      thrown instanceof Error
        ? { type: thrown.name, message: thrown.message, stack: thrown.stack }
        : { type: typeof thrown, message: String(thrown) };
    log.error({ err }, 'A command threw outside of its call; the gateway goes on.');
  };
  source.on('uncaughtException', report);
  source.on('unhandledRejection', report);
}
