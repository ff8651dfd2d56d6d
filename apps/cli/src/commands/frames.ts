import type { DialectName, Direction } from '@wiremux/framing';
import { type Command, Option } from 'commander';
import { decodeFrames } from '../frames/decode.js';
import { encodeFrames } from '../frames/encode.js';
import { followFrames } from '../frames/follow.js';
import { JSON_VIEW, TextView } from '../frames/follow-view.js';
import { readHex } from '../frames/hex-input.js';
import { openInput } from '../io/input.js';
import type { Output } from '../io/output.js';
import { DEFAULT_DIALECT, parseDialect } from '../parse/dialect.js';
import { ENCODING_NAMES, parseEncodings } from '../parse/encodings.js';
import { parseWhole } from '../parse/whole.js';

interface FramesOptions {
  readonly dialect: DialectName;
  readonly hex: boolean;
}

const DIRECTIONS: readonly Direction[] = ['in', 'out'];

const FOLLOW = `
Values of \`token\` and \`secret\` are printed as asterisks. A broken rule of the protocol is told with its byte offset in
its direction, and following goes on.`;

const OFFSETS = `
Input that is not what it should be ends with status 1 and its byte offset on stderr.`;

interface FollowOptions extends FramesOptions {
  readonly raw?: Direction;
  readonly request: readonly number[];
  readonly stream: readonly number[];
  readonly type: readonly string[];
  readonly command: readonly string[];
  readonly direction?: Direction;
  readonly full: boolean;
  readonly json: boolean;
}

/** Bytes of a payload and characters of a value that are shown, unless all are asked for. */
const PAYLOAD_SHOWN = 64;
const VALUE_SHOWN = 400;

/** Adds `wiremux frames decode | encode | follow`: between the bytes of frames and their text form. */
export function addFrames(program: Command, stdout: Output): void {
  const frames = program.command('frames').description('Turn the bytes of frames into text, and text into frames');
  addDecode(frames, stdout);
  addEncode(frames, stdout);
  addFollow(frames, stdout);
}

function addDecode(frames: Command, stdout: Output): void {
  frames
    .command('decode')
    .description('Print each frame as a line of text')
    .argument('[file]', 'the frames; stdin if left out or -', '-')
    .addOption(dialectOption())
    .option('--hex', 'read hexadecimal digits; white space between them is free', false)
    .option('--literals', 'print payloads as CBOR literals where they are CBOR', false)
    .addHelpText('after', OFFSETS)
    .action(async (file: string, { dialect, hex, literals }: FramesOptions & { literals: boolean }) => {
      const { bytes } = await openInput(file);
      for await (const lines of decodeFrames(hex ? readHex(bytes) : bytes, { dialect, literals })) {
        await stdout.line(lines);
        if (stdout.gone.aborted) return;
      }
    });
}

function addEncode(frames: Command, stdout: Output): void {
  frames
    .command('encode')
    .description('Write the frame of each line of text')
    .argument('[file]', 'the lines; stdin if left out or -', '-')
    .addOption(dialectOption())
    .option('--hex', 'write one line of hexadecimal digits a frame', false)
    .addHelpText('after', OFFSETS)
    .action(async (file: string, { dialect, hex }: FramesOptions) => {
      const { bytes } = await openInput(file);
      for await (const frame of encodeFrames(bytes, dialect)) {
        await (hex ? stdout.line(Buffer.from(frame).toString('hex')) : stdout.bytes(frame));
        if (stdout.gone.aborted) return;
      }
    });
}

function addFollow(frames: Command, stdout: Output): void {
  frames
    .command('follow')
    .description('Tell what passed on a captured connection: frames, decoded, and how each request went')
    .argument('[file]', 'what --capture wrote; stdin if left out or -', '-')
    .addOption(
      new Option('--raw <direction>', 'read the bytes of one direction in place of a capture').choices(DIRECTIONS),
    )
    .addOption(dialectOption().helpGroup('With --raw:'))
    .addOption(new Option('--hex', 'read hexadecimal digits').default(false).helpGroup('With --raw:'))
    .addOption(
      new Option('--direction <direction>', 'only frames from the client (in) or to it (out)').choices(DIRECTIONS),
    )
    .addOption(
      listOption('--request <id>', 'only frames of this request (repeatable)', (text) => parseWhole(text, 65_535)),
    )
    .addOption(listOption('--stream <id>', 'only frames of this stream (repeatable)', (text) => parseWhole(text, 255)))
    .addOption(listOption('--type <name>', 'only frames of this type (repeatable)', (text) => text))
    .addOption(listOption('--command <name>', 'only frames of this command (repeatable)', (text) => text))
    .option('--full', 'print payloads and values whole', false)
    .option('--json', 'print a line of JSON for each frame and each request', false)
    .addHelpText('after', FOLLOW)
    .action(async (file: string, options: FollowOptions) => {
      const { dialect, hex, raw, full, json, direction, request, stream, type, command } = options;
      const { bytes } = await openInput(file);
      const view = json ? JSON_VIEW : new TextView(full ? Number.POSITIVE_INFINITY : VALUE_SHOWN);
      const lines = followFrames(
        hex && raw !== undefined ? readHex(bytes) : bytes,
        {
          codecs: parseEncodings(ENCODING_NAMES.join(',')),
          filter: { direction, requests: request, streams: stream, types: type, commands: command },
          payloadShown: full ? Number.POSITIVE_INFINITY : PAYLOAD_SHOWN,
          raw: raw === undefined ? undefined : { direction: raw, dialect },
        },
        view,
      );
      for await (const text of lines) {
        if (text !== '') await stdout.line(text);
        if (stdout.gone.aborted) return;
      }
    });
}

function listOption<T>(flags: string, about: string, parse: (text: string) => T): Option {
  return new Option(flags, about).argParser<readonly T[]>((text, items) => [...items, parse(text)]).default([], 'all');
}

function dialectOption(): Option {
  return new Option('--dialect <name>', 'the dialect whose names the text uses')
    .default(DEFAULT_DIALECT)
    .argParser((text) => parseDialect(text));
}
