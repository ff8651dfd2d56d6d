import type { RequestAnswerer, ServableCommands, ServingHost } from '@wiremux/framing';
import type { Command, Commands } from './contract.js';
import type { CommandContext, Handlers } from './handler.js';
import { answerRequests } from './serve.js';

/** A handler whose contract is known at run time only: its arguments have passed the contract's schema. */
export type ErasedHandler = (args: unknown, context: CommandContext) => unknown;

/** A command together with what runs it. */
export interface ImplementedCommand {
  readonly name: string;
  readonly contract: Command;
  readonly handler: ErasedHandler;
}

/** Commands that connections can serve, by name, in the order they were given. */
export type CommandSet = ReadonlyMap<string, ImplementedCommand>;

/** Commands that a client can serve to its gateway, too. */
export interface ServableSet extends CommandSet {
  /** See `ServableCommands` of `@wiremux/framing`, which this is. */
  serve(commands: CommandSet, host: ServingHost): RequestAnswerer;
}

class ImplementedCommands extends Map<string, ImplementedCommand> implements ServableSet, ServableCommands {
  serve(commands: CommandSet, host: ServingHost): RequestAnswerer {
    return answerRequests(commands, host);
  }
}

/**
 * Joins contracts with the handlers that run them: for `serveConnection` and gateways, and for the `handle` of a client.
 * @throws {TypeError} if a command has no handler, or a handler no command
 */
export function implement<C extends Commands>(commands: C, handlers: Handlers<C>): ServableSet {
  const given = new Map(Object.entries<unknown>(handlers));
  const set = new ImplementedCommands();
  for (const [name, contract] of Object.entries(commands)) {
    const handler = given.get(name);
    if (typeof handler !== 'function') throw new TypeError(`The command \`${name}\` has no handler.`);
    given.delete(name);
    set.set(name, { name, contract, handler: handler as ErasedHandler });
  }
  const [stray] = given.keys();
  if (stray !== undefined) throw new TypeError(`The handler \`${stray}\` has no command in the contract.`);
  return set;
}

/**
 * One set of all the commands given.
 * @throws {TypeError} if two sets have a command of the same name
 */
export function mergeCommands(...sets: readonly CommandSet[]): ServableSet {
  const merged = new ImplementedCommands();
  for (const set of sets) {
    for (const [name, command] of set) {
      if (merged.has(name)) throw new TypeError(`The command \`${name}\` is defined twice: rename one of the two.`);
      merged.set(name, command);
    }
  }
  return merged;
}
