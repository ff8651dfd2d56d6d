import type { StreamStats } from '@wiremux/framing';
import type { RequestSnapshot } from '@wiremux/server';

/** What one stream of a connection is used for. */
export interface Channel extends StreamStats {
  /** Ids of the requests whose answers go on it. A peer's own streams name no channel, so theirs are not known. */
  readonly requests: readonly number[];
}

/** The map from the stream ids of one connection to its channels, as both are at one moment. */
export class ChannelMap {
  readonly #byStream: ReadonlyMap<number, Channel>;

  constructor(streams: readonly StreamStats[], requests: readonly Pick<RequestSnapshot, 'id' | 'channel'>[]) {
    const idsByChannel = new Map<string, number[]>();
    for (const { id, channel } of requests) {
      const ids = idsByChannel.get(channel);
      if (ids === undefined) idsByChannel.set(channel, [id]);
      else ids.push(id);
    }
    this.#byStream = new Map(
      streams.map((stats) => {
        const found = stats.direction === 'out' ? idsByChannel.get(stats.name) : undefined;
        return [stats.stream, { ...stats, requests: found ?? [] }];
      }),
    );
  }

  /** The channel of a stream; undefined: that stream is not open. */
  get(stream: number): Channel | undefined {
    return this.#byStream.get(stream);
  }

  /** Every channel, in the order of their stream ids. */
  list(): Channel[] {
    return Array.from(this.#byStream.values()).sort((one, other) => one.stream - other.stream);
  }
}
