import { setTimeout as delay } from 'node:timers/promises';
import { connect, type DroppedValues, type RequestHandle } from '@wiremux/client';
import { dialectByName } from '@wiremux/client/dialects';
import type { OutputAtom, ProgressUpdate } from '@wiremux/framing';
import { lastValueFrom } from 'rxjs';
import { type ExitStatus, usageError } from '../exit-status.js';
import { CaptureWriter } from '../frames/capture-writer.js';
import { capturedDial } from '../frames/captured-dial.js';
import { type ByteOutput, openByteOutput } from '../io/byte-output.js';
import { type Input, openInput } from '../io/input.js';
import type { Output } from '../io/output.js';
import { untilInterrupted } from '../io/until-interrupted.js';
import { parseArguments } from '../parse/arguments.js';
import { parseMuxUrl } from '../parse/mux-url.js';
import { VERSION } from '../version.js';
import type { RequestOptions } from './options.js';
import { locationIn, redirectOptions } from './redirects.js';
import { saveBytes } from './save-bytes.js';

/** How long a cancelled command has to say that it stopped, ms. */
const PROOF_TIME = 1_000;

/** Where what a request says is shown. */
export interface RequestView {
  /** Resolves when the next value may come. */
  value(value: unknown): Promise<void>;
  output(atoms: readonly OutputAtom[]): void;
  progress(update: ProgressUpdate): void;
  /** Before the end: so many values were left out (SPEC 8.11.16). */
  dropped?(dropped: DroppedValues): void;
  /** Nothing more is shown. */
  end(): void;
}

/** Which command to run, and where. */
export interface RequestLine {
  readonly url: string;
  readonly name: string;
  readonly options: RequestOptions;
}

/**
 * Runs one command over a connection of its own, showing all it says. Ctrl-C, SIGTERM and a reader of stdout that goes
 * away cancel it; the gateway then has a second to say what became of it. Resolves with the exit status.
 */
export async function runRequest(line: RequestLine, view: RequestView, stdout: Output): Promise<ExitStatus> {
  try {
    return await untilInterrupted(stdout, (signal) => exchange(line, view, stdout, signal));
  } finally {
    view.end();
  }
}

async function exchange(
  { url, name, options }: RequestLine,
  view: RequestView,
  stdout: Output,
  signal: AbortSignal,
): Promise<void> {
  const address = parseMuxUrl(url);
  const args = parseArguments(options.args, options.arg);
  const input = options.data === undefined ? undefined : await openInput(options.data);
  const data = input && upload(input, view);
  const output = options.output === undefined ? undefined : await openByteOutput(options.output, stdout);
  const capture = options.capture === undefined ? undefined : await openCapture(options.capture, options.transport);
  const mux = connect(address, {
    dialects: [dialectByName(options.dialect)],
    transport: capture === undefined ? options.transport : capturedDial(capture),
    codecs: options.encoding,
    agent: `wiremux-cli/${VERSION}`,
    reconnect: false,
  });
  try {
    const redirect = await redirectOptions(mux, options, signal);
    await showAnswer(
      mux.request(name, args, {
        data,
        deadline: options.timeout,
        idempotencyKey: options.idempotencyKey,
        signal,
        redirect,
        slow: options.slow,
        keep: options.keep,
      }),
      view,
      output,
    );
  } finally {
    mux.close();
    await capture?.close();
  }
}

async function showAnswer(
  request: RequestHandle<unknown>,
  view: RequestView,
  output: ByteOutput | undefined,
): Promise<void> {
  request.output$.subscribe((atoms) => view.output(atoms));
  request.progress$.subscribe((update) => view.progress(update));
  let dropped: DroppedValues | undefined;
  request.dropped$.subscribe((counts) => {
    dropped = counts;
  });
  try {
    if (output !== undefined) await saveBytes(request.parts(), output, view);
    else for await (const value of request) await view.value(value);
  } catch (error) {
    const location = locationIn(error);
    if (location === undefined || output !== undefined) throw error;
    await view.value({ redirect: location });
  } finally {
    await Promise.race([lastValueFrom(request.state$), delay(PROOF_TIME)]);
    if (dropped !== undefined && dropped.gateway + dropped.client > 0) view.dropped?.(dropped);
  }
}

/** What passes over HTTP is many connections, and no capture of one. */
async function openCapture(path: string, transport: RequestOptions['transport']): Promise<CaptureWriter> {
  if (transport === 'http') throw usageError('--capture writes down a WebSocket: leave --transport http out.');
  return await CaptureWriter.open(path);
}

/** The bytes of the input, telling how far their upload is. */
async function* upload({ bytes, size = 0 }: Input, view: RequestView): AsyncGenerator<Uint8Array> {
  let sent = 0;
  try {
    for await (const piece of bytes) {
      yield piece;
      sent += piece.length;
      view.progress({ topic: 'upload', pos: sent, total: size, label: 'bytes' });
    }
  } finally {
    view.progress({ topic: 'upload', pos: -1, total: size });
  }
}
