import { type Clock, type FrameFilter, type KnownRequest, WiremuxError } from '@wiremux/framing';
import type { Logger, ServerConnection } from '@wiremux/server';
import { DescribingThread } from './describing-thread.js';
import { Tap } from './tap.js';
import type { TappedTransport } from './tapped-transport.js';

/** Taps open at once in a gateway: one thread describes the frames of all. */
const MOST_TAPS = 16;

/** Who looks: a request of a connection. */
export interface Viewer {
  readonly connection: string;
  readonly requestId: number;
}

/** A connection that can be tapped. */
export interface TapPoint {
  readonly connection: Pick<ServerConnection, 'dialect' | 'counters' | 'snapshot'>;
  readonly transport: Pick<TappedTransport, 'watch'>;
}

/** A tap that a viewer has opened. */
export interface OpenTap {
  readonly tap: Tap;
  close(): void;
}

/** The taps on the connections of a gateway. */
export class TapPoints {
  readonly #clock: Clock;
  readonly #encodings: readonly string[];
  readonly #log: Pick<Logger, 'error'>;
  readonly #find: (connection: string) => TapPoint | undefined;
  /** The requests that look, by their connection. */
  readonly #viewers = new Map<string, Set<number>>();
  #taps = 0;
  /** There while there are taps. */
  #thread: DescribingThread | undefined;
  /** Threads that are no longer there. */
  #ended: Promise<void> = Promise.resolve();

  /**
   * @param find the open connection of an id
   * @param encodings names of the content encodings that taps decode
   */
  constructor(
    find: (connection: string) => TapPoint | undefined,
    clock: Clock,
    encodings: readonly string[],
    log: Pick<Logger, 'error'>,
  ) {
    this.#find = find;
    this.#clock = clock;
    this.#encodings = encodings;
    this.#log = log;
  }

  /**
   * Begins to watch a connection.
   * @throws {WiremuxError} `bad-arguments` if there is none of that id, `too-many-requests` past 16 taps
   */
  open(id: string, viewer: Viewer, filter: FrameFilter): OpenTap {
    const point = this.#find(id);
    if (point === undefined) {
      throw new WiremuxError(
        'bad-arguments',
        `No connection \`${id}\` is open; gateway.connections lists those that are.`,
      );
    }
    if (this.#taps >= MOST_TAPS) {
      throw new WiremuxError(
        'too-many-requests',
        `${MOST_TAPS} taps are open, and no more are allowed: end one first.`,
      );
    }
    const { connection, transport } = point;
    const tap = new Tap({
      thread: this.#liveThread(),
      description: {
        connection: id,
        dialect: connection.dialect.name,
        known: this.#knownRequests(point),
        filter,
      },
      clock: this.#clock,
      framesIn: () => connection.counters.frames.in,
    });
    this.#addViewer(viewer);
    const unwatch = transport.watch(tap.watcher);
    return {
      tap,
      close: () => {
        unwatch();
        tap.close();
        this.#removeViewer(viewer);
      },
    };
  }

  /** To be called when no connection is left: settled when nothing of the taps is. */
  async close(): Promise<void> {
    this.#endThread();
    await this.#ended;
  }

  #liveThread(): DescribingThread {
    if (this.#thread?.isAlive === true) return this.#thread;
    this.#thread = new DescribingThread(this.#encodings, this.#log);
    for (const [connection, requests] of this.#viewers) this.#thread.setViewers(connection, [...requests]);
    return this.#thread;
  }

  #endThread(): void {
    const ended = this.#thread?.end();
    this.#thread = undefined;
    this.#ended = this.#ended.then(() => ended);
  }

  #knownRequests({ connection }: TapPoint): KnownRequest[] {
    const epoch = Date.now() - this.#clock.now();
    return connection.snapshot().requests.map(({ id, command, since }) => ({ id, command, since: epoch + since }));
  }

  #addViewer({ connection, requestId }: Viewer): void {
    this.#taps++;
    const viewers = this.#viewers.get(connection) ?? new Set();
    this.#viewers.set(connection, viewers.add(requestId));
    this.#thread?.setViewers(connection, [...viewers]);
  }

  #removeViewer({ connection, requestId }: Viewer): void {
    this.#taps--;
    const viewers = this.#viewers.get(connection);
    viewers?.delete(requestId);
    if (viewers?.size === 0) this.#viewers.delete(connection);
    if (this.#taps === 0) this.#endThread();
    else this.#thread?.setViewers(connection, [...(viewers ?? [])]);
  }
}
