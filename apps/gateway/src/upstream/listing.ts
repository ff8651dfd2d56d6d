import type { Limits } from '@wiremux/framing';
import type { CommandDescription, CommandSet } from '@wiremux/server';
import { z } from 'zod';
import { nodeClock } from '../clock.js';
import { UpstreamExchange } from './exchange.js';
import type { UpstreamSettings } from './settings.js';

/** How long an upstream may take to say what it serves, and how long that is believed, ms. */
const ANSWER_TIMEOUT = 2_000;
const FRESH = 10_000;

/** What is read of the answer to `capabilities`; upstreams of other makes may say more or less. */
const Answer = z.object({
  commands: z.array(
    z.object({
      name: z.string(),
      about: z.string().default(''),
      args: z.record(z.string(), z.unknown()).default({ type: 'object' }),
      takesData: z.boolean().default(true),
      channel: z.string().default('default'),
      restartable: z.boolean().default(false),
    }),
  ),
});

interface Kept {
  readonly at: number;
  readonly commands: Promise<readonly CommandDescription[]>;
}

/**
 * What upstreams serve: what they list themselves, as far as it is theirs to serve here; else their prefix and names.
 * Asked at most once in 10 s each, so that gateways that are each other's upstream do not ask in circles.
 */
export class UpstreamListing {
  readonly #upstreams: readonly UpstreamSettings[];
  readonly #limits: Limits;
  readonly #kept = new Map<UpstreamSettings, Kept>();

  constructor(upstreams: readonly UpstreamSettings[], limits: Limits) {
    this.#upstreams = upstreams;
    this.#limits = limits;
  }

  /** The commands of all upstreams, but for those the gateway runs itself. Never rejects. */
  async list(own: CommandSet): Promise<CommandDescription[]> {
    const lists = this.#upstreams.map(async (upstream) => {
      const commands = await this.#listOf(upstream);
      return commands.filter(({ name }) => upstream.commands?.includes(name) === true || !own.has(name));
    });
    return (await Promise.all(lists)).flat();
  }

  #listOf(upstream: UpstreamSettings): Promise<readonly CommandDescription[]> {
    const kept = this.#kept.get(upstream);
    const now = nodeClock.now();
    if (kept !== undefined && now - kept.at < FRESH) return kept.commands;
    const commands = this.#ask(upstream).then(
      (all) => all.filter(({ name }) => serves(upstream, name)),
      () => unlisted(upstream),
    );
    this.#kept.set(upstream, { at: now, commands });
    return commands;
  }

  async #ask(upstream: UpstreamSettings): Promise<CommandDescription[]> {
    const exchange = new UpstreamExchange(
      upstream,
      { name: 'capabilities', args: {} },
      {
        hasData: false,
        data: (async function* () {})(),
        signal: AbortSignal.timeout(ANSWER_TIMEOUT),
        timeLeft: () => ANSWER_TIMEOUT,
        trace: undefined,
        print: () => undefined,
        progress: () => undefined,
      },
      this.#limits,
    );
    for await (const answer of exchange.values()) return Answer.parse(answer).commands;
    return unlisted(upstream);
  }
}

function serves({ prefix, commands }: UpstreamSettings, name: string): boolean {
  return (prefix !== undefined && name.startsWith(prefix)) || commands?.includes(name) === true;
}

function unlisted({ prefix, commands = [] }: UpstreamSettings): CommandDescription[] {
  const names = prefix === undefined ? commands : [...commands, `${prefix}*`];
  return names.map((name) => ({
    name,
    about: 'Runs on a server behind this gateway, which does not list its commands.',
    args: { type: 'object' },
    takesData: true,
    channel: 'default',
    restartable: false,
  }));
}
