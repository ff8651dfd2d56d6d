import type { Logger, LogMethod } from '@wiremux/framing';

export type { Logger, LogMethod };

const drop: LogMethod = () => undefined;

/** Logs nothing. */
export const SILENT: Logger = { debug: drop, info: drop, warn: drop, error: drop };

/** A logger that adds these fields to every line. */
export function withFields(log: Logger, added: Readonly<Record<string, unknown>>): Logger {
  return {
    debug: (fields, message) => log.debug({ ...added, ...fields }, message),
    info: (fields, message) => log.info({ ...added, ...fields }, message),
    warn: (fields, message) => log.warn({ ...added, ...fields }, message),
    error: (fields, message) => log.error({ ...added, ...fields }, message),
  };
}
