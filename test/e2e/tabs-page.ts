import type { Mux, Status, WiremuxError } from '@wiremux/client';
import { connectShared } from '@wiremux/client/shared-worker';
import { command, defineCommands, implement } from '@wiremux/server';
import { BehaviorSubject, distinctUntilChanged, filter, firstValueFrom, lastValueFrom, toArray } from 'rxjs';

/** What a test has a tab do. */
interface TabControls {
  /** Connects to the gateway at `url`; resolves with the first status that is open. */
  connect(url: string): Promise<unknown>;
  /** All values of a command. */
  values(name: string, args: object): Promise<unknown[]>;
  /** The code of the error that a command fails with. */
  failure(name: string, args: object): Promise<string>;
  /** Takes the first `count` values of a command, then takes no more and does not leave. */
  take(count: number, name: string, args: object): Promise<void>;
  /** Takes one more value of what `take` has begun. */
  next(): Promise<unknown>;
  /** Uploads so many bytes; what `measure` makes of them. */
  upload(size: number): Promise<unknown>;
  /** Serves `whoami` to the gateway. */
  serve(name: string): void;
  /** Ends the worker of all tabs, as a browser may that needs its memory. */
  endWorker(): void;
  /** The state its connection is in. */
  state(): Promise<string>;
  /** Resolves once its connection has been opened so often. */
  untilOpened(times: number): Promise<unknown>;
}

declare global {
  interface Window {
    readonly tab: TabControls;
  }
}

const commands = defineCommands({ whoami: command({}) });
let mux: Mux;
let taking: AsyncIterator<unknown>;
/** How often the connection has been opened. */
const opened$ = new BehaviorSubject(0);

const isOpen = ({ state }: Status): boolean => state === 'open';

const controls: TabControls = {
  async connect(url) {
    const openWorker = () => new SharedWorker('/worker.js', { type: 'module' });
    mux = connectShared(openWorker, url);
    const changes$ = mux.status$.pipe(distinctUntilChanged((before, after) => before.state === after.state));
    changes$.pipe(filter(isOpen)).subscribe(() => opened$.next(opened$.value + 1));
    return firstValueFrom(mux.status$.pipe(filter(isOpen)));
  },
  values: (name, args) => lastValueFrom(mux.call(name, { ...args }).pipe(toArray())),
  failure: (name, args) =>
    lastValueFrom(mux.call(name, { ...args })).then(
      () => 'none',
      ({ code }: WiremuxError) => code,
    ),
  async take(count, name, args) {
    taking = mux.iterate(name, { ...args })[Symbol.asyncIterator]();
    for (let taken = 0; taken < count; taken += 1) await taking.next();
  },
  next: async () => (await taking.next()).value,
  upload: (size) => firstValueFrom(mux.call('measure', {}, { data: new Uint8Array(size) })),
  serve: (name) => void mux.handle(implement(commands, { whoami: () => name })),
  endWorker: () => new BroadcastChannel('worker').postMessage('end'),
  state: async () => (await firstValueFrom(mux.status$)).state,
  untilOpened: (times) => firstValueFrom(opened$.pipe(filter((opened) => opened >= times))),
};

Object.assign(window, { tab: controls });
