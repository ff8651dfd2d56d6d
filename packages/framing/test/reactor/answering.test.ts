import { describe, expect, it } from 'vitest';
import { FrameReader, WiremuxError } from '../../src/index.js';
import { toHex } from '../frame/vectors.js';
import { pair } from './harness.js';
import { type LoneOptions, LonePeer } from './lone-peer.js';

const BOTH: readonly LoneOptions[] = [{}, { dialect: 'exp-framing-0006' }];
const NAME = "cbor:{b'name': b'x'}";
const OK = '\\xa1FstatusBok';

/** A server whose command runs for request 1. */
function running(options: LoneOptions = {}): LonePeer {
  const lone = new LonePeer(options);
  lone.feed(`1 ${lone.stream} 0 command-request new ${NAME}`);
  return lone;
}

/** Type, flags and payload of the frames. */
const bodies = (frames: readonly string[]): string[] => frames.map((frame) => frame.split(' ').slice(3).join(' '));

describe.each(BOTH)('SPEC 3.4 answers that are sent in %j', (options) => {
  it('SPEC 3.4.5 end, also without values, in the bytes of the example', () => {
    const lone = new LonePeer({ ...options, stream: false });
    lone.feed(`1 ${lone.stream} stream-begin command-request new ${NAME}`);
    lone.peer.endAnswer(1);
    const bytes = toHex(lone.takeMessage() ?? new Uint8Array(0));
    const stream = options.dialect ? '02' : '04';
    expect(bytes).toMatch(new RegExp(`0b00000100${stream}0132a146737461747573426f6b$`));
  });

  it('SPEC 3.4.7 put many values into one frame, with the end', () => {
    const lone = running(options);
    for (let value = 0; value < 5; value++) lone.peer.sendValue(1, value);
    lone.peer.endAnswer(1);
    expect(bodies(lone.sentSession())).toEqual([`command-response eos ${OK}\\x00\\x01\\x02\\x03\\x04`]);
  });

  it('SPEC 3.4.7 hold no value back', () => {
    const lone = running(options);
    lone.peer.sendValue(1, 1);
    expect(bodies(lone.sentSession())).toEqual([`command-response continuation ${OK}\\x01`]);
    lone.peer.sendValue(1, 2);
    expect(bodies(lone.sentSession())).toEqual(['command-response continuation cbor:2']);
    lone.peer.endAnswer(1);
    expect(bodies(lone.sentSession())).toEqual(['command-response eos ']);
  });

  it('SPEC 3.4.6 begin with an error status when the command fails before its first value', () => {
    const lone = running(options);
    lone.peer.sendOutput(1, [{ text: 'm', args: [], labels: [] }]);
    lone.peer.failAnswer(1, new WiremuxError('no-luck', 'no luck'));
    const code = options.dialect ? '' : "b'code': b'no-luck', ";
    expect(bodies(lone.sentSession())).toEqual([
      "text-output 0 cbor:[{b'msg': b'm'}]",
      `command-response eos cbor:{b'error': {${code}b'message': b'no luck'}, b'status': b'error'}`,
    ]);
  });

  it('SPEC 3.4.6, 8.12.5 end with an error frame behind the values when it fails later', () => {
    const lone = running(options);
    lone.peer.sendValue(1, 1);
    lone.peer.failAnswer(1, new WiremuxError('no-luck', 'no luck'));
    lone.peer.sendValue(1, 2);
    const code = options.dialect ? '' : "b'code': b'no-luck', ";
    expect(bodies(lone.sentSession())).toEqual([
      `command-response continuation ${OK}\\x01`,
      `error-response 0 cbor:{${code}b'message': [{b'msg': b'no luck'}], b'type': b'command'}`,
    ]);
  });

  it.each([
    ['internal', 'server'],
    ['protocol', 'protocol'],
    ['deadline', 'command'],
  ])('SPEC 3.5.2 have an error frame for `%s` of type %s', (code, type) => {
    const lone = running(options);
    lone.peer.sendValue(1, 1);
    lone.peer.failAnswer(1, new WiremuxError(code, 'no'));
    expect(lone.sentSession().at(-1)).toContain(`b'type': b'${type}'`);
  });

  it('SPEC 5.6 end once, and take nothing after it', () => {
    const lone = running(options);
    lone.peer.endAnswer(1);
    lone.peer.endAnswer(1);
    lone.peer.failAnswer(1, new WiremuxError('late', 'late'));
    expect(lone.peer.sendValue(1, 1)).toBe(true);
    lone.peer.sendOutput(1, []);
    lone.peer.sendProgress(1, { topic: 't', pos: 1, total: 1 });
    expect(lone.sentSession()).toHaveLength(1);
    lone.feed(`1 ${lone.stream} 0 command-request new ${NAME}`);
    expect(lone.of('request')).toHaveLength(2);
  });

  it('SPEC 3.1.3 fail alone with a value that cannot be written', () => {
    const lone = running(options);
    expect(() => lone.peer.sendValue(1, () => 0)).toThrow(expect.objectContaining({ code: 'unsupported' }));
    lone.peer.sendValue(1, 1);
    lone.peer.endAnswer(1);
    expect(bodies(lone.sentSession())).toEqual([`command-response eos ${OK}\\x01`]);
  });

  it('SPEC 3.4.1 carry large byte strings as they are', async () => {
    const bytes = Uint8Array.from({ length: 200_000 }, (_, at) => at);
    const { clock, client } = pair({
      dialect: options.dialect ?? 'wiremux.1',
      onServer: (event, peer) => {
        if (event.kind !== 'request') return;
        for (const value of [bytes, 'after', bytes.subarray(0, 4_096)]) peer.sendValue(event.id, value);
        peer.endAnswer(event.id);
      },
    });
    const id = client.peer.open({ name: 'x' });
    await clock.settle();
    expect(client.values(id)).toEqual([bytes, 'after', bytes.subarray(0, 4_096)]);
  });

  it('SPEC 3.2.6 leave `unknown-command` to the application', () => {
    const lone = running(options);
    lone.peer.failAnswer(1, new WiremuxError('unknown-command', 'What?'));
    expect(lone.sentSession().join()).toContain('What?');
  });
});

describe.each(BOTH)('SPEC 9.1.18 what an answer may queue in %j', (options) => {
  const limits = { sendQueue: 1_000, sendQueueHighWater: 400 };

  it('asks the writer to wait from the high water on, and tells it once when there is room again', () => {
    const lone = running({ ...options, limits });
    expect(lone.peer.sendValue(1, new Uint8Array(300))).toBe(true);
    expect(lone.peer.sendValue(1, new Uint8Array(84))).toBe(false);
    expect(lone.peer.sendValue(1, new Uint8Array(10))).toBe(false);
    expect(lone.of('answer-writable')).toEqual([]);
    lone.sent();
    lone.sent();
    expect(lone.of('answer-writable')).toEqual([{ kind: 'answer-writable', id: 1 }]);
    expect(lone.peer.sendValue(1, 1)).toBe(true);
  });

  it('is at most the limit, and past it the value is refused with `slow-reader`', () => {
    const lone = running({ ...options, limits });
    lone.peer.sendValue(1, 1);
    lone.peer.sendValue(1, new Uint8Array(985));
    expect(() => lone.peer.sendValue(1, 1)).toThrow(expect.objectContaining({ code: 'slow-reader' }));
    lone.sent();
    expect(lone.peer.sendValue(1, 1)).toBe(true);
    lone.peer.endAnswer(1);
    expect(lone.sentSession().at(-1)).toContain('command-response eos');
  });

  it('is one value of any size', () => {
    const lone = running({ ...options, limits });
    expect(lone.peer.sendValue(1, new Uint8Array(100_000))).toBe(false);
    expect(() => lone.peer.sendValue(1, 1)).toThrow(expect.objectContaining({ code: 'slow-reader' }));
  });
});

describe.each(BOTH)('SPEC 3.3 data that is sent in %j', (options) => {
  it('asks its writer to wait, and tells it when there is room again', () => {
    const lone = new LonePeer({ ...options, role: 'client', limits: { sendQueueHighWater: 100 } });
    lone.peer.open({ name: 'x', hasData: true });
    expect(lone.peer.sendData(1, new Uint8Array(99))).toBe(true);
    expect(lone.peer.sendData(1, new Uint8Array(1))).toBe(false);
    lone.sent();
    expect(lone.of('upload-writable')).toHaveLength(1);
    lone.peer.endData(1);
    lone.peer.endData(1);
    expect(lone.peer.sendData(1, new Uint8Array(1))).toBe(true);
    expect(bodies(lone.sentSession())).toEqual(['command-data eos ']);
  });

  it('SPEC 3.3.2 ends with its last bytes, or with an empty frame', () => {
    const lone = new LonePeer({ ...options, role: 'client' });
    lone.peer.open({ name: 'x', hasData: true });
    lone.peer.sendData(1, Uint8Array.from(Buffer.from('abc')));
    lone.peer.endData(1);
    lone.peer.open({ name: 'y', hasData: true });
    lone.peer.endData(3);
    expect(bodies(lone.sentSession()).filter((frame) => frame.startsWith('command-data'))).toEqual([
      'command-data eos abc',
      'command-data eos ',
    ]);
  });
});

const OLDER = ['exp-framing-0002', 'exp-framing-0003', 'exp-framing-0005', 'exp-framing-0006'];

describe.each(OLDER)('SPEC 3.2.2, 3.3.2 frames in %s', (dialect) => {
  const client = (): LonePeer => new LonePeer({ dialect, role: 'client' });

  const sizes = (lone: LonePeer): string[] =>
    lone.sent().map((frame) => {
      const [, , , type = '', flags = ''] = frame.split(' ');
      return `${type} ${flags} ${frame.length - frame.indexOf(flags) - flags.length - 1}`;
    });

  it.each([
    [32_767, ['continuation 0', 'eos 32767']],
    [32_768, ['continuation 32768', 'eos 0']],
    [32_769, ['continuation 32768', 'eos 1']],
    [65_536, ['continuation 32768', 'continuation 32768', 'eos 0']],
    [100_000, ['continuation 32768', 'continuation 32768', 'continuation 32768', 'eos 1696']],
  ])('are cut at 32,768 bytes of data: %i', (length, frames) => {
    const lone = client();
    lone.peer.open({ name: 'x', hasData: true });
    lone.peer.sendData(1, new Uint8Array(1).fill(0x78));
    lone.sent();
    for (let left = length; left > 0; left -= 10_000)
      lone.peer.sendData(1, new Uint8Array(Math.min(left, 10_000)).fill(0x78));
    lone.peer.endData(1);
    expect(sizes(lone)).toEqual(
      frames.filter((frame) => frame !== 'continuation 0').map((frame) => `command-data ${frame}`),
    );
  });

  it('are cut at 32,768 bytes of a map or an argument', () => {
    const lone = client();
    lone.peer.open({ name: 'x', args: { a: new Uint8Array(60_000) } });
    const bytes = lone.takeMessage() as Uint8Array;
    const payloads: number[] = [];
    new FrameReader(65_535).push(bytes, (_, { length }) => {
      payloads.push(length);
      return undefined;
    });
    const named = dialect === 'exp-framing-0002' ? [1] : [];
    const whole = bytes.length - 8 * payloads.length - named.length;
    expect(payloads).toEqual([...named, 32_768, whole - 32_768]);
  });
});
