import { signal } from '@preact/signals';
import { WiremuxError } from '@wiremux/client';
import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { FrameTap, KEPT_FRAMES } from '../../src/state/frame-tap.js';

class Rehearsal {
  readonly answers: Subject<unknown>[] = [];
  readonly asked: unknown[] = [];
  readonly isDrawing = signal(true);
  readonly tap = new FrameTap(
    {
      call: (name, args) => {
        this.asked.push([name, args]);
        const answer = new Subject<unknown>();
        this.answers.push(answer);
        return answer;
      },
    },
    this.isDrawing,
  );
  #seq = 0;

  send(count: number, more: object = {}): void {
    const frames = Array.from({ length: count }, () => ({ seq: this.#seq++, type: 'credit' }));
    this.answers.at(-1)?.next({ frames, dropped: 0, missed: { in: 0, out: 0 }, closed: false, ...more });
  }

  get shown(): number[] {
    return this.tap.shown.value.map(({ seq }) => seq);
  }
}

describe('FrameTap', () => {
  it('watches one connection at a time', () => {
    const { tap, asked, answers } = new Rehearsal();
    tap.start('c1');
    tap.start('c2');
    expect(asked).toEqual([
      ['gateway.frames', { connection: 'c1', every: 200 }],
      ['gateway.frames', { connection: 'c2', every: 200 }],
    ]);
    expect(answers.map(({ observed }) => observed)).toEqual([false, true]);
    expect(tap.connection.value).toBe('c2');
    tap.stop();
    expect(answers[1]?.observed).toBe(false);
    expect([tap.connection.value, tap.phase.value]).toEqual([undefined, 'off']);
  });

  it('shows what comes, counts, and keeps the newest', () => {
    const rehearsal = new Rehearsal();
    const { tap } = rehearsal;
    tap.start('c1');
    expect(tap.phase.value).toBe('starting');
    rehearsal.send(2, { dropped: 3, missed: { in: 4, out: 0 } });
    expect(tap.phase.value).toBe('running');
    expect(tap.counts.value).toEqual({ total: 2, dropped: 3, missed: 4 });
    expect(tap.types.value).toEqual(['credit']);
    rehearsal.send(KEPT_FRAMES);
    expect(rehearsal.shown).toHaveLength(KEPT_FRAMES);
    expect(rehearsal.shown.at(-1)).toBe(KEPT_FRAMES + 1);
  });

  it('stands still while it is paused, or nobody looks', () => {
    const rehearsal = new Rehearsal();
    const { tap, isDrawing } = rehearsal;
    tap.start('c1');
    rehearsal.send(1);
    tap.isPaused.value = true;
    rehearsal.send(2);
    expect(rehearsal.shown).toEqual([0]);
    expect(tap.waiting.value).toBe(2);
    tap.isPaused.value = false;
    expect(rehearsal.shown).toEqual([0, 1, 2]);
    isDrawing.value = false;
    rehearsal.send(1);
    expect(rehearsal.shown).toEqual([0, 1, 2]);
    tap.clear();
    expect(rehearsal.shown).toEqual([]);
  });

  it('tells how it ended', () => {
    const rehearsal = new Rehearsal();
    const { tap, answers } = rehearsal;
    tap.start('c1');
    answers[0]?.error(new WiremuxError('not-allowed', 'No.'));
    expect([tap.phase.value, tap.problem.value?.code]).toEqual(['ended', 'not-allowed']);
    tap.start('c2');
    expect(tap.problem.value).toBeUndefined();
    answers[1]?.complete();
    expect([tap.phase.value, tap.problem.value]).toEqual(['ended', undefined]);
  });
});
