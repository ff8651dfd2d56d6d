import { describe, expect, it } from 'vitest';
import { ProgressLines } from '../../src/view/progress-lines.js';

describe('SPEC 3.7.2 progress', () => {
  it('has a line for each topic from its first update to its end', () => {
    const progress = new ProgressLines();
    progress.update({ topic: 'a', pos: 1, total: 0 });
    progress.update({ topic: 'b', pos: 1, total: 0 });
    progress.update({ topic: 'a', pos: 2, total: 0 });
    expect(progress.lines).toEqual(['a  2', 'b  1']);
    progress.update({ topic: 'a', pos: -1, total: 0 });
    progress.update({ topic: 'never', pos: -1, total: 0 });
    expect(progress.lines).toEqual(['b  1']);
  });

  it('SPEC 8.12.8 keeps 64 topics and no more', () => {
    const progress = new ProgressLines();
    for (let topic = 0; topic < 65; topic++) progress.update({ topic: `t${topic}`, pos: 1, total: 0 });
    expect(progress.lines).toHaveLength(64);
    progress.update({ topic: 't0', pos: -1, total: 0 });
    progress.update({ topic: 't64', pos: 2, total: 0 });
    expect(progress.lines.at(-1)).toBe('t64  2');
  });
});
