import { WiremuxError } from '@wiremux/framing';
import { printable } from './view/printable.js';

/** What the process tells the shell that started it. */
export const ExitStatus = {
  Ok: 0,
  /** The command, or the work asked for, failed. */
  Failed: 1,
  /** The command line was wrong, or named a file that cannot be read. */
  Usage: 2,
  /** No connection could be made, or it was lost. */
  Connection: 3,
  /** Ended by Ctrl-C. */
  Interrupted: 130,
  /** Ended by SIGTERM. */
  Terminated: 143,
} as const;
export type ExitStatus = (typeof ExitStatus)[keyof typeof ExitStatus];

/** Codes whose cause is the connection and not the command. */
const CONNECTION_CODES: readonly string[] = ['connect-failed', 'connection-lost', 'session-lost', 'not-authenticated'];

/** Codes of mistakes on the command line, in the environment, or in what they name. */
const USAGE_CODES: readonly string[] = [
  'usage',
  'bad-option',
  'unknown-option',
  'config-missing',
  'bad-config',
  'bad-commands',
];

/** The exit status for an error that ended a command. */
export function statusOf(error: unknown): ExitStatus {
  if (!(error instanceof WiremuxError)) return ExitStatus.Failed;
  if (USAGE_CODES.includes(error.code)) return ExitStatus.Usage;
  return CONNECTION_CODES.includes(error.code) ? ExitStatus.Connection : ExitStatus.Failed;
}

/** The line for stderr: a code for programs, a sentence for people. */
export function errorLine(error: unknown): string {
  const code = error instanceof WiremuxError ? error.code : 'internal';
  const message = error instanceof Error ? error.message : String(error);
  return printable(`wiremux: ${code}: ${message.replaceAll(/\s*\n\s*/g, ' ')}`);
}

/** A mistake on the command line: what is wrong and how to mend it, in a sentence. Ends with status 2. */
export function usageError(message: string): WiremuxError {
  return new WiremuxError('usage', message);
}

/** Input that is not what the command reads: its byte offset and what is wrong there. Ends with status 1. */
export function inputError(offset: number, message: string): WiremuxError {
  return new WiremuxError('bad-input', `Byte ${offset}: ${message}`, { data: { offset } });
}
