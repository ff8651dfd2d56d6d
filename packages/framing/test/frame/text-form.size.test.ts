import { expect, it } from 'vitest';
import { parseFrame } from '../../src/frame/text-form.js';

it('SPEC 1.1 text form: parsing takes a payload of 2^24 - 1 bytes, and none past them', () => {
  const most = 'x'.repeat(2 ** 24 - 1);
  expect(parseFrame(`1 1 0 6 0 ${most}`, 'wiremux.1').ok).toBe(true);
  expect(parseFrame(`1 1 0 6 0 ${most}x`, 'wiremux.1').ok).toBe(false);
});
