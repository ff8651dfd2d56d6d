import type { DialectName, Limits } from '@wiremux/framing';
import type { CommandSet, Logger } from '@wiremux/server';

/** How much the log says: each level includes those after it; `silent` says nothing. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Every setting of a gateway, each with a value. The limits of the protocol core are settings like the others. */
export interface GatewaySettings extends Limits {
  /** TCP port, 0 to 65,535; 0 picks a free one. */
  readonly port: number;
  /** Address or name of the interface listened on. */
  readonly host: string;
  /** Origins whose pages may connect, beside the gateway's own: `https://app.example`, or `*` for all. */
  readonly allowOrigin: readonly string[];
  /** Host names the gateway is reached by, without scheme and port, beside loopback names and IP addresses. */
  readonly publicHost: readonly string[];
  /** Dialects spoken; the newest of those a client offers wins. */
  readonly dialects: readonly DialectName[];
  /** Connections open at once. Past it: 503. */
  readonly maxConnections: number;
  /** Whether the page is served at `/`. */
  readonly page: boolean;
  readonly logLevel: LogLevel;
  /** Time handlers have to stop when the gateway closes, ms. */
  readonly grace: number;
}

/** What `createGateway()` takes: every setting has a default. */
export interface GatewayOptions extends Partial<GatewaySettings> {
  /** What `implement()` returned; served beside the built-in commands, or in the place of one with the same name. */
  readonly commands?: CommandSet | readonly CommandSet[];
  /** Takes the log instead of standard error; `logLevel` is then its owner's business. */
  readonly logger?: Logger;
}

/** What a config file may hold: any settings, and commands. */
export interface GatewayConfig extends Partial<GatewaySettings> {
  /** What `implement()` returned, or paths of modules that export such sets, relative to the config file. */
  readonly commands?: ConfiguredCommands | readonly ConfiguredCommands[];
}

/** A set of commands, or the path of a module that exports some. */
export type ConfiguredCommands = CommandSet | string;

/** Types a config file: `export default defineConfig({ port: 9000 })`. Returns what it is given. */
export function defineConfig(config: GatewayConfig): GatewayConfig {
  return config;
}
