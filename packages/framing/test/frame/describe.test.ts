import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLiteral } from '../../src/frame/cbor-literal.js';
import { describeFrame } from '../../src/frame/describe.js';
import { anyDialect, anyFrame } from './arbitraries.js';

const header = { requestId: 3, streamId: 4, streamFlags: 1, type: 3, flags: 2 };

describe('SPEC 6 text form: descriptions for logs', () => {
  it('shows a payload up to 64 bytes whole', () => {
    expect(describeFrame(header, new Uint8Array(64).fill(0x61), 'wiremux.1')).toBe(
      `3 4 stream-begin command-response eos ${'a'.repeat(64)}`,
    );
  });

  it('elides a longer one, and tells its length', () => {
    expect(describeFrame(header, new Uint8Array(65).fill(0x61), 'wiremux.1')).toBe(
      `3 4 stream-begin command-response eos ${'a'.repeat(64)}… (65 bytes)`,
    );
  });

  it('SPEC 6.12 shows no secret', () => {
    const payload = parseLiteral("{b'wiremux': {b'token': b'sesame'}}", 0);
    const line = describeFrame({ ...header, type: 8 }, payload, 'wiremux.1');
    expect(line).toContain('token');
    expect(line).not.toContain('sesame');
  });

  it('survives fields out of range', () => {
    expect(
      describeFrame(
        { requestId: -1, streamId: 999, streamFlags: 512, type: 99, flags: 77 },
        new Uint8Array(0),
        'wiremux.1',
      ),
    ).toBe('-1 999 512 99 77 ');
  });

  it('is one line of bounded length for any frame', () => {
    fc.assert(
      fc.property(anyFrame, anyDialect, (frame, dialect) => {
        const line = describeFrame(frame, frame.payload, dialect);
        expect(line).not.toMatch(/[\n\r]/);
        expect(line.length).toBeLessThan(450);
      }),
    );
  });
});
