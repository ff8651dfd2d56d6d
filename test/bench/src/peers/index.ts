import type { Peer } from '../peer.js';
import { capnweb } from './capnweb.js';
import { graphqlWs } from './graphql-ws.js';
import { rawWs } from './raw-ws.js';
import { rsocket } from './rsocket.js';
import { socketIo } from './socket-io.js';
import { trpc } from './trpc.js';
import { wiremux } from './wiremux.js';
import { wsJson } from './ws-json.js';

/** Everybody, ours first. */
export const PEERS: readonly Peer[] = [wiremux, wsJson, rawWs, socketIo, trpc, graphqlWs, capnweb, rsocket];

/** The peer of that name. */
export function peerByName(name: string): Peer {
  const peer = PEERS.find((candidate) => candidate.name === name);
  if (peer === undefined)
    throw new Error(`There is no peer "${name}"; there are ${PEERS.map((each) => each.name).join(', ')}.`);
  return peer;
}
