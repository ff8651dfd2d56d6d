import { DEFAULT_LIMITS, type Limits } from '@wiremux/framing';
import { type Option, whole } from './option.js';

const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;
const HOUR = 3_600_000;

type Unit = 'ms' | 'bytes' | 'per second';

function limit(name: keyof Limits, from: number, to: number, about: string, unit?: Unit): Option<number> {
  return whole({ from, to, default: DEFAULT_LIMITS[name] }, about, unit);
}

/** The limits of the protocol core (SPEC 9) as options: all are per connection, or per request where they say so. */
export const LIMIT_OPTIONS: { readonly [Name in keyof Limits]: Option<number> } = {
  framePayload: limit('framePayload', 65_535, 1 * MiB, 'Largest frame payload accepted.', 'bytes'),
  requestMap: limit('requestMap', 1 * KiB, 64 * MiB, 'Largest request map accepted: name and arguments.', 'bytes'),
  requestMaps: limit('requestMaps', 1 * KiB, 1 * GiB, 'Bytes of all request maps being received at once.', 'bytes'),
  openingRequests: limit('openingRequests', 1, 32_767, 'Requests whose arguments are still being received at once.'),
  openRequests: limit('openRequests', 1, 32_767, 'Requests open at once on one connection.'),
  openStreams: limit('openStreams', 1, 127, 'Streams open at once, per direction.'),
  contexts: limit('contexts', 0, 254, 'Encoding and decoding contexts; past it identity is used.'),
  decodedBytes: limit('decodedBytes', 64 * KiB, 1 * GiB, 'What one frame may decode to.', 'bytes'),
  decodedRatio: limit('decodedRatio', 2, 100_000, 'Decoded bytes for each encoded one, in a frame of over 64 KiB.'),
  decodeQueue: limit('decodeQueue', 16 * KiB, 1 * GiB, 'Frames that may wait for a decoder.', 'bytes'),
  cborDepth: limit('cborDepth', 4, 512, 'Nesting of one value.'),
  cborItems: limit('cborItems', 16, 100_000_000, 'Items in one value, nested ones counted.'),
  valueBytes: limit('valueBytes', 1 * KiB, 1 * GiB - 1, 'Size of one value.', 'bytes'),
  settingsBytes: limit('settingsBytes', 1 * KiB, 1 * MiB, 'Size of the settings a client sends first.', 'bytes'),
  settingsTimeout: limit('settingsTimeout', 100, HOUR, "Time for a client's settings to arrive.", 'ms'),
  tokenInterval: limit('tokenInterval', 0, 10_000, 'Time between two tokens of a client; sooner, it is closed.', 'ms'),
  answerCredit: limit('answerCredit', 1 * KiB, 16 * MiB, 'Credit of answers asked of a peer.', 'bytes'),
  uploadWindow: limit('uploadWindow', 16 * KiB, 16 * MiB, 'Data of one upload that may be on its way.', 'bytes'),
  grantedBytes: limit('grantedBytes', 64 * KiB, 4 * GiB, 'Data a client may have sent that no handler took.', 'bytes'),
  sendQueueHighWater: limit(
    'sendQueueHighWater',
    1 * KiB,
    64 * MiB,
    'Answer bytes of one request that may wait before its handler does.',
    'bytes',
  ),
  sendQueue: limit(
    'sendQueue',
    64 * KiB,
    1 * GiB,
    'Answer bytes of one request that may wait at all; past it the request fails.',
    'bytes',
  ),
  heldAnswers: limit(
    'heldAnswers',
    64 * KiB,
    1 * GiB,
    'Posted frames: answer bytes held until all have come.',
    'bytes',
  ),
  pausedBytes: limit('pausedBytes', 16 * KiB, 64 * MiB, 'Older dialects: unread upload that pauses reading.', 'bytes'),
  pausedTimeout: limit('pausedTimeout', 100, HOUR, 'Older dialects: how long one upload may pause reading.', 'ms'),
  textQueue: limit('textQueue', 1 * KiB, 16 * MiB, 'Text output of one request that may wait.', 'bytes'),
  progressTopics: limit('progressTopics', 1, 4_096, 'Topics of progress of one request.'),
  sendWindow: limit(
    'sendWindow',
    128 * KiB,
    1_024 * MiB,
    'Sent and not acknowledged, at most; it follows the path below that.',
    'bytes',
  ),
  pingInterval: limit(
    'pingInterval',
    100,
    HOUR,
    'Silence after which a ping is sent, and again the connection dropped.',
    'ms',
  ),
  controlBudget: limit('controlBudget', 10, 1_000_000, 'Control frames that do nothing, at most in a row.'),
  controlRefill: limit('controlRefill', 1, 1_000_000, 'Control frames that do nothing, over time.', 'per second'),
};
