import type { Limits } from '@wiremux/framing';
import { redirectsTo } from '@wiremux/framing/redirects';
import { type CommandContext, type CommandSet, command, type ImplementedCommand } from '@wiremux/server';
import { UpstreamExchange } from './exchange.js';
import type { UpstreamSettings } from './settings.js';

const contract = command({ about: 'Runs on a server behind this gateway.', takesData: true });

/** The commands that upstreams name one by one. Their arguments are checked over there. */
export function upstreamCommands(upstreams: readonly UpstreamSettings[], limits: Limits): CommandSet[] {
  return upstreams.map((upstream) => {
    const names = upstream.commands ?? [];
    return new Map(names.map((name) => [name, forwarded(name, upstream, limits)]));
  });
}

/** A set of commands, and behind it the upstreams that take what begins with their prefix. */
export class RoutedCommands extends Map<string, ImplementedCommand> {
  readonly #limits: Limits;
  /** Those with a prefix, the longest first. */
  readonly #upstreams: readonly (UpstreamSettings & { readonly prefix: string })[];

  /** @param own what the gateway has itself; it goes before what upstreams have */
  constructor(own: CommandSet, upstreams: readonly UpstreamSettings[], limits: Limits) {
    super(own);
    this.#limits = limits;
    this.#upstreams = upstreams
      .flatMap((upstream) => (upstream.prefix === undefined ? [] : [{ ...upstream, prefix: upstream.prefix }]))
      .sort((one, other) => other.prefix.length - one.prefix.length);
  }

  /** The command of that name; one that an upstream takes is made for each request, since it has any number of them. */
  override get(name: string): ImplementedCommand | undefined {
    const own = super.get(name);
    if (own !== undefined) return own;
    const upstream = this.upstreamOf(name);
    return upstream === undefined ? undefined : forwarded(name, upstream, this.#limits);
  }

  /** The upstream that takes a command which is not in the set. */
  upstreamOf(name: string): (UpstreamSettings & { readonly prefix: string }) | undefined {
    return this.#upstreams.find(({ prefix }) => name.startsWith(prefix));
  }

  /** What metrics call a command: names that callers make up are told by their prefix only. */
  labelOf(name: string): string {
    return this.has(name) ? name : `${this.upstreamOf(name)?.prefix ?? ''}*`;
  }
}

function forwarded(name: string, upstream: UpstreamSettings, limits: Limits): ImplementedCommand {
  return {
    name,
    contract,
    handler: (args, context: CommandContext) => {
      const { targets, hashes } = context.redirects;
      const redirect = targets.length === 0 ? {} : { redirect: redirectsTo({ targets, hashes }) };
      const request = { name, args: args as Readonly<Record<string, unknown>>, ...redirect };
      return new UpstreamExchange(upstream, request, context, limits).values();
    },
  };
}
