import { ERROR_CODES, WiremuxError } from '@wiremux/client';

/** An error as the page shows it. */
export interface Problem {
  readonly code: string;
  /** What happened. */
  readonly message: string;
  /** What to do; empty for a code that is the application's own. */
  readonly remedy: string;
}

/** What to show of whatever was thrown. */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof WiremuxError))
    return describe('internal', error instanceof Error ? error.message : String(error));
  return describe(error.code, error.message);
}

function describe(code: string, message: string): Problem {
  return { code, message, remedy: isKnown(code) ? ERROR_CODES[code].remedy : '' };
}

function isKnown(code: string): code is keyof typeof ERROR_CODES {
  return Object.hasOwn(ERROR_CODES, code);
}
