import { encodeFrame, type Frame, printFrame } from '@wiremux/framing';
import { encode } from 'cborg';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithComponent } from '../support/components.js';
import { Reference } from './reference.js';

/** What the reference's own literals can say: it has no text strings and no floats. */
const value = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 20 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc
      .array(fc.tuple(fc.uint8Array({ maxLength: 6 }), tie('value')), { maxLength: 1 })
      .map((entries) => new Map(entries)),
  ),
})).value;

const payload = fc.oneof(
  fc.uint8Array({ maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 30 }).map((text) => new TextEncoder().encode(text)),
  value.map((item) => encode(item)),
);

const frame: fc.Arbitrary<Frame> = fc.record({
  requestId: fc.integer({ min: 0, max: 65_535 }),
  streamId: fc.integer({ min: 0, max: 255 }),
  streamFlags: fc.integer({ min: 0, max: 7 }),
  type: fc.constantFrom(1, 2, 3, 5, 6, 7, 8, 9),
  flags: fc.integer({ min: 0, max: 3 }),
  payload: payload.map((bytes) => Uint8Array.from(bytes)),
});

describeWithComponent('mercurial', 'The text form of frames', (python) => {
  let reference: Reference;
  beforeAll(() => {
    reference = new Reference(python);
  });
  afterAll(() => reference.close());

  it.each([true, false])(
    'SPEC 6.1, 6.2, 6.5, 6.7, 6.10, 6.11 the reference reads what we print (literals: %s)',
    async (literals) => {
      const session = reference.open();
      const check = fc.asyncProperty(fc.array(frame, { minLength: 1, maxLength: 20 }), async (frames) => {
        for (const one of frames) {
          const text = printFrame(one, 'exp-framing-0006', { literals });
          // Its byte string literals are ASCII only; ours show text as it is.
          if (/ cbor:.*[^ -~]/.test(text)) continue;
          const read = await session.frames({ do: 'frame', text });
          expect(Buffer.from(read).toString('hex'), text).toBe(
            Buffer.from(encodeFrame(one, one.payload)).toString('hex'),
          );
        }
      });
      await fc.assert(check, { numRuns: 60, seed: Number(process.env['WIREMUX_SEED'] ?? 1) });
    },
  );
});
