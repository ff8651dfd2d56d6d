import { peek, peekItems, peekText } from './peek.js';

/** What the gateway says it can do. */
export interface Capabilities {
  readonly name: string;
  readonly version: string;
  /** Names of the targets that commands may send their callers to. */
  readonly redirects: readonly string[];
  readonly commands: readonly CommandInfo[];
}

export interface CommandInfo {
  readonly name: string;
  /** What it does, in a sentence. */
  readonly about: string;
  /** JSON Schema of its arguments. */
  readonly args: unknown;
  readonly takesData: boolean;
  /** Channel its answers go on. */
  readonly channel: string;
}

/** Reads the value of `capabilities`; what has no name is left out. */
export function readCapabilities(value: unknown): Capabilities {
  return {
    name: peekText(value, ['name']),
    version: peekText(value, ['version']),
    redirects: peekItems(value, ['redirects'])
      .map((item) => peekText(item, ['name']))
      .filter((name) => name !== ''),
    commands: peekItems(value, ['commands'])
      .map((item) => ({
        name: peekText(item, ['name']),
        about: peekText(item, ['about']),
        args: peek(item, ['args']),
        takesData: peek(item, ['takesData']) === true,
        channel: peekText(item, ['channel']),
      }))
      .filter(({ name }) => name !== ''),
  };
}
