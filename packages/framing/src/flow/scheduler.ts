import { WiremuxError } from '../errors.js';

/** Something that has frames to send: one half of a request. */
export interface Sendable {
  /** The channel it sends on. */
  readonly channel: string;
  /** True while it has a frame that may go now. */
  readonly ready: boolean;
  /** The scheduler's own: it waits for its turn, ahead of the other one. Begin as false and undefined. */
  waits: boolean;
  behind: Sendable | undefined;
}

/** A named channel and its share (SPEC 8.12). */
export interface ChannelWeight {
  readonly name: string;
  /** Its share of the connection beside the other channels, 1 to 256. */
  readonly weight: number;
  /**
   * Content encodings its frames may have, the preferred one first (SPEC 4.9); absent: all there are codecs for, in their
   * order. Without any but `identity` it is never encoded: the way for what must not be compressed beside other data.
   */
  readonly encodings?: readonly string[];
}

/** The channels of a connection, `control` apart, which goes before all others (SPEC 8.12.1). */
export const DEFAULT_CHANNELS: readonly ChannelWeight[] = [
  { name: 'default', weight: 4 },
  { name: 'bulk', weight: 1 },
];

/** What {@link Scheduler.next}'s callback returns when nothing of the whole channel may go now. */
export const BLOCKED = -1;

/** Bytes a channel of weight 1 may send in its turn (SPEC 8.12.3). */
export const QUANTUM = 16_384;

interface Channel<T> {
  readonly quantum: number;
  /** Bytes it may still send in its turn; below 0: what its last frame took too many, to be paid first. */
  deficit: number;
  /** Those that wait for their turn, each once: a list through their `behind`. */
  first: T | undefined;
  last: T | undefined;
}

/**
 * Says who sends the next frame: weighted deficit round-robin between channels, frame by frame round-robin between the
 * requests of one (SPEC 8.12.3, 8.12.4).
 */
export class Scheduler<T extends Sendable> {
  readonly #channels = new Map<string, Channel<T>>();
  /** Channels that have something to send; the first has the turn. */
  readonly #active: Channel<T>[] = [];
  /** Channels that get no turn until {@link Scheduler.unblock}; each has something to send. */
  readonly #blocked: Channel<T>[] = [];

  /** @throws {WiremuxError} `unsupported` without a channel `default`, or for a weight that is not 1 to 256 */
  constructor(channels: readonly ChannelWeight[]) {
    for (const { name, weight } of channels) {
      if (!(weight >= 1 && weight <= 256)) {
        throw new WiremuxError('unsupported', `The weight of the channel \`${name}\` is ${weight}; give it 1 to 256.`);
      }
      this.#channels.set(name, { quantum: weight * QUANTUM, deficit: 0, first: undefined, last: undefined });
    }
    if (!this.#channels.has('default')) {
      throw new WiremuxError('unsupported', 'There is no channel `default`; add it, with its weight.');
    }
  }

  /** True if it knows a channel of that name. */
  has(channel: string): boolean {
    return this.#channels.has(channel);
  }

  /** Queues `sendable` if it has something to send. */
  wake(sendable: T): void {
    if (sendable.waits || !sendable.ready) return;
    const channel = this.#channels.get(sendable.channel) as Channel<T>;
    sendable.waits = true;
    // One that was empty is not blocked: what is blocked keeps what it has.
    if (channel.first === undefined) this.#active.push(channel);
    append(channel, sendable);
  }

  /** Channels that were blocked get their turns again, and find out whether they still are. */
  unblock(): void {
    this.#active.push(...this.#blocked.splice(0));
  }

  /** All that wait for their turn, in any order; some may have nothing to send any more. */
  *waiting(): Iterable<T> {
    for (const { first } of this.#channels.values()) {
      for (let sendable = first; sendable !== undefined; sendable = sendable.behind as T | undefined) yield sendable;
    }
  }

  /** True if somebody has something to send, on a channel that is not blocked. */
  get busy(): boolean {
    return this.#active.length > 0;
  }

  /**
   * Lets the next in turn send one frame. `send` returns the frame's bytes; 0 if it does not fit just now: then it stays
   * next; or {@link BLOCKED}: then other channels have the turns. Returns what `send` did; 0 also when nobody can send.
   */
  next(send: (sendable: T) => number): number {
    for (;;) {
      const channel = this.#active[0];
      const sendable = channel?.first;
      if (channel === undefined || sendable === undefined) return 0;
      if (!sendable.ready) {
        this.#leave(channel, sendable);
        continue;
      }
      if (channel.deficit <= 0) {
        channel.deficit += channel.quantum;
        if (channel.deficit <= 0) this.#rotate();
        continue;
      }
      const bytes = send(sendable);
      if (bytes === 0) return 0;
      if (bytes === BLOCKED) {
        this.#block(channel);
        continue;
      }
      channel.deficit -= bytes;
      if (!sendable.ready) {
        this.#leave(channel, sendable);
        if (channel.first === undefined) return bytes;
      } else if (channel.last !== sendable) {
        removeFirst(channel);
        append(channel, sendable);
      }
      if (channel.deficit <= 0) this.#rotate();
      return bytes;
    }
  }

  #leave(channel: Channel<T>, sendable: T): void {
    removeFirst(channel);
    sendable.waits = false;
    if (channel.first !== undefined) return;
    this.#active.shift();
    channel.deficit = Math.min(channel.deficit, 0);
    if (this.#active.length > 0 || this.#blocked.length > 0) return;
    for (const other of this.#channels.values()) other.deficit = 0;
  }

  #block(channel: Channel<T>): void {
    this.#active.shift();
    this.#blocked.push(channel);
  }

  #rotate(): void {
    if (this.#active.length > 1) this.#active.push(this.#active.shift() as Channel<T>);
  }
}

function append<T extends Sendable>(channel: Channel<T>, sendable: T): void {
  if (channel.last === undefined) channel.first = sendable;
  else channel.last.behind = sendable;
  channel.last = sendable;
}

/** Takes away who is next; there must be one. */
function removeFirst<T extends Sendable>(channel: Channel<T>): void {
  const first = channel.first as T;
  channel.first = first.behind as T | undefined;
  if (channel.first === undefined) channel.last = undefined;
  first.behind = undefined;
}
