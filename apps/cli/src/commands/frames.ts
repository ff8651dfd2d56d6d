import type { DialectName } from '@wiremux/framing';
import { type Command, Option } from 'commander';
import { decodeFrames } from '../frames/decode.js';
import { encodeFrames } from '../frames/encode.js';
import { readHex } from '../frames/hex-input.js';
import { openInput } from '../io/input.js';
import type { Output } from '../io/output.js';
import { DEFAULT_DIALECT, parseDialect } from '../parse/dialect.js';

interface FramesOptions {
  readonly dialect: DialectName;
  readonly hex: boolean;
}

const OFFSETS = `
Input that is not what it should be ends with status 1 and its byte offset on stderr.`;

/** Adds `wiremux frames decode | encode`: between the bytes of frames and their text form. */
export function addFrames(program: Command, stdout: Output): void {
  const frames = program.command('frames').description('Turn the bytes of frames into text, and text into frames');
  addDecode(frames, stdout);
  addEncode(frames, stdout);
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

function dialectOption(): Option {
  return new Option('--dialect <name>', 'the dialect whose names the text uses')
    .default(DEFAULT_DIALECT)
    .argParser((text) => parseDialect(text));
}
