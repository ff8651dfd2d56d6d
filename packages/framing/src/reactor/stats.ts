import type { InboundStream } from '../stream/inbound.js';
import type { OutboundStream } from '../stream/outbound.js';
import type { Answering } from './answering.js';
import type { FrameRouter } from './frame-router.js';
import type { Output } from './output.js';

/** One stream of a connection, with what it has carried (for inspection). */
export interface StreamStats {
  readonly stream: number;
  readonly direction: 'in' | 'out';
  /** The channel: this side's own for `out`; `in` streams have only a number. */
  readonly name: string;
  /** The profile of its encoded frames; `identity`: it has none. */
  readonly encoding: string;
  readonly frames: number;
  /** Header and payload bytes, as they are on the wire. */
  readonly bytes: number;
  /** The same without encoding. */
  readonly plainBytes: number;
  /** Body bytes that wait to be sent on it. */
  readonly queued: number;
}

/** One request this side answers. */
export interface RequestStats {
  readonly id: number;
  readonly channel: string;
  /** Plain bytes of the answer sent so far. */
  readonly bytes: number;
}

/** A snapshot of a peer. */
export interface PeerStats {
  readonly frames: { readonly in: number; readonly out: number };
  readonly bytes: { readonly in: number; readonly out: number };
  readonly streams: readonly StreamStats[];
  readonly requests: readonly RequestStats[];
}

/** What a snapshot is made of; see `inspect` of the peer. */
export interface PeerInside {
  readonly answering: Answering;
  readonly router: FrameRouter;
  readonly output: Output;
  readonly bytesIn: number;
}

/** Takes a snapshot. */
export function peerStats({ answering, router, output, bytesIn }: PeerInside): PeerStats {
  const { frames, inbound, linkStream } = router;
  const answers = answering.responder?.list() ?? [];
  const queued = new Map<string, number>();
  const requests = [...answers].map(({ id, send }) => {
    queued.set(send.channel, (queued.get(send.channel) ?? 0) + send.queued);
    return { id, channel: send.channel, bytes: send.sentBytes };
  });
  const streamsIn = [...inbound.list()].map((stream) => inboundStats(stream, linkStream));
  const streamsOut = [...output.allStreams()].map((stream) => outboundStats(stream, queued));
  return {
    frames: { in: frames, out: output.frames },
    bytes: { in: bytesIn, out: output.bytes },
    streams: [...streamsIn, ...streamsOut],
    requests,
  };
}

function inboundStats({ id, decoding, frames, bytes, plainBytes }: InboundStream, linkStream: number): StreamStats {
  const name = id === linkStream ? 'link' : 'in';
  const encoding = decoding?.codec.name ?? 'identity';
  return { stream: id, direction: 'in', name, encoding, frames, bytes, plainBytes, queued: 0 };
}

function outboundStats(stream: OutboundStream, queued: ReadonlyMap<string, number>): StreamStats {
  const { id, channel, encoding, frames, bytes, plainBytes } = stream;
  const waiting = queued.get(channel) ?? 0;
  return { stream: id, direction: 'out', name: channel, encoding, frames, bytes, plainBytes, queued: waiting };
}
