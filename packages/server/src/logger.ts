/** Writes one line: fields for programs, then a message for people. */
export type LogMethod = (fields: Readonly<Record<string, unknown>>, message: string) => void;

/** What this package logs to; a pino logger is one. It must not throw. */
export interface Logger {
  debug: LogMethod;
  info: LogMethod;
  warn: LogMethod;
  error: LogMethod;
}

const drop: LogMethod = () => undefined;

/** Logs nothing. */
export const SILENT: Logger = { debug: drop, info: drop, warn: drop, error: drop };
