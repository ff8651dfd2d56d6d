import { describe, expect, it } from 'vitest';
import { ResumeProgress } from '../../src/session/resume-progress.js';

describe('SPEC 8.8.10 resumes that bring nothing forward', () => {
  it('end the session when a fourth finds both counts as the first did', () => {
    const progress = new ResumeProgress();
    expect([1, 2, 3, 4].map(() => progress.resume(0, 0))).toEqual([true, true, true, false]);
  });

  it.each([
    ['received', 1, 0],
    ['acknowledged', 0, 1],
  ])('are not those that advance what was %s', (_, received, acknowledged) => {
    const progress = new ResumeProgress();
    for (let count = 0; count < 20; count++) {
      const at = Math.floor(count / 3);
      expect(progress.resume(7 + received * at, 9 + acknowledged * at)).toBe(true);
    }
  });
});
