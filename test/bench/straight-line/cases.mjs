import { deflateSync } from 'node:zlib';
import { dialectByName, encodeFrame, encodeValue, FrameReader, Peer, Responder, ValueReader } from '@wiremux/framing';
import { zlib } from '@wiremux/framing/zlib';

/** Limits far above what is sent: what is measured is the way there. */
const LARGE = 64 * 1024 * 1024;
const CBOR_LIMITS = { depth: 64, items: LARGE, bytes: LARGE };
const PEER_LIMITS = {
  requestMap: LARGE,
  requestMaps: LARGE,
  settingsBytes: LARGE,
  valueBytes: LARGE,
  cborItems: LARGE,
};
const FRAMES_STEP = 64;

const NEW = 1;
const CONTINUATION = 2;
const MORE = 4;
const PIECE = 1;
const LAST_PIECE = 2;
const COMMAND_REQUEST = 0x1;
const SENDER_SETTINGS = 0x8;

function* cut(bytes, piece) {
  for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
}

function must(holds, what) {
  if (!holds) throw new Error(`The benchmark is broken: ${what}.`);
}

/** Values are read as they come: the last one must come once, and whole. */
function readValue(bytes, piece) {
  const reader = new ValueReader(CBOR_LIMITS);
  let values = 0;
  for (const part of cut(bytes, piece)) {
    const error = reader.push(part, () => {
      values += 1;
    });
    must(error === undefined, error?.message);
  }
  must(values === 1, `${values} values came`);
}

function readFrame(bytes, piece) {
  const reader = new FrameReader(LARGE);
  let frames = 0;
  for (const part of cut(bytes, piece)) {
    reader.push(part, () => {
      frames += 1;
    });
  }
  must(frames === 1, `${frames} frames came`);
}

/** Frames of `piece` payload bytes each, joined into messages of some frames as senders do. */
function* frameMessages(map, piece, header) {
  let message = [];
  for (let at = 0; at < map.length; at += piece) {
    const part = map.subarray(at, at + piece);
    message.push(encodeFrame(header(at === 0, at + piece >= map.length), part));
    if (message.length === FRAMES_STEP) {
      yield Buffer.concat(message);
      message = [];
    }
  }
  yield Buffer.concat(message);
}

function receive(dialect, messages, kind) {
  const peer = new Peer({
    role: 'server',
    responder: Responder,
    dialect: dialectByName(dialect),
    now: 0,
    limits: PEER_LIMITS,
  });
  const kinds = [];
  for (const message of messages) {
    peer.receiveBytes(message, 0);
    for (const event of peer.takeEvents()) kinds.push(event.kind);
  }
  must(kinds.includes(kind) && !kinds.includes('closing'), `the events were ${kinds.join()}`);
}

const requestHeader = (first, last) => ({
  requestId: 1,
  streamId: 1,
  streamFlags: first ? 1 : 0,
  type: COMMAND_REQUEST,
  flags: (first ? NEW : CONTINUATION) | (last ? 0 : MORE),
});

const settingsHeader = (first, last) => ({
  requestId: 0,
  streamId: 1,
  streamFlags: first ? 1 : 0,
  type: SENDER_SETTINGS,
  flags: last ? LAST_PIECE : PIECE,
});

async function decode(payload, piece, size) {
  const decoder = zlib().createDecoder();
  let plain = 0;
  for (const part of cut(payload, piece)) {
    let step = await decoder.decode(part, 65_536);
    for (;;) {
      must(step.kind === 'plain', step.message);
      plain += step.plain.length;
      if (!step.more) break;
      step = await decoder.resume(65_536);
    }
  }
  decoder.close();
  must(plain === size, `${plain} of ${size} bytes came`);
}

/** Bytes that a compressor makes little of. */
function noise(size) {
  const bytes = new Uint8Array(size);
  let state = 1;
  for (let at = 0; at < size; at += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

const rows = (size) => Array.from({ length: size / 32 }, (_, id) => ({ id, name: `row ${id}`, odd: id % 2 === 1 }));
const KiB = 1024;
const SIZES = [64 * KiB, 512 * KiB, 4096 * KiB];
/** Frames of one byte cost a frame each. */
const FEWER = [16 * KiB, 128 * KiB, 1024 * KiB];

/**
 * What is measured: `prepare` makes the input of about `size` bytes, `run` reads it in pieces of `piece` bytes.
 * @type {readonly { name: string, sizes: readonly number[], prepare(size: number, piece: number): unknown,
 *   run(input: unknown, piece: number, size: number): void | Promise<void> }[]}
 */
export const CASES = [
  { name: 'CBOR, one byte string', sizes: SIZES, prepare: (size) => encodeValue(new Uint8Array(size)), run: readValue },
  { name: 'CBOR, one text', sizes: SIZES, prepare: (size) => encodeValue('é'.repeat(size / 2)), run: readValue },
  { name: 'CBOR, one list of rows', sizes: SIZES, prepare: (size) => encodeValue(rows(size)), run: readValue },
  {
    name: 'one frame',
    sizes: SIZES,
    prepare: (size) => encodeFrame(requestHeader(true, true), new Uint8Array(size)),
    run: readFrame,
  },
  {
    name: 'a request map over frames',
    sizes: FEWER,
    prepare: (size, piece) => {
      const map = encodeValue({ name: Buffer.from('blob'), args: { value: new Uint8Array(size) } });
      return [...frameMessages(map, Math.min(piece, 65_535), requestHeader)];
    },
    run: (messages) => receive('exp-framing-0006', messages, 'request'),
  },
  {
    name: 'settings over frames',
    sizes: FEWER,
    prepare: (size, piece) => {
      const map = encodeValue({ contentencodings: [Buffer.from('identity')], unknown: new Uint8Array(size) });
      return [...frameMessages(map, Math.min(piece, 65_535), settingsHeader)];
    },
    run: (messages) => receive('exp-framing-0006', messages, 'ready'),
  },
  { name: 'zlib, of noise', sizes: SIZES, prepare: (size) => deflateSync(noise(size)), run: decode },
  { name: 'zlib, of zeros', sizes: SIZES, prepare: (size) => deflateSync(new Uint8Array(size)), run: decode },
];
