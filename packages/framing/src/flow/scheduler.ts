import { WiremuxError } from '../errors.js';
import { type TakesTurns, TurnList } from './turn-list.js';

/** Something that has frames to send: one half of a request. */
export interface Sendable extends TakesTurns {
  /** The channel it sends on. */
  readonly channel: string;
  /** True while it has a frame that may go now. */
  readonly ready: boolean;
  /** The scheduler's own: it waits for its turn. Begins as false. */
  waits: boolean;
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

/** What {@link Sender.sendFrame} returns when nothing of the whole channel may go now. */
export const BLOCKED = -1;

/** Who sends the frames. */
export interface Sender<T extends Sendable> {
  /**
   * Sends the next frame of `sendable`. Returns its bytes; 0 if it does not fit just now: then it stays next; or
   * {@link BLOCKED}: then other channels have the turns.
   */
  sendFrame(sendable: T): number;
}

const NONE: readonly never[] = [];

/** Bytes a channel of weight 1 may send in its turn (SPEC 8.12.3). */
export const QUANTUM = 16_384;

interface Channel<T extends Sendable> extends TakesTurns {
  readonly name: string;
  readonly quantum: number;
  /** Bytes it may still send in its turn; below 0: what its last frame took too many, to be paid first. */
  deficit: number;
  /** Those that wait for their turn, each once. */
  readonly queue: TurnList<T>;
}

/**
 * Says who sends the next frame: weighted deficit round-robin between channels, frame by frame round-robin between the
 * requests of one (SPEC 8.12.3, 8.12.4).
 */
export class Scheduler<T extends Sendable> {
  readonly #weights: readonly ChannelWeight[];
  /** Those on which something was sent: few. */
  #channels: readonly Channel<T>[] = NONE;
  /** Channels that have something to send; the first has the turn. */
  readonly #active = new TurnList<Channel<T>>();
  /** Channels that get no turn until {@link Scheduler.unblock}; each has something to send. */
  #blocked: readonly Channel<T>[] = NONE;

  /** @throws {WiremuxError} `unsupported` without a channel `default`, or for a weight that is not 1 to 256 */
  constructor(channels: readonly ChannelWeight[]) {
    for (const { name, weight } of channels) {
      if (!(weight >= 1 && weight <= 256)) {
        throw new WiremuxError('unsupported', `The weight of the channel \`${name}\` is ${weight}; give it 1 to 256.`);
      }
    }
    this.#weights = channels;
    if (!this.has('default')) {
      throw new WiremuxError('unsupported', 'There is no channel `default`; add it, with its weight.');
    }
  }

  /** True if it knows a channel of that name. */
  has(channel: string): boolean {
    return this.#weights.some(({ name }) => name === channel);
  }

  /** Queues `sendable` if it has something to send. */
  wake(sendable: T): void {
    if (sendable.waits || !sendable.ready) return;
    const channel = this.#channel(sendable.channel);
    sendable.waits = true;
    // One that was empty is not blocked: what is blocked keeps what it has.
    if (channel.queue.first === undefined) this.#active.append(channel);
    channel.queue.append(sendable);
  }

  /** Channels that were blocked get their turns again, and find out whether they still are. */
  unblock(): void {
    const blocked = this.#blocked;
    this.#blocked = NONE;
    for (const channel of blocked) this.#active.append(channel);
  }

  /** All that wait for their turn, in any order; some may have nothing to send any more. */
  *waiting(): Iterable<T> {
    for (const { queue } of this.#channels) yield* queue;
  }

  /** True if somebody has something to send, on a channel that is not blocked. */
  get busy(): boolean {
    return this.#active.first !== undefined;
  }

  /** Lets the next in turn send one frame, and returns what that did; 0 also when nobody can send. */
  next(sender: Sender<T>): number {
    for (;;) {
      const channel = this.#active.first;
      const sendable = channel?.queue.first;
      if (channel === undefined || sendable === undefined) return 0;
      if (!sendable.ready) {
        this.#leave(channel, sendable);
        continue;
      }
      if (channel.deficit <= 0) {
        channel.deficit += channel.quantum;
        if (channel.deficit <= 0) this.#rotate(channel);
        continue;
      }
      const bytes = sender.sendFrame(sendable);
      if (bytes === 0) return 0;
      if (bytes === BLOCKED) {
        this.#block(channel);
        continue;
      }
      channel.deficit -= bytes;
      if (!sendable.ready) {
        this.#leave(channel, sendable);
        if (channel.queue.first === undefined) return bytes;
      } else if (!channel.queue.isShort) {
        channel.queue.removeFirst();
        channel.queue.append(sendable);
      }
      if (channel.deficit <= 0) this.#rotate(channel);
      return bytes;
    }
  }

  #channel(name: string): Channel<T> {
    for (const channel of this.#channels) {
      if (channel.name === name) return channel;
    }
    const { weight } = this.#weights.find((known) => known.name === name) as ChannelWeight;
    const channel: Channel<T> = {
      name,
      quantum: weight * QUANTUM,
      deficit: 0,
      queue: new TurnList(),
      behind: undefined,
    };
    this.#channels = [...this.#channels, channel];
    return channel;
  }

  #leave(channel: Channel<T>, sendable: T): void {
    channel.queue.removeFirst();
    sendable.waits = false;
    if (channel.queue.first !== undefined) return;
    this.#active.removeFirst();
    channel.deficit = Math.min(channel.deficit, 0);
    if (this.busy || this.#blocked.length > 0) return;
    for (const other of this.#channels) other.deficit = 0;
  }

  #block(channel: Channel<T>): void {
    this.#active.removeFirst();
    this.#blocked = [...this.#blocked, channel];
  }

  /** The channel that had the turn goes behind the others. */
  #rotate(channel: Channel<T>): void {
    if (this.#active.isShort) return;
    this.#active.removeFirst();
    this.#active.append(channel);
  }
}
