import { DEFAULT_LIMITS } from '@wiremux/framing';
import {
  closeOnSignals,
  createGateway,
  describeOptions,
  type Flags,
  loadConfig,
  type OptionDescription,
  startupReport,
} from '@wiremux/gateway';
import { type Command, Option } from 'commander';
import type { Output } from '../io/output.js';

const LIMITS_GROUP = 'Limits:';

const AFTER = `
Every option can also be set in the environment (--allow-origin as WIREMUX_ALLOW_ORIGIN) and in wiremux.config.ts, .js or
.json in the working directory (as allowOrigin). A flag wins over the environment, and that over the file.`;

/** Adds `wiremux serve`: runs a gateway until a signal ends it. */
export function addServe(program: Command, stdout: Output): void {
  const serve = program
    .command('serve')
    .description('Run a gateway')
    .option('--config <FILE>', 'config file, in place of wiremux.config.{ts,js,json}')
    .addHelpText('after', AFTER);
  for (const option of describeOptions().flatMap(flagsOf)) serve.addOption(option);
  serve.action(async ({ config, ...flags }: Flags & { readonly config?: string }) => {
    const { options } = await loadConfig({ cwd: process.cwd(), config, env: process.env, flags });
    const gateway = createGateway(options);
    const address = await gateway.listen();
    const closed = closeOnSignals(gateway);
    await stdout.line(startupReport(address, gateway.settings.page));
    await closed;
  });
}

/** The flags of one option. Defaults are the gateway's business: a flag that is not given stays undefined. */
function flagsOf({ name, flag, form, placeholder, about, default: fallback }: OptionDescription): Option[] {
  const help = `${about}${defaultHelp(fallback)}`;
  const options =
    form === 'switch'
      ? [new Option(flag, help).hideHelp(fallback === true), new Option(noFlagOf(flag), `Turns off: ${about}`)]
      : [new Option(`${flag} <${placeholder}>`, help)];
  for (const option of options) {
    if (form === 'list') option.argParser((item: string, items: readonly string[] = []) => [...items, item]);
    if (name in DEFAULT_LIMITS) option.helpGroup(LIMITS_GROUP);
  }
  return options;
}

function noFlagOf(flag: string): string {
  return flag.replace(/^--/, '--no-');
}

function defaultHelp(fallback: unknown): string {
  if (Array.isArray(fallback)) return fallback.length === 0 ? '' : ` (default: ${fallback.join(',')})`;
  return typeof fallback === 'number' || typeof fallback === 'string' ? ` (default: ${fallback})` : '';
}
