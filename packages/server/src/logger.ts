import type { Logger, LogMethod } from '@wiremux/framing';

export type { Logger, LogMethod };

const drop: LogMethod = () => undefined;

/** Logs nothing. */
export const SILENT: Logger = { debug: drop, info: drop, warn: drop, error: drop };

/** A logger that adds these fields to every line. */
export function withFields(log: Logger, added: Readonly<Record<string, unknown>>): Logger {
  return new FieldsLogger(log, added);
}

class FieldsLogger implements Logger {
  readonly #log: Logger;
  readonly #added: Readonly<Record<string, unknown>>;

  constructor(log: Logger, added: Readonly<Record<string, unknown>>) {
    this.#log = log;
    this.#added = added;
  }

  debug(fields: object, message: string): void {
    this.#log.debug({ ...this.#added, ...fields }, message);
  }

  info(fields: object, message: string): void {
    this.#log.info({ ...this.#added, ...fields }, message);
  }

  warn(fields: object, message: string): void {
    this.#log.warn({ ...this.#added, ...fields }, message);
  }

  error(fields: object, message: string): void {
    this.#log.error({ ...this.#added, ...fields }, message);
  }
}
