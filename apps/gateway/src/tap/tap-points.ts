import {
  type Clock,
  type ContentCodec,
  type ContextBudget,
  type DescribedFrame,
  type FrameFilter,
  type KnownRequest,
  WiremuxError,
} from '@wiremux/framing';
import type { ServerConnection } from '@wiremux/server';
import { Tap } from './tap.js';
import type { TappedTransport } from './tapped-transport.js';

/** Taps open at once in a gateway: each describes frames on the event loop that serves the connections. */
const MOST_TAPS = 16;

/** Who looks: a request of a connection. */
export interface Viewer {
  readonly connection: string;
  readonly requestId: number;
}

interface TapPoint {
  readonly connection: Pick<ServerConnection, 'id' | 'dialect' | 'closed' | 'snapshot'>;
  readonly transport: TappedTransport;
}

/** A tap that a viewer has opened. */
export interface OpenTap {
  readonly tap: Tap;
  close(): void;
}

/** The connections of a gateway, as far as they can be tapped, and the taps there are. */
export class TapPoints {
  readonly #clock: Clock;
  readonly #codecs: readonly ContentCodec[];
  readonly #contexts: ContextBudget;
  readonly #points = new Map<string, TapPoint>();
  /** The requests that look, by their connection. */
  readonly #viewers = new Map<string, Set<number>>();
  #taps = 0;

  constructor(clock: Clock, codecs: readonly ContentCodec[], contexts: ContextBudget) {
    this.#contexts = contexts;
    this.#clock = clock;
    this.#codecs = codecs;
  }

  /** Holds a connection until it has closed. */
  add(point: TapPoint): void {
    const { connection } = point;
    this.#points.set(connection.id, point);
    void connection.closed.then(() => this.#points.delete(connection.id));
  }

  /**
   * Begins to watch a connection.
   * @throws {WiremuxError} `bad-arguments` if there is none of that id, `too-many-requests` past 16 taps
   */
  open(id: string, viewer: Viewer, filter: FrameFilter): OpenTap {
    const point = this.#points.get(id);
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
    const tap = new Tap({
      dialect: point.connection.dialect.name,
      codecs: this.#codecs,
      contexts: this.#contexts,
      known: this.#knownRequests(point),
      filter,
      clock: this.#clock,
      isOwn: (frame) => this.#isOwn(id, frame),
    });
    const unwatch = point.transport.watch(tap);
    this.#addViewer(viewer);
    return {
      tap,
      close: () => {
        unwatch();
        tap.close();
        this.#removeViewer(viewer);
      },
    };
  }

  #knownRequests({ connection }: TapPoint): KnownRequest[] {
    const epoch = Date.now() - this.#clock.now();
    return connection.snapshot().requests.map(({ id, command, since }) => ({ id, command, since: epoch + since }));
  }

  /** Frames of requests that look, on whatever connection, and the acknowledgements that these cause. */
  #isOwn(connection: string, { requestId, type }: DescribedFrame): boolean {
    const viewers = this.#viewers.get(connection);
    return viewers !== undefined && (type === 'ack' || viewers.has(requestId));
  }

  #addViewer({ connection, requestId }: Viewer): void {
    this.#taps++;
    const viewers = this.#viewers.get(connection) ?? new Set();
    this.#viewers.set(connection, viewers.add(requestId));
  }

  #removeViewer({ connection, requestId }: Viewer): void {
    this.#taps--;
    const viewers = this.#viewers.get(connection);
    viewers?.delete(requestId);
    if (viewers?.size === 0) this.#viewers.delete(connection);
  }
}
