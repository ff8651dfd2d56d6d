import { expect } from 'vitest';
import { decodeOne, type PeerSettings, type SessionGrant } from '../../src/index.js';
import { parseSettings } from '../../src/message/settings.js';
import { frameBytes, LonePeer } from './lone-peer.js';

const ID = 'i'.repeat(16);
export const SECRET = 's'.repeat(32);
export const GRANT: SessionGrant = { id: bytes(ID), secret: bytes(SECRET), ttl: 120 };
export const CALL = "command-request new cbor:{b'name': b'x'}";
export const SETTINGS = 'sender-protocol-settings';
export const OK = "command-response continuation cbor:{b'status': b'ok'}";

export function bytes(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text));
}

/** What a server says of a session, in its settings. */
export function reply(received: number, resumed: boolean, id = ID): string {
  const session = `b'id': b'${id}', b'received': ${received}, b'resumed': ${resumed ? 'True' : 'False'}`;
  return `{b'wiremux': {b'session': {${session}, b'secret': b'${SECRET}', b'ttl': 120}}}`;
}

export function serverSettings(received: number, resumed: boolean, id = ID): string {
  return `0 2 stream-begin ${SETTINGS} eos cbor:${reply(received, resumed, id)}`;
}

/** What a client asks for, in its settings. */
function resume(received: number): string {
  const session = `b'received': ${received}, b'resume': b'${ID}', b'secret': b'${SECRET}'`;
  return `0 1 stream-begin ${SETTINGS} eos cbor:{b'wiremux': {b'session': {${session}}}}`;
}

export function client(settings: string | null = reply(0, false)): LonePeer {
  return new LonePeer({ role: 'client', session: 'new', acks: false, stream: false, settings });
}

/** A server that has let its client in. */
export function server(options: ConstructorParameters<typeof LonePeer>[0] = {}): LonePeer {
  const settings = "{b'wiremux': {b'session': {b'new': True}}}";
  const lone = new LonePeer({ authenticate: true, acks: false, stream: false, settings, ...options });
  lone.peer.accept(lone.now, { session: GRANT });
  lone.sent();
  return lone;
}

/** A server's peer on a new transport, whose client wants its session back. */
export function newcomer(received: number): LonePeer {
  const lone = new LonePeer({ authenticate: true, acks: false, stream: false, settings: null });
  lone.feed(resume(received));
  return lone;
}

/** What the settings in a frame say. */
export function settingsIn(text: string | undefined, sender: 'client' | 'server'): Partial<PeerSettings> {
  expect(text).toMatch(/^0 [12] stream-begin sender-protocol-settings eos /);
  const decoded = decodeOne(frameBytes(text as string).slice(8), { depth: 64, items: 1_000, bytes: 65_536 });
  const settings = decoded.ok ? parseSettings(decoded.value, true, sender) : decoded.error.message;
  if (typeof settings === 'string') throw new Error(settings);
  return settings;
}

export const asked = (text: string | undefined): unknown => settingsIn(text, 'client').session;
export const granted = (text: string | undefined): unknown => settingsIn(text, 'server').session;

/** Loses the transport and asks for the session on another. */
export function again(lone: LonePeer): void {
  lone.peer.detach(lone.now);
  lone.peer.attach(lone.now);
}
