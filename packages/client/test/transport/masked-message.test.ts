import { describe, expect, it } from 'vitest';
import { maskedMessage } from '../../src/transport/masked-message.js';

interface Message {
  readonly first: number | undefined;
  readonly length: number;
  readonly key: string;
  readonly payload: Uint8Array;
}

/** Reads a message as a server does (RFC 6455 section 5.3). */
function read(message: Buffer): Message {
  const second = message[1] as number;
  expect(second & 0x80).toBe(0x80);
  const head = (second & 0x7f) === 126 ? 4 : 2;
  const length = head === 4 ? message.readUInt16BE(2) : second & 0x7f;
  const key = message.subarray(head, head + 4);
  const payload = Uint8Array.from(message.subarray(head + 4), (byte, at) => byte ^ (key[at % 4] as number));
  return { first: message[0], length, key: key.toString('hex'), payload };
}

const bytes = (size: number, value: number): Uint8Array => new Uint8Array(size).fill(value);

describe('SPEC 7.2 a message of a client', () => {
  it.each([1, 2, 3, 4, 5, 125, 126, 127, 1_000, 16_383, 32_000])('has %i bytes behind its head and key', (size) => {
    const payload = Uint8Array.from({ length: size }, (_, at) => at);
    const { first, length, payload: found } = read(maskedMessage([payload], size));
    expect(first).toBe(0x82);
    expect(length).toBe(size);
    expect(found).toEqual(payload);
  });

  it('is all of its chunks, and leaves them as they are', () => {
    const chunks = [bytes(1, 1), bytes(0, 9), bytes(130, 2), bytes(7, 3)];
    const { payload } = read(maskedMessage(chunks, 138));
    expect(payload).toEqual(new Uint8Array(Buffer.concat(chunks)));
    expect(chunks).toEqual([bytes(1, 1), bytes(0, 9), bytes(130, 2), bytes(7, 3)]);
  });

  it('is never touched again by those behind it', () => {
    const sizes = Array.from({ length: 3_000 }, (_, index) => 1 + ((index * 37) % 300));
    const messages = sizes.map((size, index) => maskedMessage([bytes(size, index)], size));
    for (const [index, message] of messages.entries()) {
      expect(read(message).payload).toEqual(bytes(sizes[index] as number, index));
    }
  });

  it('has a key of its own', () => {
    const keys = Array.from({ length: 5_000 }, () => read(maskedMessage([bytes(1, 0)], 1)).key);
    expect(new Set(keys).size).toBeGreaterThan(4_990);
  });
});
