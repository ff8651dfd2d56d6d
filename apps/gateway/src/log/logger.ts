import { type Logger, pino, stdSerializers, stdTimeFunctions } from 'pino';
import type { LogLevel } from '../config/settings.js';
import { terminalStream } from './terminal.js';

/** Fields that never leave the process, wherever somebody logs an object that has them. */
const SECRET = ['token', 'secret', 'authorization', 'cookie'];

/** Where the log goes: standard error, or what stands for it. */
export interface LogOutput {
  write(text: string): unknown;
  /** Lines for people instead of JSON. */
  readonly isTTY?: boolean;
}

/** The gateway's log: JSON lines, or lines for people on a terminal. */
export function createLogger(level: LogLevel, output: LogOutput = process.stderr): Logger {
  const options = {
    level,
    base: null,
    // The server describes errors itself, with no more than may be logged: pino's own reading would rename their type.
    serializers: { err: (error: unknown) => (error instanceof Error ? stdSerializers.err(error) : error) },
    timestamp: stdTimeFunctions.isoTime,
    redact: { paths: SECRET.flatMap((name) => [name, `*.${name}`]), censor: '(not shown)' },
  };
  return pino(options, output.isTTY ? terminalStream(output) : { write: (line) => void output.write(line) });
}
