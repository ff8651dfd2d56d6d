import type { SlowMode, TransportKind } from '@wiremux/client';
import { type ContentCodec, DIALECTS, type DialectName } from '@wiremux/framing';
import { type Command, Option } from 'commander';
import { DEFAULT_DIALECT, parseDialect } from '../parse/dialect.js';
import { parseDuration } from '../parse/duration.js';
import { ENCODING_NAMES, parseEncodings } from '../parse/encodings.js';

/** What `call` and `watch` are told on the command line. */
export interface RequestOptions {
  readonly arg: readonly string[];
  readonly args?: string;
  readonly data?: string;
  /** Time for everything, ms. */
  readonly timeout?: number;
  readonly idempotencyKey?: string;
  readonly dialect: DialectName;
  readonly transport: 'auto' | TransportKind;
  readonly encoding: readonly ContentCodec[];
  readonly quiet: boolean;
  /** File that all frames of the connection are written to. */
  readonly capture?: string;
  /** File for the byte strings of the answer, `-` for stdout. */
  readonly output?: string;
  /** Names of targets that the answer may be had from instead. */
  readonly redirectTarget?: readonly string[];
  readonly followRedirects?: boolean;
  /** What becomes of values that come faster than they are shown, and how many are kept. */
  readonly slow?: SlowMode;
  readonly keep?: number;
}

const AFTER = `
A value JSON has no form for is written, and read in arguments, as {"$bytes":"<base64>"}, {"$int":"…"},
{"$float":"NaN"} or {"$map":[[key,value],…]}; a real key that starts with $ gets one more $.`;

/** Adds the arguments and options of a command that runs one request. */
export function addRequestOptions(command: Command): Command {
  const dialects = DIALECTS.map(({ name }) => name);
  return command
    .argument('<url>', 'the gateway, as ws://127.0.0.1:8080/mux; /mux may be left out')
    .argument('<command>', 'what to run; the command `capabilities` lists them')
    .addOption(
      new Option('--arg <name=value>', 'an argument, repeatable; a value that parses as JSON is that value')
        .argParser<string[]>((pair, pairs) => [...pairs, pair])
        .default([], 'none'),
    )
    .option('--args <json>', 'all arguments as one JSON object; --arg wins over it')
    .option('--data <file>', 'bytes to upload; - for stdin')
    .addOption(
      new Option('--timeout <duration>', 'time for everything, in ms or as in 5s').argParser((text) =>
        parseDuration(text),
      ),
    )
    .option(
      '--idempotency-key <key>',
      'for a gateway that knows who calls: run the command once at most for that key, 1 to 64 bytes',
    )
    .addOption(
      new Option('--dialect <name>', `what to speak: ${dialects.join(', ')}`)
        .default(DEFAULT_DIALECT)
        .argParser((text) => parseDialect(text, dialects)),
    )
    .addOption(
      new Option('--transport <kind>', 'what to speak over; auto: HTTP where a WebSocket cannot be had')
        .choices(['auto', 'websocket', 'http'])
        .default('auto'),
    )
    .addOption(
      new Option('--encoding <names>', 'content encodings, preferred first; identity: none')
        .default(parseEncodings(ENCODING_NAMES.join(',')), ENCODING_NAMES.join(','))
        .argParser((text) => parseEncodings(text)),
    )
    .option('--capture <file>', 'write all that passes on the connection there, for `wiremux frames follow`')
    .option('--quiet', 'print values and errors only', false)
    .addHelpText('after', AFTER);
}
