import { describe, expect, it } from 'vitest';
import { TransportSeat } from '../../src/transport/seat.js';
import type { Transport, TransportHandlers } from '../../src/transport/transport.js';

/** A transport whose events a test makes. */
class ScriptedTransport implements Transport {
  handlers: TransportHandlers | undefined;
  readonly bufferedBytes = 0;

  start(handlers: TransportHandlers): void {
    this.handlers = handlers;
  }

  send(): void {}
  pause(): void {}
  resume(): void {}
  close(): void {}
  terminate(): void {}

  /** All that a transport can tell. */
  tellAll(): void {
    this.handlers?.bytes(new Uint8Array(1));
    this.handlers?.drain();
    this.handlers?.ended?.();
    this.handlers?.closed(1006, '');
  }
}

function user(name: string, told: string[]): TransportHandlers {
  const tell = (what: string) => () => void told.push(`${name} ${what}`);
  return { bytes: tell('bytes'), drain: tell('drain'), ended: tell('ended'), closed: tell('closed') };
}

const ALL = ['bytes', 'drain', 'ended', 'closed'];

describe('SPEC 8.8.6 the user of a transport', () => {
  it('is told all of it, and the next one from when it has the seat', () => {
    const told: string[] = [];
    const transport = new ScriptedTransport();
    const seat = new TransportSeat(transport, user('first', told));
    transport.tellAll();
    seat.give(user('second', told));
    transport.tellAll();
    expect(told).toEqual([...ALL.map((what) => `first ${what}`), ...ALL.map((what) => `second ${what}`)]);
  });

  it('hears nothing more once it has left', () => {
    const told: string[] = [];
    const transport = new ScriptedTransport();
    new TransportSeat(transport, user('first', told)).leave();
    transport.tellAll();
    expect(told).toEqual([]);
  });
});
