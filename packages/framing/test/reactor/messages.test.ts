import { describe, expect, it } from 'vitest';
import { FrameReader } from '../../src/index.js';
import { peerStats } from '../../src/reactor/stats.js';
import { type LoneOptions, LonePeer } from './lone-peer.js';

const BOTH: readonly LoneOptions[] = [{}, { dialect: 'exp-framing-0006' }];

/** The sizes of the messages, after making sure that each holds whole frames only. */
function messages(lone: LonePeer): { readonly bytes: number; readonly frames: number }[] {
  const found: { bytes: number; frames: number }[] = [];
  for (let message = lone.takeMessage(); message !== undefined; message = lone.takeMessage()) {
    let frames = 0;
    const reader = new FrameReader(2 ** 20);
    reader.push(message, () => {
      frames++;
      return undefined;
    });
    expect(reader.pending).toBe(0);
    found.push({ bytes: message.length, frames });
  }
  return found;
}

describe.each(BOTH)('SPEC 7.2 messages in %j', (options) => {
  const call = (lone: LonePeer, id: number): void =>
    lone.feed(`${id} ${lone.stream} 0 command-request new cbor:{b'name': b'x'}`);

  it('hold whole frames, of 64 KiB at most', () => {
    const lone = new LonePeer({ ...options, settings: "{b'wiremux': {b'credit': 16777216}}" });
    for (const id of [1, 3, 5]) {
      call(lone, id);
      lone.peer.sendValue(id, new Uint8Array(300_000));
      lone.peer.sendOutput(id, [{ text: 'x'.repeat(40_000), args: [], labels: [] }]);
      lone.peer.endAnswer(id);
    }
    const sizes = messages(lone).map(({ bytes }) => bytes);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(65_536);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeGreaterThan(1_020_000);
  });

  it('hold many small frames', () => {
    const lone = new LonePeer(options);
    for (let id = 1; id < 400; id += 2) {
      call(lone, id);
      lone.peer.endAnswer(id);
    }
    expect(messages(lone)).toEqual([expect.objectContaining({ frames: options.dialect ? 200 : 201 })]);
  });

  it('hold one larger frame alone, which cannot be cut', () => {
    const lone = new LonePeer({
      ...options,
      settings: "{b'wiremux': {b'maxframe': 1048576}}",
      limits: { textQueue: 200_000 },
    });
    call(lone, 1);
    const text = options.dialect ? 65_520 : 100_000;
    lone.peer.sendOutput(1, [{ text: 'a'.repeat(10), args: [], labels: [] }]);
    lone.peer.sendOutput(1, [{ text: 'b'.repeat(text), args: [], labels: [] }]);
    lone.peer.sendOutput(1, [{ text: 'c'.repeat(10), args: [], labels: [] }]);
    const [first, second, third] = messages(lone);
    expect([first?.frames, second?.frames, third?.frames]).toEqual([options.dialect ? 1 : 2, 1, 1]);
    expect(second?.bytes).toBeGreaterThan(text);
  });
});

describe('SPEC 3.4.7 a value that fits a message', () => {
  const answering = (): LonePeer => {
    const lone = new LonePeer({ settings: "{b'wiremux': {b'credit': 150000}}" });
    lone.feed("1 3 0 command-request new cbor:{b'name': b'x'}");
    messages(lone);
    return lone;
  };

  it('is not cut because another is in it already', () => {
    const lone = answering();
    for (let count = 0; count < 3; count++) lone.peer.sendValue(1, new Uint8Array(40_000));
    const sizes = messages(lone).map(({ bytes }) => bytes);
    expect(sizes).toEqual([expect.any(Number), 40_003 + 8, 40_003 + 8]);
  });

  it('is cut where the credit ends', () => {
    const lone = answering();
    for (let count = 0; count < 4; count++) lone.peer.sendValue(1, new Uint8Array(40_000));
    expect(messages(lone).slice(1)).toEqual([
      { bytes: 40_003 + 8, frames: 1 },
      { bytes: 65_536, frames: 2 },
      { bytes: expect.any(Number), frames: 1 },
    ]);
  });
});

describe('SPEC 7.4 bytes that were handed over', () => {
  it('do not change when more is sent, however they were made', () => {
    const lone = new LonePeer({ settings: "{b'wiremux': {b'credit': 16777216}}" });
    const handed: { readonly chunks: Uint8Array[]; readonly copy: Buffer }[] = [];
    for (let id = 1; id < 60; id += 2) {
      lone.feed(`${id} 3 0 command-request new cbor:{b'name': b'x'}`);
      lone.peer.sendValue(id, { id, text: 'x'.repeat(id) });
      lone.peer.sendValue(id, new Uint8Array(id * 200).fill(id));
      lone.peer.sendProgress(id, { topic: 't', pos: id, total: 60 });
      lone.peer.endAnswer(id);
      const chunks = lone.peer.takeBytes(0) ?? [];
      handed.push({ chunks, copy: Buffer.concat(chunks) });
    }
    for (const { chunks, copy } of handed) expect(Buffer.concat(chunks).equals(copy)).toBe(true);
  });

  it('SPEC 8.7.5 may wait for ever: reading goes on', () => {
    const lone = new LonePeer({ settings: "{b'wiremux': {b'credit': 16777216}}" });
    lone.feed("1 3 0 command-request new cbor:{b'name': b'x'}");
    lone.peer.sendValue(1, new Uint8Array(5_000_000));
    for (let id = 3; id < 300; id += 2) lone.feed(`${id} 3 0 command-request new cbor:{b'name': b'x'}`);
    expect(lone.peer.readPaused).toBe(false);
    expect(lone.of('request')).toHaveLength(150);
  });
});

describe('SPEC 7.2 messages of a wide window', () => {
  it('are cut between bytes, whatever its measure comes to', () => {
    const lone = new LonePeer({ acks: false, settings: "{b'wiremux': {b'credit': 16777216}}" });
    lone.feed("1 3 0 command-request new cbor:{b'name': b'x'}");
    let frames = 0;
    for (let round = 0; round < 30; round++) {
      lone.peer.sendValue(1, new Uint8Array(300_001));
      const sent = messages(lone);
      for (const message of sent) frames += message.frames;
      if (round === 0) frames--;
      lone.now += 0.1 + round / 7;
      lone.feed(`0 1 0 ack 0 cbor:${frames}`);
    }
    expect(lone.peer.inspect(peerStats).bytes.out).toBeGreaterThan(2_000_000);
  });

  it('hold 64 KiB at most, however wide it is', () => {
    const lone = new LonePeer({ acks: false, settings: "{b'wiremux': {b'credit': 16777216}}" });
    lone.feed("1 3 0 command-request new cbor:{b'name': b'x'}");
    let frames = 0;
    const longest: number[] = [];
    for (let round = 0; round < 8; round++) {
      for (let count = 0; count < 50; count++) lone.peer.sendValue(1, new Uint8Array(30_000));
      const sent = messages(lone);
      longest.push(Math.max(...sent.map(({ bytes }) => bytes)));
      for (const message of sent) frames += message.frames;
      // The first message of a round begins with an ack, which does not count; that of the request came before.
      if (round === 0) frames--;
      lone.now += 100;
      lone.feed(`0 1 0 ack 0 cbor:${frames}`);
    }
    expect(longest[1]).toBeGreaterThan(60_000);
    for (const bytes of longest) expect(bytes).toBeLessThanOrEqual(65_536);
  });
});

describe('SPEC 7.2, 8.12.2 messages of control frames', () => {
  it('are cut as well, and nothing overtakes those that wait', () => {
    const lone = new LonePeer({ role: 'client' });
    for (let count = 0; count < 500; count++) lone.peer.open({ name: 'x' });
    lone.sent();
    // The first leaves room in its message for a frame of a request, but not for one more cancel.
    for (let id = 1; id < 1_000; id += 2) lone.peer.cancel(id, { message: 'm'.repeat(id === 1 ? 794 : 1_024) });
    lone.peer.open({ name: 'later' });
    const sizes: number[] = [];
    const types: string[] = [];
    for (let message = lone.takeMessage(); message !== undefined; message = lone.takeMessage()) {
      sizes.push(message.length);
      new FrameReader(65_535).push(message, ({ type }) => {
        types.push(type === 11 ? 'cancel' : 'request');
        return undefined;
      });
    }
    expect(sizes.length).toBeGreaterThan(7);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(65_536);
    expect(types).toEqual([...Array.from({ length: 500 }, () => 'cancel'), 'request']);
  });

  it('SPEC 8.7.6 hold one credit a request, the sum of those that waited', () => {
    const lone = new LonePeer();
    for (let id = 1; id < 200; id += 2) {
      lone.feed(
        `${id} 3 0 command-request new|have-data cbor:{b'name': b'x'}`,
        `${id} 3 0 command-data continuation …x16384`,
      );
      for (let taken = 0; taken < 4; taken++) lone.peer.dataTaken(id, 4_096);
    }
    const credits = lone.sentSession().filter((frame) => frame.includes(' credit '));
    expect(credits).toHaveLength(100);
    expect(new Set(credits.map((frame) => frame.split(':')[1]))).toEqual(new Set(['262144']));
  });
});

describe('stats of a peer', () => {
  it('count frames and bytes, both ways, by stream and request', () => {
    const lone = new LonePeer();
    lone.feed("1 3 0 command-request new cbor:{b'name': b'x'}");
    lone.peer.sendValue(1, new Uint8Array(100));
    const before = lone.peer.inspect(peerStats);
    expect(before.requests).toEqual([{ id: 1, channel: 'default', bytes: 0 }]);
    lone.sent();
    const { frames, bytes, streams, requests } = lone.peer.inspect(peerStats);
    expect(requests).toEqual([{ id: 1, channel: 'default', bytes: 113 }]);
    expect(frames).toEqual({ in: 3, out: 4 });
    expect(bytes.in).toBe(9 + 17 + 16);
    expect(streams.filter(({ direction }) => direction === 'out').reduce((sum, stream) => sum + stream.bytes, 0)).toBe(
      bytes.out,
    );
    expect(streams.map(({ stream, direction, name }) => [stream, direction, name])).toEqual([
      [1, 'in', 'link'],
      [3, 'in', 'in'],
      [2, 'out', 'link'],
      [4, 'out', 'default'],
    ]);
  });

  it('tell what waits, on the stream it waits for', () => {
    const lone = new LonePeer({ settings: "{b'wiremux': {b'credit': 1024}}" });
    lone.feed("1 3 0 command-request new cbor:{b'name': b'x'}");
    lone.peer.sendValue(1, new Uint8Array(2_000));
    lone.sent();
    const out = lone.peer.inspect(peerStats).streams.filter(({ stream }) => stream === 4);
    expect(out).toMatchObject([{ name: 'default', queued: 2_003 + 11 - 1_024 }]);
  });
});
