import { describe, expect, it } from 'vitest';
import { WiremuxError } from '../../src/index.js';
import { peerStats } from '../../src/reactor/stats.js';
import { LonePeer } from './lone-peer.js';

const WINDOW = 131_072;
const EVERY_ACK = (count: number): string => `0 1 0 ack 0 cbor:${count}`;

/** A server with an answer larger than its window, of which nothing is acknowledged. */
function stuck(): { server: LonePeer; frames: string[] } {
  const server = new LonePeer({ acks: false, settings: "{b'wiremux': {b'credit': 16777216}}" });
  server.feed("1 3 0 command-request new cbor:{b'name': b'rows'}");
  for (let piece = 0; piece < 20; piece++) server.peer.sendValue(1, new Uint8Array(20_000));
  return { server, frames: server.sentSession() };
}

function bytesOf(frames: readonly string[], server: LonePeer): number {
  return server.peer.inspect(peerStats).bytes.out + 64 * frames.length;
}

describe('SPEC 8.7.7, 8.7.10 a window without a session', () => {
  it('lets at most one frame overshoot, and goes on as frames are acknowledged', () => {
    const { server, frames } = stuck();
    expect(bytesOf(frames, server)).toBeGreaterThanOrEqual(WINDOW);
    expect(bytesOf(frames, server)).toBeLessThan(WINDOW + 66_000);
    expect(server.sentSession()).toEqual([]);
    server.feed(EVERY_ACK(1));
    expect(server.sentSession().length).toBeGreaterThan(0);
  });

  it('holds no credit, cancel and error frames', () => {
    const { server } = stuck();
    server.feed("3 3 0 command-request new|have-data cbor:{b'name': b'digest'}");
    server.feed('3 3 0 command-data continuation …d16384');
    server.peer.dataTaken(3, 16_384);
    server.feed("5 3 0 command-request new cbor:{b'name': b'stop'}");
    server.feed('5 3 0 cancel 0 ');
    server.peer.stopped(5);
    const types = server.sentSession().map((frame) => frame.split(' ').slice(3, 5).join(' '));
    expect(types).toEqual(['credit 0', 'cancel ack']);
  });

  it('lets the error of an answer pass that has nothing else to send', () => {
    const { server } = stuck();
    server.feed("3 3 0 command-request new cbor:{b'name': b'fails'}");
    server.peer.sendValue(3, 1);
    expect(server.sentSession()).toEqual([]);
    server.peer.failAnswer(3, new WiremuxError('command-failed', 'It broke.'));
    // Its status and its value wait, so the error behind them does.
    expect(server.sentSession()).toEqual([]);

    const late = new LonePeer({ acks: false, settings: "{b'wiremux': {b'credit': 16777216}}" });
    late.feed(
      "3 3 0 command-request new cbor:{b'name': b'fails'}",
      "1 3 0 command-request new cbor:{b'name': b'rows'}",
    );
    late.peer.sendValue(3, 1);
    expect(late.sentSession()).toHaveLength(1);
    for (let piece = 0; piece < 20; piece++) late.peer.sendValue(1, new Uint8Array(20_000));
    late.sentSession();
    late.peer.failAnswer(3, new WiremuxError('command-failed', 'It broke.'));
    expect(late.sentSession().map((frame) => frame.split(' ')[3])).toEqual(['error-response']);
  });
});

describe('SPEC 8.7.8 frames over 64 KiB', () => {
  it('are never sent, whatever the other side accepts', () => {
    const server = new LonePeer({ settings: "{b'wiremux': {b'credit': 16777216, b'maxframe': 1048576}}" });
    server.feed("1 3 0 command-request new cbor:{b'name': b'rows'}");
    server.peer.sendValue(1, new Uint8Array(1_000_000));
    const sizes: number[] = [];
    for (let message = server.takeMessage(); message !== undefined; message = server.takeMessage()) {
      sizes.push(message.length);
    }
    expect(sizes.length).toBeGreaterThan(10);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(65_536);
  });
});
