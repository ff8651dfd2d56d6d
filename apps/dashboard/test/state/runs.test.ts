import { type OutputAtom, type ProgressUpdate, type RequestState, WiremuxError } from '@wiremux/client';
import { Subject, VirtualTimeScheduler } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { type RunHandle, Runs } from '../../src/state/runs.js';

/** A request whose end the test plays. */
class PlayedAnswer {
  readonly values$: Subject<unknown> = new Subject();
  readonly progress$: Subject<ProgressUpdate> = new Subject();
  readonly output$: Subject<readonly OutputAtom[]> = new Subject();
  readonly state$: Subject<RequestState> = new Subject();
  readonly signal: AbortSignal;
  readonly redirect: object | undefined;

  constructor(signal: AbortSignal, redirect: object | undefined) {
    this.signal = signal;
    this.redirect = redirect;
    signal.addEventListener('abort', () => {
      this.state$.next({ state: 'stopping' });
      this.values$.error(new WiremuxError('aborted', 'The caller aborted the request.'));
    });
  }

  end(state: RequestState): void {
    this.state$.next(state);
    if (!this.values$.closed) this.values$.complete();
  }
}

interface Stage {
  readonly runs: Runs;
  readonly answers: PlayedAnswer[];
  readonly scheduler: VirtualTimeScheduler;
}

function stage(): Stage {
  const scheduler = new VirtualTimeScheduler();
  const answers: PlayedAnswer[] = [];
  const source = {
    request(
      _name: string,
      _args: object,
      { signal, redirect }: { readonly signal: AbortSignal; readonly redirect?: object | undefined },
    ): PlayedAnswer {
      const answer = new PlayedAnswer(signal, redirect);
      answers.push(answer);
      return answer;
    },
  };
  return { runs: new Runs(source, () => scheduler.now(), scheduler), answers, scheduler };
}

function start(runs: Runs, command = 'rows', targets: readonly string[] = []): RunHandle {
  return runs.start({ command, args: {}, file: undefined, targets });
}

describe('Runs', () => {
  it('shows all that a run says, its last values too', () => {
    const { runs, answers, scheduler } = stage();
    const run = start(runs);
    const answer = answers[0] as PlayedAnswer;
    answer.state$.next({ state: 'answering' });
    answer.values$.next('a');
    answer.progress$.next({ topic: 't', pos: 1, total: 2 });
    answer.output$.next([{ text: 'hello %s', args: ['you'], labels: [] }]);
    answer.values$.next('b');
    answer.end({ state: 'ended', how: 'completed' });
    scheduler.flush();
    expect(run.view.value).toMatchObject({
      phase: 'completed',
      count: 2,
      output: [{ tone: 'plain', text: 'hello you' }],
      topics: [{ topic: 't' }],
    });
    expect(run.view.value.values.map(({ text }) => text)).toEqual(['"b"', '"a"']);
  });

  it('draws a fast run a few times a second', () => {
    const { runs, answers, scheduler } = stage();
    const run = start(runs);
    let draws = 0;
    const stop = run.view.subscribe(() => draws++);
    for (let pos = 0; pos < 1_000; pos++) answers[0]?.progress$.next({ topic: 't', pos, total: 1_000 });
    scheduler.flush();
    stop();
    expect(run.view.value.topics).toMatchObject([{ pos: 999 }]);
    expect(draws).toBe(3);
  });

  it('cancels, and shows what came before and how it ended', () => {
    const { runs, answers, scheduler } = stage();
    const run = start(runs);
    answers[0]?.values$.next('kept');
    run.cancel();
    answers[0]?.end({ state: 'ended', how: 'cancelled', result: 'stopped' });
    scheduler.flush();
    expect(run.view.value).toMatchObject({ phase: 'cancelled', count: 1, cancelResult: 'stopped', problem: undefined });
  });

  it('offers to be redirected where that is wanted, and shows where to', () => {
    const { runs, answers, scheduler } = stage();
    start(runs);
    const run = start(runs, 'rows', ['cdn']);
    expect(answers.map(({ redirect }) => redirect)).toEqual([undefined, { targets: ['cdn'] }]);
    const location = { url: 'https://cdn.example/a', mediaType: 'text/plain' };
    answers[1]?.end({ state: 'ended', how: 'redirected', location });
    scheduler.flush();
    expect(run.view.value).toMatchObject({ phase: 'redirected', location });
  });

  it('runs several at once, newest first', () => {
    const { runs, answers } = stage();
    start(runs, 'first');
    start(runs, 'second');
    expect(runs.list.value.map(({ request }) => request.command)).toEqual(['second', 'first']);
    expect(answers.map(({ signal }) => signal.aborted)).toEqual([false, false]);
  });

  it('cancels what is dismissed and takes it off the list', () => {
    const { runs, answers } = stage();
    runs.dismiss(start(runs));
    expect(runs.list.value).toEqual([]);
    expect(answers[0]?.signal.aborted).toBe(true);
    expect(answers[0]?.values$.observed).toBe(false);
  });

  it('keeps a bounded number of ended runs and every one that goes on', () => {
    const { runs, answers, scheduler } = stage();
    const first = start(runs, 'goes on');
    for (let count = 0; count < 50; count++) {
      start(runs);
      answers.at(-1)?.end({ state: 'ended', how: 'completed' });
      scheduler.flush();
    }
    expect(runs.list.value).toHaveLength(21);
    expect(runs.list.value.at(-1)).toBe(first);
  });
});
