import { connect } from '@wiremux/client';
import { firstValueFrom } from 'rxjs';

/** What a page saw that used a gateway through cuts. */
interface Seen {
  /** Numbers of the values of `ticks`, as they came. */
  readonly ticks: readonly number[];
  /** Numbers of the values of `host.metrics`, as they came. */
  readonly samples: readonly number[];
  /** What `digest` made of the upload. */
  readonly digest: unknown;
  /** The states of the connection; each stands once where it is told again. */
  readonly states: readonly string[];
  /** Why a request ended that should not. */
  readonly problems: readonly string[];
}

declare global {
  interface Window {
    /** Cuts what connections there are. */
    cut(): void;
    /**
     * Watches `host.metrics` and `ticks` of the gateway at `url`, and uploads `size` bytes beside them, byte n of which is n
     * modulo 251. Has the connection cut `cuts` times, each time when values flow. Resolves when the digest is there, and
     * more values have come behind the last cut.
     */
    useThroughCuts(url: string, size: number, cuts: number): Promise<Seen>;
  }
}

/** More values than are taken. */
const ENDLESS = 1_000_000_000;
/** Values that come between two cuts. */
const BETWEEN = 100;

window.useThroughCuts = async (url, size, cuts) => {
  const mux = connect(url, { transport: 'websocket', reconnect: { initial: 20, max: 200 } });
  const states: string[] = [];
  const problems: string[] = [];
  /** Values that are still to come before the next cut. */
  let untilCut = BETWEEN;
  let cutsLeft = cuts;
  mux.status$.subscribe(({ state }) => {
    if (state === states.at(-1)) return;
    states.push(state);
    if (state === 'open') untilCut = BETWEEN;
  });
  const cutIfDue = (): void => {
    untilCut -= 1;
    if (untilCut !== 0 || cutsLeft === 0) return;
    cutsLeft -= 1;
    window.cut();
  };

  /** The numbers of a command's values, until some have come behind the last cut, and more than one a cut in all. */
  const numbersOf = async (name: string, args: object): Promise<number[]> => {
    const numbers: number[] = [];
    let left = 2;
    try {
      for await (const value of mux.iterate(name, { ...args })) {
        numbers.push((value as { seq: number }).seq);
        cutIfDue();
        if (states.filter((state) => state === 'open').length > cuts) left -= 1;
        if (left <= 0 && numbers.length > cuts + 1) return numbers;
      }
      problems.push(`${name} ended.`);
    } catch (error) {
      problems.push(String(error));
    }
    return numbers;
  };

  const file = new File([Uint8Array.from({ length: size }, (_, at) => at % 251)], 'upload.bin');
  const [digest, samples, ticks] = await Promise.all([
    firstValueFrom(mux.call('digest', { size }, { data: file })).catch((error: unknown) =>
      problems.push(String(error)),
    ),
    numbersOf('host.metrics', { every: 50 }),
    numbersOf('ticks', { label: 'through cuts', count: ENDLESS, size: 40 }),
  ]);
  mux.close();
  return { ticks, samples, digest, states, problems };
};
