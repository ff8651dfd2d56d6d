import { fileURLToPath } from 'node:url';
import { Child, type ChildOptions, type Ended } from './child.js';

const BIN = fileURLToPath(new URL('../../apps/cli/bin/wiremux.js', import.meta.url));

/** Starts the `wiremux` command as a process. */
export function startWiremux(args: readonly string[], options: ChildOptions = {}): Child {
  return new Child(process.execPath, [BIN, ...args], options);
}

/** Runs the `wiremux` command to its end, with `input` on its stdin. */
export async function runWiremux(
  args: readonly string[],
  { input = '', ...options }: ChildOptions & { readonly input?: string | Uint8Array } = {},
): Promise<Ended> {
  const child = startWiremux(args, options);
  child.stdin.end(input);
  return child.ended();
}

/** A gateway that runs as a process of its own. */
export interface GatewayProcess {
  readonly child: Child;
  /** Where its page is. */
  readonly page: string;
  /** Where its WebSocket is. */
  readonly mux: string;
  readonly port: number;
}

/** Starts `wiremux serve` on a free port, unless `args` name one, and waits until it listens. */
export async function startGateway(args: readonly string[] = [], options: ChildOptions = {}): Promise<GatewayProcess> {
  const child = startWiremux(['serve', '--port', '0', ...args], options);
  const line = await child.line().catch(async () => {
    const { stderr } = await child.ended();
    throw new Error(`The gateway did not start: ${stderr}`);
  });
  const [, page = '', port = ''] = /^wiremux listening on (http:\/\/127\.0\.0\.1:(\d+)\/)$/.exec(line) ?? [];
  if (page === '') {
    await child.destroy();
    throw new Error(`The gateway's first line was: ${line}`);
  }
  return { child, page, mux: `${page.replace('http:', 'ws:')}mux`, port: Number(port) };
}
