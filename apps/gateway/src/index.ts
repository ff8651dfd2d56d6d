export type { ConfigSources, LoadedConfig } from './config/load.js';
export { loadConfig } from './config/load.js';
export type { OptionForm } from './config/option.js';
export { describeOptions, type OptionDescription } from './config/options.js';
export type { Environment, Flags } from './config/resolve.js';
export {
  type ConfiguredCommands,
  defineConfig,
  type GatewayConfig,
  type GatewayHooks,
  type GatewayOptions,
  type GatewaySettings,
  type GivenSettings,
  type LogLevel,
} from './config/settings.js';
export { isSetupError, SETUP_ERRORS, type SetupErrorCode } from './errors.js';
export { createGateway, type Gateway, type GatewayAddress } from './gateway.js';
export { startupReport } from './report.js';
export { closeOnSignals } from './signals.js';
export { logStrayErrors } from './stray-errors.js';
export type { GivenUpstream, UpstreamSettings } from './upstream/settings.js';
