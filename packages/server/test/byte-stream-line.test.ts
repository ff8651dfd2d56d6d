import { describe, expect, it } from 'vitest';
import { byteStream } from '../src/byte-stream.js';
import { ByteStreamLine, type ByteStreamPort } from '../src/byte-stream-line.js';

/** An answer that notes what is said to it. */
class RecordingPort implements ByteStreamPort {
  readonly said: unknown[] = [];
  hasRoom = true;

  begin(length: number | undefined): boolean {
    return this.#say(['begin', length]);
  }

  send(bytes: Uint8Array): boolean {
    return this.#say(bytes.length);
  }

  end(): boolean {
    return this.#say('end');
  }

  value(value: unknown): boolean {
    return this.#say(['value', value]);
  }

  broken(thrown: unknown): void {
    this.#say(['broken', thrown]);
  }

  idle(hasRoom: boolean): void {
    this.#say(['idle', hasRoom]);
  }

  #say(what: unknown): boolean {
    this.said.push(what);
    return this.hasRoom;
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a line of byte streams', () => {
  it('sends at once what is ready at once, and then has room', () => {
    const port = new RecordingPort();
    const line = new ByteStreamLine(port);
    expect(line.add(byteStream([new Uint8Array(3), new Uint8Array(4)], { length: 7 }))).toBe(true);
    expect(line.busy).toBe(false);
    expect(port.said).toEqual([['begin', 7], 3, 4, 'end', ['idle', true]]);
  });

  it('has no room where the end of a byte stream left none', () => {
    const port = new RecordingPort();
    port.hasRoom = false;
    const line = new ByteStreamLine(port);
    expect(line.add(byteStream([]))).toBe(false);
    expect(line.busy).toBe(false);
  });

  it('is idle once, when all that waited has gone', async () => {
    const port = new RecordingPort();
    const line = new ByteStreamLine(port);
    async function* slow(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(new Uint8Array(1));
    }
    expect(line.add(byteStream(slow()))).toBe(false);
    for (const value of [byteStream([]), 'a', byteStream([new Uint8Array(2)]), 'b'])
      expect(line.add(value)).toBe(false);
    expect(line.busy).toBe(true);
    await turn();
    const empty = [['begin', undefined], 'end'];
    expect(port.said).toEqual([
      ['begin', undefined],
      1,
      'end',
      ...empty,
      ['value', 'a'],
      ['begin', undefined],
      2,
      'end',
      ['value', 'b'],
      ['idle', true],
    ]);
  });

  it('says nothing more once it is stopped, but that all sources have', async () => {
    const port = new RecordingPort();
    const line = new ByteStreamLine(port);
    const cancelled: number[] = [];
    for (const index of [0, 1]) {
      line.add(byteStream(new ReadableStream<Uint8Array>({ cancel: () => void cancelled.push(index) })));
    }
    line.stop();
    await turn();
    expect(cancelled.toSorted((a, b) => a - b)).toEqual([0, 1]);
    expect(port.said).toEqual([
      ['begin', undefined],
      ['idle', true],
    ]);
    expect(line.busy).toBe(false);
  });
});
