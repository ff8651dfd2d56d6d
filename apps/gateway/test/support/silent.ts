import { once } from 'node:events';
import { dialectByName, Link, Peer } from '@wiremux/framing';
import { WebSocket } from 'ws';
import { nodeClock } from '../../src/clock.js';
import { clientTransport } from './client-transport.js';

/** A client that calls one command and never takes a value of the answer. */
export async function openSilent(port: number, name: string): Promise<WebSocket> {
  const dialect = dialectByName('wiremux.1');
  if (dialect === undefined) throw new Error('no dialect');
  const socket = new WebSocket(`ws://127.0.0.1:${port}/mux`, ['wiremux.1'], { perMessageDeflate: false });
  await once(socket, 'open');
  const peer = new Peer({ role: 'client', dialect, now: nodeClock.now() });
  const transport = clientTransport(socket);
  void new Link({ peer, transport, clock: nodeClock, onEvent: () => {}, onClosed: () => {} });
  peer.open({ name });
  return socket;
}
