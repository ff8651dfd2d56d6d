import { WiremuxError } from '@wiremux/framing';

/** Why a gateway did not start: codes of the errors its operator can meet, beside those of the protocol. */
export const SETUP_ERRORS = {
  'bad-option': {
    means: 'An option has a value it cannot have.',
    remedy: 'The message names the option, where it came from and what it accepts.',
  },
  'unknown-option': {
    means: 'The config file has a key that is no option.',
    remedy: 'Check its spelling; `wiremux serve --help` lists every option.',
  },
  'config-missing': {
    means: 'The config file that was asked for is not there.',
    remedy: 'Check the path given with `--config`; it is relative to the working directory.',
  },
  'bad-config': {
    means: 'The config file could not be read: a syntax error, an exception, or no options in it.',
    remedy: 'The message has the place; the file exports one object of options as its default.',
  },
  'bad-commands': {
    means: 'A module of commands is missing, broken or without commands, or two sets have a command of the same name.',
    remedy:
      "The message says which. Export what `implement()` of `@wiremux/server` returns, under any name or as the module's default.",
  },
  'port-taken': {
    means: 'Another process listens on that port.',
    remedy: 'Stop it, or choose another port with `--port`; 0 picks a free one.',
  },
  'listen-failed': {
    means: 'The address could not be listened on.',
    remedy: 'Check `--host` and `--port`; ports under 1024 may need a privilege.',
  },
} as const;

/** A code of {@link SETUP_ERRORS}. */
export type SetupErrorCode = keyof typeof SETUP_ERRORS;

/** An error of starting up: its message is one sentence that says what is wrong and how to mend it. */
export function setupError(code: SetupErrorCode, message: string, cause?: unknown): WiremuxError {
  return new WiremuxError(code, message, { cause });
}

/** Whether `error` is one a program prints as its sentence alone, without a stack. */
export function isSetupError(error: unknown): error is WiremuxError {
  return error instanceof WiremuxError && Object.hasOwn(SETUP_ERRORS, error.code);
}
