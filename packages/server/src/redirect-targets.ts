import { type RedirectLocation, type RedirectOffer, WiremuxError } from '@wiremux/framing';
import type { Redirect } from './redirect.js';

/** Where callers can be sent: what the addresses of each target begin with, by its name. */
export type RedirectTargets = ReadonlyMap<string, string>;

/**
 * The targets of a server, each with what its addresses begin with: `{ cdn: 'https://cdn.example/files/' }`.
 * @throws {TypeError} for a prefix that is no http(s) address, or has a user, a password or a fragment in it
 */
export function redirectTargets(prefixes: Readonly<Record<string, string>>): RedirectTargets {
  return new Map(Object.entries(prefixes).map(([name, prefix]) => [name, normalPrefix(name, prefix)]));
}

function normalPrefix(name: string, prefix: string): string {
  const url = URL.canParse(prefix) ? new URL(prefix) : undefined;
  const isBare = url?.username === '' && url.password === '' && url.hash === '';
  if (url !== undefined && isBare && /^https?:$/.test(url.protocol)) return url.href;
  throw new TypeError(`The redirect target \`${name}\` needs an http(s) address without a user, not \`${prefix}\`.`);
}

/** Where the caller of one request can be sent. */
export interface Redirects {
  /** Names of the targets that it lists and this server has. */
  readonly targets: readonly string[];
  /** Names of the hashes that the caller says it can verify. */
  readonly hashes: readonly string[];
  /** Whether the caller can be sent to that target; if not, answer it here. */
  has(target: string): boolean;
  /** The one of {@link targets} whose addresses begin as this one does; undefined if there is none. */
  targetOf(url: string): string | undefined;
}

const NO_OFFER: RedirectOffer = { targets: [], hashes: [] };

/** What one caller offers, as far as the server has it. */
export class OfferedRedirects implements Redirects {
  readonly targets: readonly string[];
  readonly hashes: readonly string[];
  readonly #prefixes: RedirectTargets;

  constructor(prefixes: RedirectTargets, { targets, hashes }: RedirectOffer = NO_OFFER) {
    this.targets = targets.filter((target) => prefixes.has(target));
    this.hashes = hashes;
    this.#prefixes = prefixes;
  }

  has(target: string): boolean {
    return this.targets.includes(target);
  }

  targetOf(url: string): string | undefined {
    return this.targets.find((target) => isWithin(normalUrl(url), this.#prefixes.get(target)));
  }
}

/**
 * The location a handler's redirect names, its address as it goes on the wire.
 * @throws {WiremuxError} `internal` for a target the server has not, or an address outside the target
 */
export function locationOf({ target, to }: Redirect, prefixes: RedirectTargets): RedirectLocation {
  const prefix = prefixes.get(target);
  if (prefix === undefined) throw strayRedirect(target, 'This server has no redirect target of that name.');
  const { path, url = `${prefix}${path}`, ...rest } = to;
  const href = normalUrl(url);
  if (href === undefined || !isWithin(href, prefix))
    throw strayRedirect(target, `"${url}" does not begin "${prefix}".`);
  return { ...rest, url: href };
}

function normalUrl(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).href : undefined;
}

function isWithin(href: string | undefined, prefix: string | undefined): boolean {
  return href !== undefined && prefix !== undefined && href.startsWith(prefix);
}

/** The address is for the log alone, which gets the cause. */
function strayRedirect(target: string, why: string): WiremuxError {
  const message = `The command was to redirect outside the target \`${target}\`.`;
  return new WiremuxError('internal', message, { cause: new Error(why) });
}
