import { WIREMUX_1 } from '@wiremux/framing';
import { platform } from '#platform';
import { type BackoffPlan, backoffOf, newBackoff, RECONNECT } from './backoff.js';
import { Client, type Mux } from './client.js';
import { Connection } from './connection.js';
import type { Commands } from './contract.js';
import { connectFailed } from './dialing.js';
import { Dispatcher } from './dispatcher.js';
import type { OpenLine } from './line.js';
import type { ConnectOptions } from './options.js';
import type { AnswersRequests } from './peer-runs.js';
import { restartRule } from './restart-rule.js';
import type { RunContext } from './run-context.js';
import { ServedCommands } from './served-commands.js';
import { openSocketLine } from './socket-line.js';
import { httpUrl, socketUrl } from './url.js';

const MiB = 1024 * 1024;

/** When a WebSocket is tried again while HTTP stands in for it. */
const UPGRADE: BackoffPlan = { initial: 30_000, max: 600_000, factor: 2 };

/**
 * Connects to the gateway at `url` (ws, wss, http or https; relative to the page in a browser) and keeps the
 * connection until {@link Mux.close}. Requests can be made at once: they wait until it is open.
 * @throws WiremuxError `connect-failed` if `url` is no such address.
 */
export function connect<C extends Commands = Commands>(url: string | URL, options: ConnectOptions = {}): Mux<C> {
  const served = new ServedCommands(options.clock ?? platform.clock, options.log);
  const { context, connection } = openClient(socketUrl(url, platform.baseUrl), options, served);
  // What a command takes and yields is known to the compiler only.
  return new Client({ ...context, served }, connection) as unknown as Mux<C>;
}

/** A client's inner parts: where its runs wait, and the connection they go over. */
export interface OpenedClient {
  readonly context: RunContext & { readonly queue: Dispatcher };
  readonly connection: Connection;
}

/**
 * Connects to the WebSocket address `address`, with what `connect` is given.
 * @param served answers what the gateway asks.
 */
export function openClient(address: string, options: ConnectOptions, served: AnswersRequests): OpenedClient {
  const { clock = platform.clock, random = Math.random, transport = 'auto', http = {} } = options;
  const hosts = options.hosts ?? [new URL(address).hostname];
  const dispatcher = new Dispatcher(options.maxQueued ?? 4_096, served);
  const codecs = (options.codecs ?? []).filter((codec) => codec !== undefined);
  const shared = {
    dialects: options.dialects ?? [WIREMUX_1],
    token: options.token,
    agent: options.agent,
    limits: options.limits ?? {},
    codecs,
    contexts: codecs[0]?.runtime.budget(),
    connectTimeout: options.connectTimeout ?? 10_000,
    clock,
  };
  const session = options.session !== false && options.reconnect !== false;
  const openSocket: OpenLine = (signal, to = address) => {
    const dial = typeof transport === 'function' ? transport : platform.dial;
    return openSocketLine({ ...shared, url: to, dial, hosts, session }, dispatcher, signal);
  };
  const openHttp: OpenLine = async (signal) => {
    const config = {
      ...shared,
      url: httpUrl(address),
      flush: http.flush ?? 'auto',
      maxBody: http.maxBody ?? 16 * MiB,
      maxExchanges: http.maxExchanges ?? 64,
    };
    try {
      // Most clients never need it.
      const { openHttpLine } = await import('./transport/http/line.js');
      return await openHttpLine(config, dispatcher, signal);
    } catch (cause) {
      return connectFailed(config.url, cause);
    }
  };
  const connection = new Connection(
    {
      open: transport === 'http' ? openHttp : openSocket,
      fallback:
        transport === 'auto' ? { open: openHttp, upgrade: backoffOf(http.retryUpgrade, UPGRADE, random) } : undefined,
      backoff: backoffOf(options.reconnect, RECONNECT, random),
      moving: newBackoff(options.reconnect || {}, RECONNECT, random),
      random,
      resumption: session
        ? () => ({
            backoff: newBackoff(options.reconnect || {}, RECONNECT, random),
            renewsToken: typeof options.token === 'function',
            clock,
            holdProcess: platform.holdProcess,
          })
        : undefined,
      retryFirst: options.retryFirst ?? true,
      renewsToken: typeof options.token === 'function',
      clock,
      holdProcess: platform.holdProcess,
    },
    dispatcher,
  );
  return {
    context: {
      queue: dispatcher,
      clock,
      maxUploadBuffer: options.maxUploadBuffer ?? 16 * MiB,
      trace: options.trace,
      mayRestart: restartRule(options.restart),
      follow: { secure: address.startsWith('wss:'), limits: shared.limits },
    },
    connection,
  };
}
