import { isDeepStrictEqual } from 'node:util';
import { constants, deflateSync } from 'node:zlib';
import { decodeOne, decodeStrict } from '../../src/cbor/decode.js';
import { encodeValue, ValueReader, writeValue } from '../../src/cbor/index.js';
import { zlib as browserZlib } from '../../src/codec/browser/zlib.js';
import { zstd as browserZstd } from '../../src/codec/browser/zstd.js';
import { zlib as nodeZlib } from '../../src/codec/node/zlib.js';
import { zstd as nodeZstd } from '../../src/codec/node/zstd.js';
import { DIALECTS } from '../../src/dialect/table.js';
import { WiremuxError } from '../../src/errors.js';
import { describeFrame } from '../../src/frame/describe.js';
import type { Frame } from '../../src/frame/frame.js';
import { encodeFrame } from '../../src/frame/header.js';
import { FrameReader } from '../../src/frame/reader.js';
import { redactFrame } from '../../src/frame/redact.js';
import { parseFrame, printFrame } from '../../src/frame/text-form.js';
import { ArgumentsReader } from '../../src/message/arguments.js';
import * as control from '../../src/message/control.js';
import { encodeErrorFrame, encodeStatusError, parseStatus } from '../../src/message/failure.js';
import { encodeOutput, outputAtom } from '../../src/message/output.js';
import { parseRequest } from '../../src/message/parse-request.js';
import { encodeProgress, parseProgress } from '../../src/message/progress.js';
import { encodeRequest, type RequestMessage } from '../../src/message/request.js';
import { DEFAULT_SETTINGS, encodeSettings, parseSettings } from '../../src/message/settings.js';
import type { ContentCodec, DecodeStep } from '../../src/stream/codec.js';
import { wordy } from '../codec/codecs.js';
import { ZSTD_LITERALS, ZSTD_STREAM } from '../codec/zstd-vectors.js';

/** Something that reads what a peer sends, and what must hold whatever that is. */
export interface ParserTarget {
  readonly name: string;
  /** Legal input, to be changed. */
  readonly samples: readonly Uint8Array[];
  /**
   * Reads `bytes`, and again cut into pieces of `sizes` in turn. Throws if it did what no input may make it do; what it
   * gives is all there is to say about it, for the tests to see that fuzzing reaches everything.
   */
  readonly check: (bytes: Uint8Array, sizes: readonly number[]) => string | Promise<string>;
}

const LIMITS = { depth: 64, items: 10_000, bytes: 1024 * 1024 };
const FRAME_PAYLOAD = 65_535;
const MOST_STEP = 10_000;
/** Where a bomb is believed to be one. */
const MOST_PLAIN = 1024 * 1024;
/** What a decoder reads ahead: so near that bound one may come upon a fault that another has not seen. */
const READ_AHEAD = 64 * 1024;

function* cut(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  let at = 0;
  for (let turn = 0; at < bytes.length; turn += 1) {
    const size = Math.max(1, sizes[turn % sizes.length] ?? bytes.length);
    yield bytes.slice(at, at + size);
    at += size;
  }
}

function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

function readFrames(pieces: Iterable<Uint8Array>): readonly [frames: Frame[], rule: string] {
  const reader = new FrameReader(FRAME_PAYLOAD);
  const frames: Frame[] = [];
  let rule = 'none';
  for (const piece of pieces) {
    const fault = reader.push(piece, (header, payload) => {
      frames.push({ ...header, payload: payload.slice() });
      return undefined;
    });
    rule = fault?.rule ?? rule;
  }
  return [frames, rule];
}

function checkFrames(bytes: Uint8Array, sizes: readonly number[]): string {
  const whole = readFrames([bytes]);
  must(isDeepStrictEqual(whole, readFrames(cut(bytes, sizes))), 'the frames depend on how their bytes are cut');
  const [frames, rule] = whole;
  const written = Buffer.concat(frames.map((frame) => encodeFrame(frame, frame.payload)));
  must(written.equals(bytes.subarray(0, written.length)), 'frames are written as other bytes than they came in');
  for (const frame of frames) {
    for (const { name } of DIALECTS) {
      for (const literals of [true, false]) {
        const parsed = parseFrame(printFrame(frame, name, { literals }), name);
        must(parsed.ok && Buffer.compare(parsed.bytes, encodeFrame(frame, frame.payload)) === 0, 'a print is no parse');
      }
      describeFrame(frame, frame.payload, name);
      must(redactFrame(frame, name).payload.length === frame.payload.length, 'a blanked frame has another length');
    }
  }
  return rule;
}

function checkText(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('latin1');
  const results = DIALECTS.map(({ name }) => parseFrame(text, name));
  for (const result of results) must(result.ok || result.offset <= text.length, 'an error lies behind the text');
  return results.some(({ ok }) => ok) ? 'parsed' : 'refused';
}

function readValues(pieces: Iterable<Uint8Array>): readonly [values: unknown[], size: number, code: string] {
  const reader = new ValueReader(LIMITS);
  const values: unknown[] = [];
  let total = 0;
  let error: ReturnType<ValueReader['end']>;
  for (const piece of pieces) {
    error ??= reader.push(piece, (value, size) => {
      values.push(value);
      total += size;
    });
  }
  return [values, total, (error ?? reader.end())?.code ?? 'none'];
}

function checkCbor(bytes: Uint8Array, sizes: readonly number[]): string {
  const whole = readValues([bytes.slice()]);
  must(isDeepStrictEqual(whole, readValues(cut(bytes, sizes))), 'the values depend on how their bytes are cut');
  const one = decodeOne(bytes, LIMITS);
  must(one.ok === (whole[0].length === 1 && whole[2] === 'none'), 'one value is not what a sequence of one value is');
  const strict = decodeStrict(bytes, LIMITS);
  must(!strict.ok || one.ok, 'what is strictly right is not right');
  if (one.ok) {
    // Compared as bytes: a small bignum is written as an integer, and reads as a number then.
    const written = encodeValue(one.value);
    const again = decodeOne(written, LIMITS);
    must(again.ok && Buffer.compare(encodeValue(again.value), written) === 0, 'a value does not survive being written');
  }
  return one.ok ? 'value' : one.error.code;
}

const FEATURES = [
  { extended: true, redirects: true },
  { extended: false, redirects: true },
  { extended: false, redirects: false },
];

function checkMessages(bytes: Uint8Array): string {
  const kinds = FEATURES.map((features) => parseRequest(bytes, LIMITS, features).kind as string);
  const controls = [
    control.parseCredit(bytes),
    control.parseAck(bytes),
    control.parsePing(bytes),
    control.parseCancel(bytes),
    control.parseCancelResult(bytes),
    control.parseDrain(bytes),
  ];
  const errors = DIALECTS.map(({ errors: format }) => format.parse(1, bytes, LIMITS));
  for (const error of errors) must(error === undefined || error instanceof WiremuxError, 'an error is none');
  const outputs = DIALECTS.map(({ output }) => output.parse(bytes, LIMITS));
  const one = decodeOne(bytes, LIMITS);
  const values = one.ok
    ? [true, false].flatMap((extended) => [
        typeof parseSettings(one.value, extended, 'client') === 'object' || undefined,
        typeof parseSettings(one.value, extended, 'server') === 'object' || undefined,
        parseStatus(one.value, extended),
        parseProgress(one.value),
      ])
    : [];
  const read = (list: readonly unknown[]): string => list.map((item) => (item === undefined ? '-' : '+')).join('');
  return [kinds.join(), read(controls), read(outputs), read(values)].join(' ');
}

function checkArguments(bytes: Uint8Array, sizes: readonly number[]): string {
  const reader = new ArgumentsReader();
  const map = [reader.readName(bytes.slice(0, 3), false)];
  for (const piece of cut(bytes, sizes)) {
    const read = reader.readArgument(piece, (piece[0] ?? 0) % 2 === 1, false);
    if (typeof read === 'string') return read;
    map.push(read);
  }
  const end = reader.readArgument(Uint8Array.of(1, 0, 1, 0, 97, 98), false, true);
  if (typeof end === 'string') return end;
  const result = decodeOne(new Uint8Array(Buffer.concat([...map, end])), LIMITS);
  must(result.ok || result.error.code === 'duplicate-key' || result.error.code === 'bad-utf8', 'it made no map');
  return 'map';
}

async function decodeAll(codec: ContentCodec, pieces: Iterable<Uint8Array>): Promise<readonly [Buffer, string]> {
  const decoder = codec.createDecoder();
  const plain: Uint8Array[] = [];
  let size = 0;
  let outcome = 'plain';
  for (const piece of pieces) {
    let step: DecodeStep = await decoder.decode(piece, MOST_STEP);
    while (step.kind === 'plain' && size < MOST_PLAIN) {
      must(step.plain.length <= MOST_STEP, 'a step is larger than asked for');
      plain.push(step.plain);
      size += step.plain.length;
      if (!step.more) break;
      step = await decoder.resume(MOST_STEP);
    }
    if (step.kind === 'malformed') {
      must((await decoder.decode(piece, 1)).kind === 'malformed', 'a dead decoder goes on');
      outcome = size < MOST_PLAIN - READ_AHEAD ? 'malformed' : 'malformed near the bound';
      break;
    }
    if (size >= MOST_PLAIN) {
      outcome = 'much';
      break;
    }
  }
  decoder.close();
  return [Buffer.concat(plain), outcome];
}

function checkCodecs(codecs: readonly ContentCodec[]): ParserTarget['check'] {
  return async (bytes, sizes) => {
    const outcomes: string[] = [];
    let first: Buffer | undefined;
    for (const codec of codecs) {
      const [plain, outcome] = await decodeAll(codec, [bytes]);
      outcomes.push(plain.length === 0 && outcome === 'plain' ? 'nothing yet' : outcome);
      const [pieces, cutOutcome] = await decodeAll(codec, cut(bytes, [...sizes, 64]));
      if (outcome !== 'plain' || cutOutcome !== 'plain') continue;
      // Of a block that is cut one of them may give the beginning.
      const size = Math.min(plain.length, first?.length ?? 0);
      must(first?.subarray(0, size).equals(plain.subarray(0, size)) ?? true, 'two implementations give other bytes');
      first = plain;
      must(plain.equals(pieces), 'plain bytes depend on how payloads are cut');
    }
    return outcomes.join();
  };
}

/** Codecs of one encoding that must say the same of the same bytes. */
function sameOutcome(check: ParserTarget['check']): ParserTarget['check'] {
  return async (bytes, sizes) => {
    const outcome = await check(bytes, sizes);
    const near = outcome.includes('much') ? 'much' : 'malformed';
    const said = new Set(outcome.replaceAll('malformed near the bound', near).split(','));
    must(said.size === 1, `two implementations of one encoding say ${outcome}`);
    return outcome;
  };
}

/** Codecs of one encoding, where the second must take what the first, which is stricter, takes. */
function laterTakesMore(check: ParserTarget['check']): ParserTarget['check'] {
  return async (bytes, sizes) => {
    const outcome = await check(bytes, sizes);
    must(!outcome.startsWith('plain,malformed'), 'one implementation takes what another refuses');
    return outcome;
  };
}

const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const REFUSAL = new WiremuxError('out-of-luck', '100 % of it', { data: { at: 7 }, retry: 5 });
const ATOMS = [outputAtom('%s of %%', ['one'], ['label']), outputAtom('grüße')];
const VALUES = [0, -1, 2 ** 53, 2n ** 70n, 1.5, 'text', [1, [2]], { a: { b: null } }, new Set([1]), new Map([[1, 2]])];
function requestMap(request: RequestMessage): Uint8Array {
  const { bytes, from, to } = encodeRequest(request, writeValue);
  return bytes.subarray(from, to);
}

const MESSAGES: readonly Uint8Array[] = [
  requestMap({ name: 'echo', args: { value: 1 }, channel: 'bulk', credit: 2_000 }),
  requestMap({ name: 'echo', args: {}, deadline: 60_000, idem: new Uint8Array(16), trace: TRACE }),
  encodeSettings({ ...DEFAULT_SETTINGS, token: 'secret', encodings: ['zlib', 'identity'] }),
  encodeStatusError(REFUSAL, true),
  encodeErrorFrame(REFUSAL, 'server', true),
  encodeOutput(ATOMS),
  encodeProgress({ topic: 'rows', pos: 1, total: 7, label: 'rows', item: 'x' }),
  control.encodeCancel({ code: 'deadline', message: 'too late' }),
  control.encodeCancelResult('left'),
  control.encodePing(new Uint8Array(8)),
  control.encodeUint(65_536),
  encodeValue({ after: 5, jitter: 1 }),
  ...DIALECTS.map(({ output }) => output.encode(ATOMS) ?? new Uint8Array(0)),
];
const HEADER = { requestId: 1, streamId: 3, streamFlags: 1, type: 1, flags: 1 };
const FRAMES = MESSAGES.map((payload, type) => encodeFrame({ ...HEADER, type: type % 16 }, payload));
const LINES = MESSAGES.flatMap((payload) =>
  [true, false].map((literals) => printFrame({ ...HEADER, payload }, 'wiremux.1', { literals })),
);
const DEFLATED = [0, 1, 6].map(
  (level) => new Uint8Array(deflateSync(wordy(3_000, level), { level, finishFlush: constants.Z_SYNC_FLUSH })),
);
const ZSTD = [ZSTD_STREAM, ZSTD_LITERALS].map(
  (stream) => new Uint8Array(Buffer.concat(stream.map(({ encoded }) => encoded))),
);
const NODE_ZSTD = nodeZstd();

/** Everything that reads what a peer sends, but for the reactors. */
export const TARGETS: readonly ParserTarget[] = [
  { name: 'frames', samples: [new Uint8Array(Buffer.concat(FRAMES)), ...FRAMES], check: checkFrames },
  {
    name: 'the text form',
    samples: LINES.map((line) => new Uint8Array(Buffer.from(line, 'latin1'))),
    check: checkText,
  },
  { name: 'CBOR', samples: [...VALUES.map((value) => encodeValue(value)), ...MESSAGES], check: checkCbor },
  { name: 'messages', samples: MESSAGES, check: checkMessages },
  { name: 'arguments of exp-framing-0002', samples: [Uint8Array.of(1, 0, 2, 0, 97, 98, 99)], check: checkArguments },
  {
    name: 'zlib',
    samples: [...DEFLATED, new Uint8Array(deflateSync(new Uint8Array(300_000)))],
    check: sameOutcome(checkCodecs([nodeZlib(), browserZlib()])),
  },
  {
    name: 'zstd-8mb',
    samples: [...ZSTD, ...ZSTD_STREAM.map(({ encoded }) => encoded)],
    check: laterTakesMore(checkCodecs([browserZstd()!, ...(NODE_ZSTD ? [NODE_ZSTD] : [])])),
  },
];
