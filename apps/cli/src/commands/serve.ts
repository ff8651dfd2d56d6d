import { DEFAULT_LIMITS } from '@wiremux/framing';
import type { Flags, OptionDescription } from '@wiremux/gateway';
import { type Command, Option } from 'commander';
import type { Output } from '../io/output.js';

const LIMITS_GROUP = 'Limits:';

const AFTER = `
Every option can also be set in the environment (--allow-origin as WIREMUX_ALLOW_ORIGIN) and in wiremux.config.ts, .js or
.json in the working directory (as allowOrigin). A flag wins over the environment, and that over the file.`;

type GatewayModule = typeof import('@wiremux/gateway');
type ServeOptions = Flags & { readonly config?: string };

/** Adds `wiremux serve`: runs a gateway until a signal ends it. */
export function addServe(program: Command, stdout: Output): void {
  const serve = program
    .command('serve')
    .description('Run a gateway')
    .option('--config <FILE>', 'config file, in place of wiremux.config.{ts,js,json}')
    .addHelpText('after', AFTER);
  program.hook('preSubcommand', async (_, command) => {
    if (command !== serve) return;
    // It takes a while to load, and the other commands do without it.
    const gateway = await import('@wiremux/gateway');
    for (const option of gateway.describeOptions().flatMap(flagsOf)) serve.addOption(option);
    serve.action((options: ServeOptions) => runGateway(gateway, options, stdout));
  });
}

async function runGateway(module: GatewayModule, { config, ...flags }: ServeOptions, stdout: Output): Promise<void> {
  const { options } = await module.loadConfig({ cwd: process.cwd(), config, env: process.env, flags });
  const gateway = module.createGateway(options);
  const address = await gateway.listen();
  module.logStrayErrors(gateway.log);
  const closed = module.closeOnSignals(gateway);
  await stdout.line(module.startupReport(address, gateway.settings.page));
  await closed;
}

/** The flags of one option. Defaults are the gateway's business: a flag that is not given stays undefined. */
function flagsOf({ name, flag, form, placeholder, about, default: fallback }: OptionDescription): Option[] {
  const help = `${about}${defaultHelp(fallback)}`;
  const options =
    form === 'switch'
      ? [new Option(flag, help).hideHelp(fallback === true), new Option(noFlagOf(flag), `Turns ${flag} off`)]
      : [new Option(`${flag} <${placeholder}>`, help)];
  for (const option of options) {
    if (form === 'list') option.argParser<readonly string[] | undefined>((item, items) => [...(items ?? []), item]);
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
