import {
  DEFAULT_CHANNELS,
  DIALECTS,
  PRINCIPAL_KEYS,
  PROCESS_CONTEXTS,
  PROCESS_KEPT_BYTES,
  PROCESS_KEY_BYTES,
} from '@wiremux/framing';
import { DEFAULT_SESSION_LIMITS, type Principal } from '@wiremux/server';
import { z } from 'zod';
import { ENCODING_NAMES } from '../encodings.js';
import { upstreamsSchema } from '../upstream/settings.js';
import { channelsSchema } from './channels.js';
import { LIMIT_OPTIONS } from './limit-options.js';
import { flagOf, type Option, type OptionForm, variableOf, whole } from './option.js';
import { redirectsSchema } from './redirects.js';
import { type GatewaySettings, LOG_LEVELS } from './settings.js';

const dialectNames = DIALECTS.map((dialect) => dialect.name);

/** `https://App.example:443/` → `https://app.example`; anything that is no bare origin is refused. */
const origin = z.string().transform((text, context) => {
  if (text === '*') return text;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isBare = url?.pathname === '/' && url.search === '' && url.hash === '' && url.username === '';
  if (url && isBare && url.origin !== 'null') return url.origin;
  context.issues.push({ code: 'custom', input: text, message: 'not an origin' });
  return z.NEVER;
});

/** A WebSocket address that a client can follow to (SPEC 8.10.6). */
const drainAddress = z.url({ protocol: /^wss?$/ });

const hostName = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i)
  .transform((name) => name.toLowerCase());

/** Every option of the gateway. Flags, environment variables and the keys of config files all derive from this table. */
export const OPTIONS: { readonly [Name in keyof GatewaySettings]: Option<GatewaySettings[Name]> } = {
  port: {
    ...whole({ from: 0, to: 65_535, default: 8080 }, 'Port to listen on; 0 picks a free one.'),
    placeholder: 'PORT',
  },
  host: {
    form: 'text',
    schema: z.string().min(1),
    default: '127.0.0.1',
    about: 'Address to listen on; 0.0.0.0 or :: for every interface.',
    expects: 'an address or a host name',
    placeholder: 'HOST',
  },
  allowOrigin: {
    form: 'list',
    schema: z.array(origin),
    default: [],
    about: 'Origin whose pages may connect (repeatable); * for all.',
    expects: 'a list of origins such as https://app.example, or *',
    placeholder: 'ORIGIN',
  },
  publicHost: {
    form: 'list',
    schema: z.array(hostName),
    default: [],
    about: 'Host name that pages reach the gateway by (repeatable).',
    expects: 'a list of host names without scheme and port, such as mux.example.com',
    placeholder: 'NAME',
  },
  dialects: {
    form: 'list',
    schema: z.array(z.enum(dialectNames)).min(1),
    default: dialectNames,
    about: 'Dialects to speak, separated by commas.',
    expects: `a list of at least one of ${dialectNames.join(', ')}`,
    placeholder: 'NAMES',
  },
  encodings: {
    form: 'list',
    schema: z.array(z.enum(ENCODING_NAMES)).min(1),
    default: ENCODING_NAMES,
    about: 'Content encodings to use, preferred first; only identity: none.',
    expects: `a list of at least one of ${ENCODING_NAMES.join(', ')}`,
    placeholder: 'NAMES',
  },
  channels: {
    form: 'list',
    schema: channelsSchema,
    default: DEFAULT_CHANNELS,
    defaultText: DEFAULT_CHANNELS.map(({ name, weight }) => `${name}:${weight}`).join(','),
    about: 'Channel answers can go on, with its weight and encodings (repeatable).',
    expects:
      'a list of channels of different names, not control, such as bulk:1:zlib+identity (weight 1 to 256), in a config file also {name, weight?, encodings?}',
    placeholder: 'NAME[:WEIGHT[:ENCODINGS]]',
  },
  maxContexts: whole(
    { from: 0, to: 1_000_000, default: PROCESS_CONTEXTS },
    'Encoding and decoding contexts of all connections; past it identity is used.',
  ),
  maxIdempotencyKeys: whole(
    { from: 0, to: 1_000_000, default: PRINCIPAL_KEYS },
    'Idempotency keys of one principal; past it too-many-requests.',
  ),
  maxIdempotencyBytes: whole(
    { from: 0, to: 1_099_511_627_776, default: PROCESS_KEY_BYTES },
    'All idempotency keys with their arguments and answers; past it too-many-requests.',
    'bytes',
  ),
  maxConnections: whole({ from: 1, to: 1_000_000, default: 10_000 }, 'Connections open at once; past it 503.'),
  failedConnects: whole(
    { from: 1, to: 1_000_000, default: 1_000 },
    'Refused tokens and lost sessions of one address in a row; past it 429.',
  ),
  failedConnectsRefill: whole(
    { from: 1, to: 1_000_000, default: 50 },
    'Refused tokens and lost sessions of one address, over time.',
    'per second',
  ),
  sessionTtl: whole(
    { from: 0, to: 86_400_000, default: DEFAULT_SESSION_LIMITS.ttl },
    'Time a session waits for its client after the connection was lost; 0: there are none.',
    'ms',
  ),
  maxSessions: whole(
    { from: 1, to: 1_000_000, default: DEFAULT_SESSION_LIMITS.detached },
    'Sessions waiting for their clients; past it the oldest ends.',
  ),
  maxSessionsPerPrincipal: whole(
    { from: 1, to: 1_000_000, default: DEFAULT_SESSION_LIMITS.ofOwner },
    'Those of one principal or, if anonymous, address; past it its oldest ends.',
  ),
  maxKeptBytes: whole(
    { from: 0, to: 1_099_511_627_776, default: PROCESS_KEPT_BYTES },
    'What all sessions keep to send again; past it no window grows, and the largest that waits ends.',
    'bytes',
  ),
  node: {
    form: 'text',
    schema: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,64}$/)
      .optional(),
    default: undefined,
    about: 'Name of this process for a balancer: clients that resume a session add ?node=NAME.',
    expects: '1 to 64 letters, digits, _ or -',
    placeholder: 'NAME',
  },
  page: {
    form: 'switch',
    schema: z.boolean(),
    default: true,
    about: 'Serve the page at /.',
    expects: 'true or false',
    placeholder: 'BOOLEAN',
  },
  logLevel: {
    form: 'text',
    schema: z.enum(LOG_LEVELS),
    default: 'info',
    about: 'How much to log to standard error.',
    expects: `one of ${LOG_LEVELS.join(', ')}`,
    placeholder: 'LEVEL',
  },
  tap: {
    form: 'switch',
    schema: z
      .union([z.boolean(), z.custom<(principal: Principal) => boolean>((given) => typeof given === 'function')])
      .optional(),
    default: undefined,
    about:
      'Let those who may connect see the frames of all connections; unless set, only where all are of this machine.',
    expects: 'true or false, or in a config file a function that takes a principal and returns one of them',
    placeholder: 'BOOLEAN',
  },
  upstreams: {
    form: 'list',
    schema: upstreamsSchema,
    default: [],
    about: 'Framed HTTP server that runs the commands with a prefix (repeatable).',
    expects:
      'a list of upstreams such as build.=http://127.0.0.1:9000/mux, in a config file also {prefix or commands, url, dialect?, token?}',
    placeholder: 'PREFIX=URL',
    secret: true,
  },
  redirects: {
    form: 'list',
    schema: redirectsSchema,
    default: {},
    about: 'Where commands may send callers that list it, and what addresses there begin with (repeatable).',
    expects:
      'a list of different names and http(s) addresses without a user, such as cdn=https://cdn.example/files/, in a config file also {name: address}',
    placeholder: 'NAME=URL',
    secret: true,
  },
  uploadIdle: whole(
    { from: 100, to: 3_600_000, default: 30_000 },
    'Posted frames: time without a byte of the body, past which it is refused.',
    'ms',
  ),
  answerIdle: whole(
    { from: 100, to: 3_600_000, default: 300_000 },
    'Posted frames: time the client takes nothing of a waiting answer, past which it is dropped.',
    'ms',
  ),
  grace: whole({ from: 0, to: 600_000, default: 5_000 }, 'Time closing takes at most; requests run on in it.', 'ms'),
  drainAfter: whole({ from: 0, to: 600_000, default: 500 }, 'Closing: time before which no client moves.', 'ms'),
  drainJitter: whole({ from: 0, to: 600_000, default: 2_000 }, 'Closing: what a random part of goes on top.', 'ms'),
  drainPace: whole({ from: 1, to: 1_000_000, default: 1_000 }, 'Closing: connections told to move a second.'),
  drainTo: {
    form: 'text',
    schema: drainAddress.optional(),
    default: undefined,
    about: 'Closing: address clients move to, in place of the one they have.',
    expects: 'a WebSocket address such as wss://b.example/mux',
    placeholder: 'URL',
  },
  ...LIMIT_OPTIONS,
};

/** Where modules of commands are named. Not a setting: what they export is. */
export const COMMANDS_OPTION: Option<readonly string[]> = {
  form: 'list',
  schema: z.array(z.string().min(1)),
  default: [],
  about: 'Module that exports commands to serve beside the built-in ones (repeatable).',
  expects: 'a list of paths of modules',
  placeholder: 'FILE',
};

/** An option as a program shows it in help. */
export interface OptionDescription {
  /** Key in a config file and in `createGateway()`. */
  readonly name: string;
  /** `--allow-origin`; a switch is turned off by `--no-…`. */
  readonly flag: string;
  /** `WIREMUX_ALLOW_ORIGIN`. */
  readonly variable: string;
  readonly form: OptionForm;
  readonly placeholder: string;
  readonly about: string;
  readonly default: unknown;
  readonly unit: string | undefined;
}

/** Every option in the order of the table, the modules of commands before the limits. */
export function describeOptions(): OptionDescription[] {
  const limits = new Set(Object.keys(LIMIT_OPTIONS));
  const all: [string, Option<unknown>][] = Object.entries(OPTIONS);
  return [
    ...all.filter(([name]) => !limits.has(name)),
    ['commands', COMMANDS_OPTION] as const,
    ...all.filter(([name]) => limits.has(name)),
  ].map(([name, option]) => ({
    name,
    flag: flagOf(name),
    variable: variableOf(name),
    form: option.form,
    placeholder: option.placeholder,
    about: option.about,
    default: option.defaultText ?? option.default,
    unit: option.unit,
  }));
}
